//! The one kernel side that all sessions share: records go from its ring to those who may have them.

mod adopting;
mod attaching;
mod switching;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::rc::Rc;

use aya::maps::MapError;
use vivarium_protocol::{Message, Reason, Refusal};
use vivarium_session::accounting::Missing;
use vivarium_session::record::{Pid, Time};
use vivarium_session::session::{Clock, Conclusion, Kinds};
use vivarium_sys::event::Backend;
use vivarium_sys::load::LossKey;
use vivarium_sys::wire::COUNTERS;

use super::detacher::Detacher;
use super::observed::{Address, Observed};
use super::outbox::{Outbox, Overflow};
use super::scout::{self, Scout};
use crate::cli::with_causes;
use crate::family;
use crate::kernel::backend::{Extent, NoBackend, RunningBackend};
use crate::kernel::{
    Attachments, KernelSide, KernelSideError, Needs, Ring, RingSize, SessionId, SpansUnavailable, Tally, TallyError,
    Unavailable,
};
use crate::run::late::Latecomers;
use crate::run::newcomer::Newcomer;
use crate::sites::NO_SITES;

/// The most notes of a session; what goes on being wrong is said often enough then.
const MAX_NOTES: usize = 100;

/// The one kernel side, and the sessions that share it.
pub(super) struct Hub {
    side: KernelSide,
    ring: Ring,
    backend: RunningBackend,
    attachments: Attachments,
    late: Latecomers,
    /// The libraries without sites that were opened, until others are opened by their names.
    plain: HashSet<PathBuf>,
    sessions: BTreeMap<SessionId, Observed>,
    /// How many records of each kind were read.
    read: Vec<u64>,
    /// When the last of them was made.
    read_up_to: Time,
    /// What had been sent before the first of them.
    before: Tally,
    /// Who looks at what processes run.
    scout: Option<Scout>,
    /// Where detaching goes on while other things are done.
    detacher: Detacher,
    /// Whether sites may be attached to twice at this moment.
    may_hit_twice: bool,
    /// Whether a program may still be about something of a session that is gone.
    is_unsettled: bool,
}

