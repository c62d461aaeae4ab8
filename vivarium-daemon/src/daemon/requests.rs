//! What clients ask for, and what they are answered.

use std::collections::BTreeSet;
use std::fs::File;

use vivarium_protocol::{
    Added, Hello, Malformed, Message, Reason, Refusal, Request, Start, Switch, Target, VERSION, Welcome,
};
use vivarium_session::record::Pid;
use vivarium_session::session::SessionInfo;
use vivarium_sys::event::Backend;

use super::access;
use super::client::{Client, Gone, Observing, State};
use super::hub::Hub;
use super::pidfd::Pidfd;
use crate::kernel::SessionId;

/// The most targets of one request.
const MAX_TARGETS: usize = 64;

/// Answers a request.
pub(super) fn answer(client: &mut Client, hub: &mut Hub, request: Request) -> Result<(), Gone> {
    match (client.state, request) {
        (State::Silent, Request::Hello(hello)) => greet(client, &hello),
        (State::Greeted, Request::Start(start)) => start_session(client, hub, &start),
        (State::Greeted, Request::List(_) | Request::Show(_) | Request::Switch(_)) if client.asks_again() => {
            let refusal = Refusal::new(Reason::TooMany, "too many questions on one connection", "connect once more");
            dismiss(client, refusal)
        }
        (State::Greeted, Request::List(list)) => match hub.sessions_of(&client.peer, list.process) {
            Ok(sessions) => client.say(&Message::Listed(sessions)),
            Err(refusal) => dismiss(client, refusal),
        },
        (State::Greeted, Request::Show(session)) => {
            match hub.session_of(&client.peer, session).and_then(|session| hub.show(session)) {
                Ok(messages) => messages.iter().try_for_each(|message| client.say(message)),
                Err(refusal) => dismiss(client, refusal),
            }
        }
        (State::Greeted, Request::Switch(switch)) => match switch_another(client, hub, &switch) {
            Ok(shown) => client.say(&shown),
            Err(refusal) => dismiss(client, refusal),
        },
        (State::Observing(observing), Request::Switch(switch)) if switch.session.is_none() => {
            match hub.switch(observing.session, switch.on, &switch.sites) {
                Ok(()) => Ok(()),
                Err(refusal) => {
                    hub.abandon(observing.session);
                    dismiss(client, refusal)
                }
            }
        }
        (State::Observing(observing), Request::Add(targets)) => {
            let added = add(client, hub, observing, &targets);
            client.say(&Message::Added(added))
        }
        (State::Observing(_), Request::Sync(token)) => {
            hub.drain();
            client.say(&Message::Synced(token))
        }
        (State::Observing(observing), Request::Stop) => conclude(client, hub, observing.session),
        (State::Leaving, _) => Ok(()),
        (state, _) => {
            if let State::Observing(observing) = state {
                hub.abandon(observing.session);
            }
            dismiss(client, nonsense("a frame that has no place here"))
        }
    }
}

/// Begins the session of a client. What it was told before comes before all of it; of one that does not begin it is told
/// nothing but why.
fn start_session(client: &mut Client, hub: &mut Hub, start: &Start) -> Result<(), Gone> {
    let before = client.outbox.borrow_mut().take();
    let begun = begin(client, hub, start);
    let of_session = client.outbox.replace(before);
    match begun {
        Ok(()) => {
            client.outbox.borrow_mut().append(&of_session);
            Ok(())
        }
        Err(refusal) => dismiss(client, refusal),
    }
}

/// Ends the session of a client, and tells it what that came to.
pub(super) fn conclude(client: &mut Client, hub: &mut Hub, session: SessionId) -> Result<(), Gone> {
    client.leave();
    let Some(conclusion) = hub.conclude(session, client.peer.process.process()) else { return Err(Gone) };
    tracing::info!(user = client.peer.user, "a session ended");
    client.say(&Message::Done(Box::new(conclusion)))
}

/// Tells a client why it gets nothing, and lets it go.
pub(super) fn dismiss(client: &mut Client, refusal: Refusal) -> Result<(), Gone> {
    tracing::info!(user = client.peer.user, "refused: {refusal}");
    client.leave();
    client.say(&Message::Refused(refusal))
}

/// What a client says makes no sense.
pub(super) fn nonsense(what: impl std::fmt::Display) -> Refusal {
    Refusal::new(Reason::Malformed, what, "speak as docs/protocol.md describes it")
}

/// Why what a client says is not understood.
pub(super) fn not_understood(malformed: &Malformed) -> Refusal {
    match malformed {
        Malformed::UnknownKind(_) => Refusal::new(
            Reason::Unavailable,
            malformed,
            "give names from the table of events, which `vivarium events` lists, or install the same version of both",
        ),
        _ => nonsense(malformed),
    }
}

fn greet(client: &mut Client, hello: &Hello) -> Result<(), Gone> {
    if hello.version != VERSION {
        let message = format!(
            "version {} of the protocol was asked for, and vivariumd {} speaks version {VERSION}",
            hello.version,
            env!("CARGO_PKG_VERSION")
        );
        return dismiss(client, Refusal::new(Reason::OtherVersion, message, "install the same version of both"));
    }
    client.state = State::Greeted;
    client.say(&Message::Hello(Hello::ours()))
}

