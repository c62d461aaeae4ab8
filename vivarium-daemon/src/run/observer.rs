//! The kernel side made ready for one command.

use std::path::Path;

use aya::maps::MapError;
use nix::unistd::gettid;
use vivarium_session::filter::{Filter, KeptOff};
use vivarium_session::record::Tid;
use vivarium_session::session::{Brevity, SiteInfo};
use vivarium_session::text::Text;
use vivarium_sys::event::Backend;

use super::gate::{Gate, GateError};
use super::late::Latecomers;
use super::newcomer::Newcomer;
use crate::cli::{Failure, with_causes};
use crate::exit::Exit;
use crate::kernel::backend::{Extent, NoBackend, RunningBackend};
use crate::kernel::uprobe::{Attached, FunctionPrograms};
use crate::kernel::{
    Addition, Attachments, KernelSide, KernelSideError, Libraries, Needs, Ring, RingSize, SessionId, SessionsError,
    Starts, Tally, TallyError, Unavailable, detach,
};

/// What is said of programs without sites.
const NO_SITES: &str = "nothing that ran has marked functions: mark them with #[vivarium::observe] of the crate vivarium, \
                        and what they do is shown in them";

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
    /// What holds programs at exec, or why nothing does.
    pub(super) gate: Result<Gate, GateError>,
    attachments: Attachments,
    /// What is attached to functions of libraries.
    functions: FunctionPrograms,
    libraries: Libraries,
    /// Whether there is anything at all to attach to.
    has_sites: bool,
    /// What is worth saying when it is over.
    notes: Vec<String>,
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
    /// Loads the kernel side, finds a backend that works, and begins a session. The thread that calls this must be the one
    /// that starts the command.
    ///
    /// # Errors
    /// When this kernel or these privileges do not allow it.
    pub fn prepare(options: ObserverOptions) -> Result<Self, ObserverError> {
        // Before there is anything that it could keep open.
        let gate = match options.at_exec {
            AtExec::Hold => Gate::build(),
            AtExec::LetGo => Err(GateError::Off),
        };
        let (mut side, mut ring) = KernelSide::load(options.ring)?;
        let kinds = options.filter.kinds();
        let needs = Needs::new(kinds.iter().map(|row| row.kind).chain(Newcomer::KINDS));
        let needs = Needs { starts: options.starts, ..needs };
        let backend = side.start_any(options.backend, Extent::Kinds(&needs.kinds), &mut ring)?;
        let session = side.begin(needs)?;
        let mut notes: Vec<_> = backend.lost.iter().map(ToString::to_string).collect();
        let wanted: Vec<_> = kinds.iter().map(|row| row.kind).collect();
        let (functions, lost) = side.functions(&wanted);
        notes.extend(lost.iter().map(|(kind, reason)| format!("{kind} is not seen: {}", with_causes(reason))));
        notes.extend(side.spans().err().map(|reason| format!("spans are not seen: {}", with_causes(reason))));
        let starter = side.this_thread()?;
        let mut attachments = Attachments::default();
        attachments.leave_out(options.off.clone());
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
            off: options.off.clone(),
            end: options.end,
            late: Latecomers::default(),
            gate,
            attachments,
            functions,
            libraries: Libraries::default(),
            has_sites: false,
            notes,
        })
    }

    /// Attaches to the sites of a file, if it has any that are not attached to yet, and gives what is known of them; and to
    /// its functions that tell of something.
    pub fn attach(&mut self, path: &Path) -> Vec<SiteInfo> {
        self.attach_called(path, path)
    }

    /// The same for a file that is reached by one path and called by another.
    pub(super) fn attach_called(&mut self, path: &Path, name: &Path) -> Vec<SiteInfo> {
        let refusals = self.libraries.add(&self.functions, path);
        self.notes.extend(refusals.iter().map(|refusal| format!("{}: {refusal}", Text::from(path))));
        let Ok(programs) = self.side.spans() else { return Vec::new() };
        match self.attachments.add(programs, path, self.session) {
            Ok(None) => Vec::new(),
            Ok(Some(Addition { found, .. })) => {
                self.has_sites |= !found.is_empty();
                let file = Text::from(name);
                let obstacles = found.obstacles.iter();
                self.notes.extend(obstacles.map(|(site, why)| format!("{site} is not seen: {why}")));
                self.notes.extend(found.refused.iter().map(|refusal| format!("{file}: {refusal}")));
                found.sites.clone()
            }
            // Its process has ended meanwhile, by whose eyes it was seen.
            Err(_) if !path.exists() => Vec::new(),
            Err(error) => {
                self.notes.push(format!("spans of {} are not seen: it {error}", Text::from(name)));
                Vec::new()
            }
        }
    }

    /// Says something when it is over.
    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// What is to be said.
    pub(super) fn take_notes(&mut self) -> Vec<String> {
        let mut notes = std::mem::take(&mut self.notes);
        if !self.has_sites && self.side.spans().is_ok() {
            notes.push(NO_SITES.to_owned());
        }
        notes
    }
}

impl Drop for Observer {
    /// The session is over, or never began, so that nobody is observed in whatever order this is detached.
    fn drop(&mut self) {
        let (attached, _) = self.attachments.end(self.session);
        let sites = attached.into_iter().flat_map(Attached::into_holds);
        detach(self.side.let_go().into_iter().chain(sites).chain(self.libraries.forget()));
    }
}
