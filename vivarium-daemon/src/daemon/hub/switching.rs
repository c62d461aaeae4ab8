//! Sites that are switched off and on while sessions run.
//!
//! A site is attached to once for all sessions. Of one that a session has switched off, its client is told nothing more; when no
//! session is left that wants it, it is detached from: first what sees its spans start, and the rest when none is open any more.

use vivarium_protocol::{Message, Reason, Refusal, SessionEntry, Shown};
use vivarium_session::record::Pid;
use vivarium_session::session::{SiteInfo, Switched};
use vivarium_sys::SiteId;

use super::{Hub, unavailable};
use crate::daemon::peer::Peer;
use crate::kernel::SessionId;

/// How many of a session's processes are named.
const MAX_NAMED: usize = 16;

impl Hub {
    /// Switches sites of a session off or on, and tells its client of those that were not so already.
    pub(in crate::daemon) fn switch(&mut self, session: SessionId, on: bool, sites: &[SiteId]) -> Result<(), Refusal> {
        // What was seen until now was seen with the sites as they were.
        self.drain();
        let switched = self.attachments.switch(session, on, sites);
        if switched.is_empty() {
            return Ok(());
        }
        if !on {
            self.side.expect_stops(&switched).map_err(unavailable)?;
        }
        if let Some(observed) = self.sessions.get_mut(&session) {
            observed.tell_switched(Switched::now(on, switched));
        }
        self.settle_attachments();
        Ok(())
    }

    /// Attaches to what is wanted by now, and detaches from what is not.
    pub(super) fn settle_attachments(&mut self) {
        if self.attachments.is_settled() {
            return;
        }
        self.expect_double_hits();
        let Ok(programs) = self.side.spans() else { return };
        let unused = self.attachments.settle(programs);
        self.detacher.detach(unused);
    }

    /// What is attached to now may not be detached yet from what it was attached to before.
    pub(super) fn reckon_with_detaching(&mut self) {
        if !self.detacher.is_done() {
            self.expect_double_hits();
        }
    }

    fn expect_double_hits(&mut self) {
        // Where it cannot be said, what is told of twice is seen to be odd, and the verdict says so.
        let told = self.side.allow_twice(true);
        debug_assert!(told.is_ok(), "the map has room for it");
        self.may_hit_twice = true;
    }

    /// Goes on with what takes its time: to be called now and then.
    pub(in crate::daemon) fn go_on_switching(&mut self) {
        if !self.detacher.is_done() {
            return;
        }
        if self.may_hit_twice {
            self.side.settle();
            self.may_hit_twice = self.side.allow_twice(false).is_err();
        }
        if self.attachments.leaving().is_empty() {
            return;
        }
        // Whoever was being made while we looked is there at the next look.
        self.side.settle();
        if let Ok(open) = self.side.open_sites() {
            let unused = self.attachments.let_go(&open);
            self.detacher.detach(unused);
        }
    }

    /// The session with this number, if it is theirs who ask.
    pub(in crate::daemon) fn session_of(&self, peer: &Peer, number: u64) -> Result<SessionId, Refusal> {
        let found = self.sessions.iter().find(|(session, _)| session.number() == number);
        let theirs = found.filter(|(_, observed)| observed.belongs_to(peer)).map(|(session, _)| *session);
        let remedy = "see with `vivarium sites --sessions` which sessions are yours";
        theirs.ok_or_else(|| Refusal::new(Reason::NoSession, format!("you have no session {number}"), remedy))
    }

    /// The sessions of those who ask.
    pub(in crate::daemon) fn sessions_of(
        &self,
        peer: &Peer,
        process: Option<Pid>,
    ) -> Result<Vec<SessionEntry>, Refusal> {
        let mut processes = self.side.processes_by_session().map_err(unavailable)?;
        let theirs = self.sessions.iter().filter(|(_, observed)| observed.belongs_to(peer));
        let entries = theirs.filter_map(|(session, observed)| {
            let processes = processes.remove(session).unwrap_or_default();
            let is_meant = process.is_none_or(|process| processes.contains(&process));
            is_meant.then(|| SessionEntry {
                id: session.number(),
                user: observed.user(),
                process_count: processes.len(),
                processes: processes.into_iter().take(MAX_NAMED).collect(),
                sites: self.attachments.found_by(*session).map(|found| found.sites.len()).sum(),
                off: self.attachments.off(*session).0.len(),
            })
        });
        Ok(entries.collect())
    }

    /// What is known of a session: its sites, and which of them are off.
    pub(in crate::daemon) fn show(&self, session: SessionId) -> Result<[Message; 2], Refusal> {
        let sites: Vec<SiteInfo> =
            self.attachments.found_by(session).flat_map(|found| found.sites.iter().cloned()).collect();
        Ok([Message::Sites(sites), self.show_state(session)?])
    }

    /// Which of a session's sites are off.
    pub(in crate::daemon) fn show_state(&self, session: SessionId) -> Result<Message, Refusal> {
        let processes = self.processes(session).map_err(unavailable)?;
        let (off, held) = self.attachments.off(session);
        let session = SessionEntry {
            id: session.number(),
            user: self.sessions.get(&session).map_or(0, super::Observed::user),
            process_count: processes.len(),
            processes: processes.into_iter().take(MAX_NAMED).collect(),
            sites: self.attachments.found_by(session).map(|found| found.sites.len()).sum(),
            off: off.len(),
        };
        Ok(Message::Shown(Box::new(Shown { session, off, held })))
    }
}
