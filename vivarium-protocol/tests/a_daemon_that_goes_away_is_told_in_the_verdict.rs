//! A client that is left alone learns of it at once, and its session says so.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread;

use vivarium_protocol::{
    Added, Client, ClientError, Hello, Incoming, Message, Reason, Refusal, Request, Start, Target, VERSION, Welcome,
};
use vivarium_session::accounting::{KernelCounts, Missing};
use vivarium_session::record::Pid;
use vivarium_session::session::{Conclusion, Kinds, Session, SessionInfo, SiteTable, Summary};
use vivarium_sys::event::Backend;

/// A daemon that says these things, one after each request, and then goes away.
fn daemon(answers: Vec<Vec<Message>>) -> UnixStream {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    thread::spawn(move || {
        let mut incoming = Incoming::default();
        for answer in answers {
            while incoming.take::<Request>().unwrap().is_none() {
                if incoming.fill(&mut theirs).unwrap() == 0 {
                    return;
                }
            }
            let mut bytes = Vec::new();
            answer.iter().for_each(|message| message.write(&mut bytes).unwrap());
            theirs.write_all(&bytes).unwrap();
        }
        theirs.shutdown(Shutdown::Write).unwrap();
        // Until the client is gone, so that what was sent arrives.
        let _ = theirs.read_to_end(&mut Vec::new());
    });
    ours
}

fn welcome() -> Message {
    let info = SessionInfo::begin(Vec::new(), Pid(42), Backend::Syscalls, Kinds::default());
    Message::Started(Box::new(Welcome {
        session: 1,
        info,
        added: Added { processes: vec![Pid(42)], refused: Vec::new() },
    }))
}

fn hello() -> Vec<Message> {
    vec![Message::Hello(Hello::ours())]
}

/// What a session with this daemon came to.
fn session(answers: Vec<Vec<Message>>) -> Summary {
    let client = Client::greet(daemon(answers)).unwrap();
    let mut running = client.start(&Start::of([Target::Caller]), vec!["/bin/true".into()], &[]).unwrap();
    assert_eq!(running.info().name().to_string(), "true");
    let mut session = Session::new(running.info().clone(), SiteTable::new(), Vec::new());
    running.stop().unwrap();
    let conclusion = running.drain(&mut session);
    session.finish(conclusion).summary
}

#[test]
fn a_session_that_ends_well_is_complete() {
    let done = Message::Done(Box::new(Conclusion::now(Some(KernelCounts::default()))));
    let summary = session(vec![hello(), vec![welcome()], vec![done]]);
    assert!(summary.verdict.is_complete(), "{:?}", summary.verdict);
}

#[test]
fn a_daemon_that_goes_away_leaves_an_incomplete_session() {
    let summary = session(vec![hello(), vec![welcome()]]);
    let missing = summary.verdict.missing();
    assert!(missing.iter().any(|missing| matches!(missing, Missing::Abandoned { .. })), "{missing:?}");
}

#[test]
fn a_daemon_that_talks_nonsense_leaves_an_incomplete_session() {
    let summary = session(vec![hello(), vec![welcome()], vec![Message::Record(b"no record".to_vec()), welcome()]]);
    let missing = summary.verdict.missing();
    assert!(missing.iter().any(|missing| matches!(missing, Missing::Abandoned { .. })), "{missing:?}");
    assert!(missing.iter().any(|missing| matches!(missing, Missing::Malformed { count: 1, .. })), "{missing:?}");
}

#[test]
fn another_version_is_refused_with_a_remedy() {
    let theirs = Hello { version: VERSION + 1, program: "9.9".to_owned() };
    let error = Client::greet(daemon(vec![vec![Message::Hello(theirs)]])).unwrap_err();
    assert!(matches!(&error, ClientError::Refused(refusal) if refusal.reason == Reason::OtherVersion), "{error}");
    assert!(error.to_string().contains("install the same version of both"), "{error}");
}

#[test]
fn a_refusal_says_why_and_what_to_do() {
    let refusal = Refusal::new(Reason::NotYours, "process 1 belongs to another user", "observe your own, or use sudo");
    let client = Client::greet(daemon(vec![hello(), vec![Message::Refused(refusal)]])).unwrap();
    let error = client.start(&Start::of([Target::Caller]), Vec::new(), &[]).unwrap_err();
    assert_eq!(error.to_string(), "process 1 belongs to another user: observe your own, or use sudo");
}

#[test]
fn a_daemon_that_goes_away_before_it_answers_is_named() {
    assert!(matches!(Client::greet(daemon(Vec::new())), Err(ClientError::Gone)));
}
