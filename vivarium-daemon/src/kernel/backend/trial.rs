//! Making a known event happen, and seeing whether it arrives.

use std::fs::File;
use std::io;
use std::mem::offset_of;
use std::time::{Duration, Instant};

use aya::maps::MapError;
use vivarium_session::record::{Pid, Tid};
use vivarium_sys::event::Backend;
use vivarium_sys::load::ThreadFlags;
use vivarium_sys::wire::{Header, RecordType};

use super::{BackendError, TRIED};
use crate::kernel::{AdoptError, KernelSide, Needs, Ring, SessionId, SessionsError, Unavailable};

/// What is opened: everyone may, and nothing happens by it.
const OPENED: &str = "/";
/// How long the record may take. It is written before the call returns, by all that is known.
const PATIENCE: Duration = Duration::from_millis(100);

/// Why it is not known whether a backend works.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrialError {
    /// The kernel side has no room for one more session.
    #[error(transparent)]
    Session(#[from] SessionsError),
    /// It does not take the thread that tries.
    #[error("cannot observe this thread")]
    Thread(#[from] AdoptError),
    /// Or does not let go of it.
    #[error("cannot stop observing this thread")]
    Release(#[from] MapError),
    /// It does not say which thread that is.
    #[error("cannot find out which thread this is")]
    WhoAmI(#[from] Unavailable),
    /// The event does not happen.
    #[error("cannot open {OPENED}")]
    Open(#[from] io::Error),
}

/// Observes this very thread, for as long as it opens one file.
pub(super) fn run(side: &mut KernelSide, ring: &mut Ring, backend: Backend) -> Result<(), BackendError> {
    let session = side.begin(Needs::new([TRIED])).map_err(TrialError::from)?;
    let arrived = observe_this_thread(side, ring, session);
    side.end(session).map_err(TrialError::from)?;
    side.forget(session);
    if arrived? { Ok(()) } else { Err(BackendError::Silent(backend)) }
}

fn observe_this_thread(side: &mut KernelSide, ring: &mut Ring, session: SessionId) -> Result<bool, TrialError> {
    let me = side.this_thread()?;
    side.adopt(me, Pid(me.0), session, ThreadFlags::ENTERED_BEFORE)?;
    let opened = File::open(OPENED);
    side.release(me)?;
    drop(opened?);

    let mut arrived = false;
    let deadline = Instant::now() + PATIENCE;
    while !arrived && Instant::now() < deadline {
        ring.take(|record| arrived = is_the_event(record, me));
    }
    // What came of it is nobody's business either.
    while ring.take(|_| {}) {}
    Ok(arrived)
}

fn is_the_event(record: &[u8], thread: Tid) -> bool {
    let field = |offset, length| record.get(offset..offset + length);
    field(offset_of!(Header, record), 1) == Some(&[RecordType::Event as u8])
        && field(offset_of!(Header, kind), 2) == Some(&TRIED.0.to_le_bytes())
        && field(offset_of!(Header, tid), 4) == Some(&thread.0.to_le_bytes())
}
