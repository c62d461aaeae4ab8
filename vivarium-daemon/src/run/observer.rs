//! The kernel side made ready for one command.

use std::collections::HashSet;
use std::path::PathBuf;
use std::thread;

use aya::maps::MapError;
use nix::unistd::gettid;
use vivarium_session::filter::{Filter, KeptOff};
use vivarium_session::record::Tid;
use vivarium_session::session::{Brevity, SiteInfo};
use vivarium_sys::event::Backend;

use super::Launch;
use super::attacher::Attacher;
use super::gate::{Gate, GateError};
use super::late::Latecomers;
use super::newcomer::Newcomer;
use crate::cli::{Failure, with_causes};
use crate::exit::Exit;
use crate::kernel::backend::{Extent, NoBackend, RunningBackend};
use crate::kernel::{
    Detaching, KernelSide, KernelSideError, Needs, Ring, RingSize, SessionId, SessionsError, Starts, Tally, TallyError,
    Unavailable, detach,
};

/// What an observer needs to know.
#[derive(Clone, Debug, Default)]
pub struct ObserverOptions {
    /// The backend; the best that works where nothing is said.
    pub backend: Option<Backend>,
    /// How much may wait for the reader.
    pub ring: RingSize,
    /// What is to be seen.
    pub filter: Filter,
    /// How briefly it is told.
    pub brevity: Brevity,
    /// Which sites are off.
    pub off: KeptOff,
    /// When it is told that a function has started.
    pub starts: Starts,
    /// How long.
    pub end: End,
    /// What happens when it executes another program.
    pub at_exec: AtExec,
}

/// What happens when an observed thread executes another program.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AtExec {
    /// It is held until the sites of that program are attached to, so that nothing of it is missed.
    #[default]
    Hold,
    /// It goes on, and the sites are attached to when that is heard of.
    LetGo,
}

/// When an observation ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum End {
    /// When the command has ended, whatever it leaves running.
    #[default]
    WithCommand,
    /// When everything that it made has ended, or somebody wants it to end.
    WithAll,
}

/// The kernel side made ready for one command.
pub struct Observer {
    pub(super) side: KernelSide,
    pub(super) ring: Ring,
    pub(super) backend: RunningBackend,
    pub(super) session: SessionId,
    pub(super) filter: Filter,
    pub(super) brevity: Brevity,
    pub(super) off: KeptOff,
    pub(super) end: End,
    /// What had been counted when the session began.
    pub(super) before: Tally,
    /// The thread that starts the command.
    pub(super) starter: Tid,
    /// Whether threads are numbered here as the kernel side numbers them.
    pub(super) knows_threads: bool,
    pub(super) late: Latecomers,
    /// The programs that were attached to before anybody executed them, by the paths that they had.
    pub(super) held: HashSet<PathBuf>,
    /// What holds programs at exec, or why nothing does.
    pub(super) gate: Result<Gate, GateError>,
    pub(super) attacher: Attacher,
    /// The sites of the command's own files.
    pub(super) sites: Vec<SiteInfo>,
    /// What is worth saying of this machine when it is over.
    notes: Vec<String>,
    /// What is being detached while the rest of it is told.
    detaching: Option<Detaching>,
}

