//! Processes that come to belong to a session, with all that they have made.

use std::collections::BTreeSet;

use vivarium_protocol::{Reason, Refusal};
use vivarium_session::record::{Pid, Tid};
use vivarium_sys::load::ThreadFlags;

use super::{Hub, too_many, unavailable};
use crate::cli::with_causes;
use crate::daemon::access;
use crate::family;
use crate::kernel::{AdoptError, SessionId};

/// How often it is looked for new processes at most, while the ones that are there make more.
const MAX_LOOKS: usize = 256;
/// How often nothing new must be found where threads come and go: one that ended while it was looked at may have made another
/// one before, which only a further look finds.
const QUIET_LOOKS: usize = 12;
/// What is said of processes that descend from those who are observed, and belong to somebody else.
const NOT_THEIRS: &str =
    "a process was not observed that was there already: it runs as another user, or may not be traced";

/// What became of a thread that was to be adopted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Adopted {
    /// It belongs to the session from now on.
    New,
    /// It did already.
    Known,
    /// It is about to end, or has.
    Ending,
}

impl Hub {
    /// A process that runs belongs to the session from now on, and all that it has made: those whom `allowed` lets.
    pub(in crate::daemon) fn adopt(
        &mut self,
        session: SessionId,
        process: Pid,
        children: bool,
        allowed: &dyn Fn(Pid) -> Result<(), Refusal>,
    ) -> Result<BTreeSet<Pid>, Refusal> {
        allowed(process)?;
        let (mut adopted, mut refused) = (BTreeSet::new(), BTreeSet::new());
        let mut quiet = 0;
        for look in 0.. {
            let (mut is_new, mut is_calm) = (false, true);
            for member in family::family(process, children) {
                if let Err(refusal) = allowed(member) {
                    // Who has ended meanwhile did nothing that is missing.
                    if refusal.reason == Reason::NotYours {
                        refused.insert(member);
                    }
                    continue;
                }
                if adopted.insert(member) {
                    is_new = true;
                    // Its functions are to be seen as soon as its threads are.
                    self.attach_mapped(session, member);
                }
                let mut threads = 0;
                for thread in family::threads(member) {
                    threads += 1;
                    match self.adopt_thread(session, member, thread, ThreadFlags::ENTERED_BEFORE)? {
                        Adopted::New => is_new = true,
                        Adopted::Known => {}
                        Adopted::Ending => is_calm = false,
                    }
                }
                // A list of threads that end while it is read may leave some out.
                is_calm &= family::count_of_threads(member).is_none_or(|count| count == threads);
                // It may have become someone else between the question and the answer.
                if allowed(member).is_err() {
                    self.abandon_process(session, member);
                    adopted.remove(&member);
                }
            }
            quiet = if is_new { 0 } else { quiet + 1 };
            if quiet > 0 && is_calm || quiet == QUIET_LOOKS {
                break;
            }
            if look == MAX_LOOKS {
                self.lack(session, "processes were made faster than they could be found", 1);
                break;
            }
            // Whoever was being made while we looked is there now, as the copy of someone we found.
            self.side.settle();
        }
        self.lack(session, NOT_THEIRS, refused.len() as u64);
        if adopted.contains(&process) { Ok(adopted) } else { Err(access::no_process()) }
    }

    /// A process belongs to the session from the next program on that it executes.
    pub(in crate::daemon) fn adopt_at_exec(
        &mut self,
        session: SessionId,
        process: Pid,
        allowed: &dyn Fn(Pid) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        allowed(process)?;
        for thread in family::threads(process) {
            self.adopt_thread(session, process, thread, ThreadFlags::PENDING)?;
        }
        let still = allowed(process);
        if still.is_err() {
            self.abandon_process(session, process);
        }
        still
    }

    fn adopt_thread(
        &mut self,
        session: SessionId,
        process: Pid,
        thread: Tid,
        flags: ThreadFlags,
    ) -> Result<Adopted, Refusal> {
        let is_new = self.side.adopt(thread, process, session, flags).map_err(|error| match error {
            AdoptError::Full | AdoptError::Sessions(_) => too_many(error),
            other => unavailable(other),
        })?;
        if family::is_ending(process, thread) {
            // Nobody in the kernel will, if its end was before this.
            let _ = self.side.release(thread);
            return Ok(Adopted::Ending);
        }
        Ok(if is_new { Adopted::New } else { Adopted::Known })
    }

    fn abandon_process(&mut self, session: SessionId, process: Pid) {
        for thread in family::threads(process) {
            if let Err(error) = self.side.abandon(thread, process, session) {
                self.note(session, format!("process {process}: {}", with_causes(&error)));
            }
        }
    }
}