/// Switches sites of a session whose client is another one.
fn switch_another(client: &Client, hub: &mut Hub, switch: &Switch) -> Result<Message, Refusal> {
    let number = switch.session.ok_or_else(|| nonsense("no session"))?;
    let session = hub.session_of(&client.peer, number)?;
    hub.switch(session, switch.on, &switch.sites)?;
    hub.show_state(session)
}

fn begin(client: &mut Client, hub: &mut Hub, start: &Start) -> Result<(), Refusal> {
    let backend = hub.backend();
    if let Some(asked) = start.backend.as_deref().filter(|asked| *asked != backend.name()) {
        let known = Backend::ALL.iter().any(|backend| backend.name() == asked);
        let message = if known {
            format!("vivariumd observes with the backend {}, not {asked}", backend.name())
        } else {
            "there is no such backend".to_owned()
        };
        return Err(Refusal::new(
            Reason::Unavailable,
            message,
            "leave out `--backend`, or start vivariumd with that one",
        ));
    }
    if start.targets.is_empty() && !client.peer.is_privileged {
        return Err(nonsense("a session without a process"));
    }
    let session = hub.begin(&start.kinds, client.peer.owner(), start.children, client.outbox.clone())?;
    let mut info = SessionInfo::begin(Vec::new(), Pid(0), backend, start.kinds.clone());
    // Descriptors come in the order of the targets, with the images behind them.
    let targets = take_targets(client, &start.targets);
    let begun = targets.and_then(|targets| {
        for _ in 0..start.images {
            let file = client.descriptor().ok_or_else(|| nonsense("fewer descriptors than were announced"))?;
            hub.attach_file(session, File::from(file));
        }
        let observing = Observing { session, children: start.children, until: start.until };
        let added = adopt(client, hub, observing, targets);
        match added.refused.first() {
            Some(refusal) if added.processes.is_empty() => Err(refusal.clone()),
            _ => Ok((observing, added)),
        }
    });
    match begun {
        Ok((observing, added)) => {
            info.pid = added.processes.first().copied().unwrap_or(Pid(0));
            tracing::info!(user = client.peer.user, process = info.pid.0, "a session began");
            client.state = State::Observing(observing);
            let welcome = Message::Started(Box::new(Welcome { session: session.number(), info, added }));
            hub.welcome(session, &welcome).map_err(|_| nonsense("more than can be answered"))
        }
        Err(refusal) => {
            hub.abandon(session);
            Err(refusal)
        }
    }
}

fn add(client: &mut Client, hub: &mut Hub, observing: Observing, targets: &[Target]) -> Added {
    match take_targets(client, targets) {
        Ok(targets) => adopt(client, hub, observing, targets),
        Err(refusal) => Added { processes: Vec::new(), refused: vec![refusal] },
    }
}

/// The targets with their processes.
fn take_targets(client: &mut Client, targets: &[Target]) -> Result<Vec<(Target, Option<Pidfd>)>, Refusal> {
    if targets.len() > MAX_TARGETS {
        return Err(nonsense("more processes than can be asked for at once"));
    }
    let with_pidfd = |target: &Target| {
        let pidfd = match target.needs_pidfd() {
            true => Some(client.descriptor().ok_or_else(|| nonsense("fewer pidfds than targets"))?),
            false => None,
        };
        Ok((*target, pidfd.map(Pidfd::given)))
    };
    targets.iter().map(with_pidfd).collect()
}

/// Observes what can be, and tells of what cannot.
fn adopt(client: &Client, hub: &mut Hub, observing: Observing, targets: Vec<(Target, Option<Pidfd>)>) -> Added {
    let mut added = Added::default();
    let mut all = BTreeSet::new();
    for (target, pidfd) in targets {
        let pidfd = pidfd.as_ref().unwrap_or(&client.peer.process);
        let Some(process) = pidfd.process().filter(|_| pidfd.is_running()) else {
            added.refused.push(access::no_process());
            continue;
        };
        // As long as the pidfd tells of it, nobody else has its number.
        let allowed = |other: Pid| {
            access::check(&client.peer, other)?;
            if pidfd.process() == Some(process) { Ok(()) } else { Err(access::no_process()) }
        };
        let adopted = match target {
            Target::NextProgram => {
                hub.adopt_at_exec(observing.session, process, &allowed).map(|()| BTreeSet::from([process]))
            }
            _ => hub.adopt(observing.session, process, observing.children, &allowed),
        };
        match adopted {
            Ok(mut processes) => {
                processes.remove(&process);
                added.processes.push(process);
                all.extend(processes);
            }
            Err(refusal) => added.refused.push(refusal),
        }
    }
    all.retain(|process| !added.processes.contains(process));
    added.processes.extend(all);
    added
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_unknown_kind_it_is_said_where_the_known_ones_are() {
        let refusal = not_understood(&Malformed::UnknownKind("nope".to_owned()));
        assert_eq!(refusal.reason, Reason::Unavailable);
        assert!(refusal.to_string().contains(r#""nope": give names from the table of events"#), "{refusal}");
    }
}