/// Why nothing can be observed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// There is no kernel side.
    #[error(transparent)]
    Side(#[from] KernelSideError),
    /// No backend works.
    #[error(transparent)]
    Backend(#[from] NoBackend),
    /// Processes have other numbers here than in the kernel.
    #[error(
        "vivariumd runs in a namespace of process ids, where it cannot tell which process is meant: run it outside of it"
    )]
    Namespace,
    /// There is no thread for it.
    #[error("cannot start observing")]
    Start(#[source] std::io::Error),
    /// The kernel does not say which they are.
    #[error("cannot find out which thread this is")]
    WhoAmI(#[from] Unavailable),
    /// What was counted is not known.
    #[error(transparent)]
    Tally(#[from] TallyError),
}

impl Hub {
    /// Loads the kernel side, and finds a backend that works.
    pub(super) fn load(backend: Option<Backend>, ring: RingSize) -> Result<Self, HubError> {
        let (mut side, mut ring) = KernelSide::load(ring)?;
        if side.this_thread()?.0 != nix::unistd::gettid().as_raw().cast_unsigned() {
            return Err(HubError::Namespace);
        }
        let backend = side.start_any(backend, Extent::Whole, &mut ring)?;
        // What the trials left.
        while ring.take(|_| {}) {}
        ring.rest();
        Ok(Self {
            before: side.tally()?,
            side,
            ring,
            backend,
            attachments: Attachments::default(),
            late: Latecomers::default(),
            plain: HashSet::new(),
            sessions: BTreeMap::new(),
            read: vec![0; COUNTERS as usize],
            read_up_to: Time(0),
            scout: None,
            detacher: Detacher::default(),
            may_hit_twice: false,
            is_unsettled: false,
        })
    }

    /// From now on another thread looks at what processes run, with the powers that this one has now.
    pub(super) fn start_scout(&mut self) -> Result<(), HubError> {
        self.scout = Some(Scout::start().map_err(HubError::Start)?);
        Ok(())
    }

    /// Whether the users of a process are those of this one.
    pub(super) fn is_here(&self, process: Pid) -> bool {
        self.scout.as_ref().map_or_else(|| scout::is_here(process), |scout| scout.is_here(process))
    }

    /// Where events come from.
    pub(super) fn backend(&self) -> Backend {
        self.backend.backend
    }

    /// Whether nobody observes anything.
    pub(super) fn is_idle(&self) -> bool {
        self.sessions.is_empty()
    }

    /// Holds no more memory than it takes to wait.
    pub(super) fn rest(&mut self) {
        self.ring.rest();
    }

    /// Begins a session.
    pub(super) fn begin(
        &mut self,
        kinds: &Kinds,
        owner: Option<u32>,
        children: bool,
        outbox: Rc<RefCell<Outbox>>,
    ) -> Result<SessionId, Refusal> {
        if std::mem::take(&mut self.is_unsettled) {
            // What it would do to a thread must be done before that is observed again.
            self.side.settle();
        }
        self.ring.wake().map_err(unavailable)?;
        let before = self.side.tally().map_err(unavailable)?;
        let kinds_to_see = kinds.iter().map(|row| row.kind).chain(Newcomer::KINDS);
        let needs = Needs { owner, children, ..Needs::new(kinds_to_see) };
        let session = self.side.begin(needs).map_err(too_many)?;
        let mut observed = Observed::new(kinds, owner, before, outbox);
        observed.notes.extend(self.backend.lost.iter().map(ToString::to_string));
        observed.missing.extend(self.side.spans().err().map(SpansUnavailable::missing));
        self.sessions.insert(session, observed);
        Ok(session)
    }

    /// Reads so many records at most, and gives each to those who may have it; how many there were.
    pub(super) fn read(&mut self, at_most: usize) -> usize {
        for count in 0..at_most {
            let Self { side, ring, late, sessions, read, read_up_to, .. } = self;
            let mut newcomer = None;
            let taken = ring.take(|raw| {
                let Some(address) = Address::of(raw) else { return };
                read[address.counter()] += 1;
                *read_up_to = address.time.unwrap_or(*read_up_to);
                let corrected = late.correct(raw);
                let record = corrected.as_deref().unwrap_or(raw);
                for member in side.members(address.set) {
                    if let Some(observed) = sessions.get_mut(member) {
                        observed.take(record, address);
                    }
                }
                newcomer = Newcomer::of(raw).map(|newcomer| (newcomer, address.set));
            });
            if !taken {
                return count;
            }
            if let Some((newcomer, set)) = newcomer {
                self.meet(&newcomer, set);
            }
        }
        at_most
    }

    /// Reads all that has been written up to now.
    ///
    /// What is written meanwhile is left for later: whoever makes records faster than they can be read would keep everyone
    /// else waiting for as long as they like. A record that is of a later time than now has its place behind all those that
    /// were there.
    pub(super) fn drain(&mut self) {
        const BATCH: usize = 4096;
        let now = Clock::now().monotonic;
        while self.read(BATCH) == BATCH && self.read_up_to <= now {}
    }

    /// Lets go of those who have ended without the kernel's telling.
    pub(super) fn bury(&mut self) -> Result<(), MapError> {
        self.side.bury(family::has_ended)
    }

    /// The processes of a session that are running.
    pub(super) fn processes(&self, session: SessionId) -> Result<BTreeSet<Pid>, MapError> {
        self.side.processes(session)
    }

    /// Ends a session: what happened until now is sent to it, and what it came to is told. That `client` still runs is no news
    /// to it.
    pub(super) fn conclude(&mut self, session: SessionId, client: Option<Pid>) -> Option<Conclusion> {
        let mut left = self.side.processes(session).unwrap_or_default();
        left.retain(|process| Some(*process) != client);
        let left = left.len();
        let ended = self.side.end(session);
        self.side.settle();
        let sent = self.side.tally().ok();
        self.drain();
        let losses = self.losses_of(session);
        let now = self.side.tally().ok();
        self.forget(session);

        let mut observed = self.remove(session)?;
        if left > 0 {
            let (what, were) = if left == 1 { ("process", "was") } else { ("processes", "were") };
            observed.notes.push(format!("{left} observed {what} {were} still running when it ended"));
        }
        if let Err(error) = ended {
            observed.notes.push(with_causes(&error));
        }
        if !observed.has_sites && self.side.spans().is_ok() {
            observed.notes.push(NO_SITES.to_owned());
        }
        let is_all_read = sent.is_some_and(|sent| self.has_read(&sent));
        match (now, losses) {
            (Some(now), Ok(losses)) if is_all_read => Some(observed.conclude(&losses, Some(&now))),
            // What is not known is not claimed.
            _ => Some(observed.conclude(&[], None)),
        }
    }

    /// Ends a session whose client has gone away.
    pub(super) fn abandon(&mut self, session: SessionId) {
        // Whatever the kernel says, nobody is there to be told.
        let _ = self.side.end(session);
        self.is_unsettled = true;
        self.forget(session);
        self.remove(session);
    }

    fn remove(&mut self, session: SessionId) -> Option<Observed> {
        let observed = self.sessions.remove(&session);
        if self.sessions.is_empty() {
            self.late.forget();
        }
        observed
    }

    fn forget(&mut self, session: SessionId) {
        self.side.forget(session);
        let (unused, forgotten) = self.attachments.end(session);
        self.detacher.detach(unused);
        self.side.forget_sites(&forgotten);
        self.settle_attachments();
    }

    /// Whether all was read that had been sent at a moment.
    fn has_read(&self, sent: &Tally) -> bool {
        let sent = sent.since(&self.before);
        sent.counts.iter().zip(&self.read).all(|(counts, read)| counts.submitted <= *read)
    }

    /// What was lost to the sets that a session is in.
    fn losses_of(&self, session: SessionId) -> Result<Vec<(LossKey, u64)>, MapError> {
        let mut losses = self.side.losses()?;
        losses.retain(|(key, _)| self.side.members(key.set).contains(&session));
        Ok(losses)
    }

    fn note(&mut self, session: SessionId, note: String) {
        if let Some(observed) = self.sessions.get_mut(&session)
            && observed.notes.len() < MAX_NOTES
            && !observed.notes.contains(&note)
        {
            observed.notes.push(note);
        }
    }

    fn lack(&mut self, session: SessionId, what: &str, count: u64) {
        if let Some(observed) = self.sessions.get_mut(&session)
            && count > 0
        {
            observed.missing.push(Missing::Oddity { what: what.to_owned(), count });
        }
    }

    /// A session lacks something, which is said once.
    fn overlook(&mut self, session: SessionId, missing: Missing) {
        if let Some(observed) = self.sessions.get_mut(&session)
            && observed.missing.len() < MAX_NOTES
            && !observed.missing.contains(&missing)
        {
            observed.missing.push(missing);
        }
    }

    /// Tells a client that its session has begun, before anything else that waits for it.
    pub(super) fn welcome(&mut self, session: SessionId, message: &Message) -> Result<(), Overflow> {
        self.sessions.get_mut(&session).map_or(Ok(()), |observed| observed.welcome(message))
    }

    /// A session ends before its client wants it to.
    pub(super) fn cut(&mut self, session: SessionId, why: &str) {
        if let Some(observed) = self.sessions.get_mut(&session) {
            observed.missing.push(Missing::Abandoned { why: why.to_owned() });
        }
    }
}

/// Readable when much is waiting; a little does not wake anyone.
impl AsFd for Hub {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ring.as_fd()
    }
}

fn too_many(error: impl std::error::Error) -> Refusal {
    Refusal::new(Reason::TooMany, with_causes(&error), "end a session first")
}

fn unavailable(error: impl std::error::Error) -> Refusal {
    Refusal::new(Reason::Unavailable, with_causes(&error), "see what vivariumd logs")
}