/// Why a command cannot be observed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ObserverError {
    /// There is no kernel side.
    #[error(transparent)]
    Side(#[from] KernelSideError),
    /// No backend works.
    #[error(transparent)]
    Backend(#[from] NoBackend),
    /// There is no room for another session.
    #[error(transparent)]
    Session(#[from] SessionsError),
    /// The kernel side does not answer.
    #[error("the kernel side does not answer")]
    Map(#[from] MapError),
    /// It does not say who asks.
    #[error("cannot find out which thread this is")]
    WhoAmI(#[from] Unavailable),
    /// What was counted is not known.
    #[error(transparent)]
    Tally(#[from] TallyError),
    /// Signals cannot be received.
    #[error("cannot receive signals")]
    Signals(#[source] nix::Error),
    /// Nothing can be waited for.
    #[error("cannot wait for the command")]
    Wait(#[source] std::io::Error),
}

impl Failure for ObserverError {
    fn exit(&self) -> Exit {
        Exit::Failed
    }
}

impl Observer {
    /// Loads the kernel side, finds a backend that works, attaches to the files of the command, and begins a session. The thread
    /// that calls this must be the one that starts the command.
    ///
    /// # Errors
    /// When this kernel or these privileges do not allow it.
    pub fn prepare(options: ObserverOptions, launch: &Launch<'_>) -> Result<Self, ObserverError> {
        // Before there is anything that it could keep open.
        let gate = match options.at_exec {
            AtExec::Hold => Gate::build(),
            AtExec::LetGo => Err(GateError::Off),
        };
        let (loaded, images) = thread::scope(|scope| {
            // It takes asking the loader of the command, which has nothing to do with the kernel.
            let images = thread::Builder::new().spawn_scoped(scope, || launch.images());
            (KernelSide::load(options.ring), images.ok().and_then(|images| images.join().ok()))
        });
        let (mut side, mut ring) = loaded?;
        let images = images.unwrap_or_else(|| launch.images());
        let kinds = options.filter.kinds();
        let needs = Needs::new(kinds.iter().map(|row| row.kind).chain(Newcomer::KINDS));
        let needs = Needs { starts: options.starts, ..needs };
        let extent = needs.kinds.clone();
        let session = side.expect(needs);
        let wanted: Vec<_> = kinds.iter().map(|row| row.kind).collect();
        let (functions, lost) = side.functions(&wanted);
        let mut attacher = Attacher::new(session, side.shared_spans(), functions, options.off.clone());
        let mut attach = || images.iter().flat_map(|image| attacher.attach(image)).collect();
        let (backend, sites) = thread::scope(|scope| {
            // The kernel waits for a grace period when it is attached to a file, and verifies programs meanwhile.
            let attaching = thread::Builder::new().spawn_scoped(scope, &mut attach);
            let backend = side.start_any(options.backend, Extent::Kinds(&extent), &mut ring);
            (backend, attaching.ok().and_then(|attaching| attaching.join().ok()))
        });
        let backend = backend?;
        let sites = sites.unwrap_or_else(attach);
        side.admit(session)?;
        let mut notes: Vec<_> = backend.lost.iter().map(ToString::to_string).collect();
        notes.extend(lost.iter().map(|(kind, reason)| format!("{kind} is not seen: {}", with_causes(reason))));
        let starter = side.this_thread()?;
        Ok(Self {
            before: side.tally()?,
            starter,
            knows_threads: starter.0 == gettid().as_raw().cast_unsigned(),
            side,
            ring,
            backend,
            session,
            filter: options.filter,
            brevity: options.brevity,
            off: options.off,
            end: options.end,
            late: Latecomers::default(),
            held: HashSet::new(),
            gate,
            attacher,
            sites,
            notes,
            detaching: None,
        })
    }

    /// Ends the session in the kernel: nothing is recorded any more, and what the kernel takes long to detach goes off from now
    /// on.
    pub(super) fn end_session(&mut self) -> Result<(), SessionsError> {
        self.side.end(self.session)?;
        self.detaching = Some(Detaching::begin(self.side.let_go()));
        Ok(())
    }

    /// What is to be said.
    pub(super) fn take_notes(&mut self) -> Vec<String> {
        let mut notes = std::mem::take(&mut self.notes);
        notes.extend(self.attacher.take_notes());
        notes
    }
}

impl Drop for Observer {
    /// The session is over, or never began, so that nobody is observed in whatever order this is detached.
    fn drop(&mut self) {
        // It takes as long to go.
        if let Ok(gate) = &self.gate {
            gate.dismiss();
        }
        detach(self.side.let_go().into_iter().chain(self.attacher.let_go()));
    }
}
