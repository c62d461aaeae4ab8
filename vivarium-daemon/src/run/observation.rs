//! A command under observation, from its first instruction to the verdict.

use std::io;
use std::process::ExitStatus;
use std::time::{Duration, Instant};
use std::{fs, thread};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use vivarium_protocol::ClientError;
use vivarium_session::accounting::{KernelCounts, Missing, Oddities};
use vivarium_session::record::{Pid, Record};
use vivarium_session::session::{Conclusion, Kinds, Outcome, Session, SessionInfo, SiteTable};
use vivarium_session::sink::Sink;
use vivarium_session::text::Text;
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::{RecordType, counter_index};

use super::gate::Gate;
use super::newcomer::Newcomer;
use super::observer::End;
use super::observer::{Observer, ObserverError};
use super::signals::Wish;
use super::{Inherited, Launch, ProgramError, RunningCommand, Signals, untold};
use crate::cli::{Failure, with_causes};
use crate::exit::Exit;
use crate::family::has_ended;
use crate::kernel::Ring;

/// How many records are read before signals are looked at.
const BATCH: usize = 4096;
/// How long the reader sleeps at most after it found something: that long a line may wait with `--live`.
const SHORT_SLEEP: Duration = Duration::from_millis(4);
/// How long it sleeps at most when nothing happens. It is woken when the ring fills.
const LONG_SLEEP: Duration = Duration::from_millis(64);
/// How long the kernel side may take to be done with what it was about when the session ended.
const SETTLING: Duration = Duration::from_millis(500);

/// What came of a command.
#[derive(Debug)]
pub struct Observed {
    /// How it ended.
    pub status: ExitStatus,
    /// What was seen of it.
    pub outcome: Outcome,
}

/// Why a command was not observed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ObservationError {
    /// It cannot be executed.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// It cannot be observed.
    #[error(transparent)]
    Observer(#[from] ObserverError),
    /// The daemon does not observe it.
    #[error(transparent)]
    Daemon(#[from] ClientError),
    /// Its process cannot be shown to the daemon.
    #[error("cannot hold the process of the command")]
    Hold(#[source] io::Error),
}

impl Failure for ObservationError {
    fn exit(&self) -> Exit {
        match self {
            Self::Program(error) => error.exit(),
            Self::Observer(error) => error.exit(),
            Self::Daemon(_) | Self::Hold(_) => Exit::Failed,
        }
    }
}

impl Observer {
    /// Runs the command, for which this was prepared, to its end, and tells the sinks what it does.
    ///
    /// # Errors
    /// When it cannot be executed, or not be waited for.
    pub fn observe<'s>(
        mut self,
        launch: &Launch<'_>,
        inherited: &Inherited,
        sinks: Vec<Box<dyn Sink + 's>>,
    ) -> Result<Observed, ObservationError> {
        let mut sites = SiteTable::new();
        sites.extend(std::mem::take(&mut self.sites));
        self.close_gate(launch);
        let signals = Signals::receive().map_err(ObserverError::Signals)?;
        let mut command = self.start(launch, inherited)?;
        let first = self.first_record(&mut command)?;
        let pid = first.as_deref().and_then(|raw| Some(Record::decode(raw).ok()?.head.pid));
        let pid = pid.unwrap_or_else(|| Pid(command.pid().as_raw().cast_unsigned()));

        let words = launch.words().iter().map(|word| Text::new(word.as_encoded_bytes())).collect();
        let info = SessionInfo::begin(words, pid, self.backend.backend, Kinds::default());
        let mut session = Session::told_briefly(info.filtered(self.filter.clone()), sites, sinks, self.brevity);
        session.keep_off(self.off.clone());
        if let Some(first) = first {
            session.feed(&first);
        }
        let status = self.follow(&mut command, &signals, &mut session)?;
        let conclusion = self.conclude(&mut session)?;
        Ok(Observed { status, outcome: session.finish(conclusion) })
    }

    /// Starts the command as a process of the session.
    fn start(&mut self, launch: &Launch<'_>, inherited: &Inherited) -> Result<RunningCommand, ObservationError> {
        self.side.adopt_next_child(self.starter, self.session).map_err(ObserverError::Session)?;
        let started = launch.start(inherited);
        self.side.adopt_no_child(self.starter).map_err(ObserverError::Map)?;
        Ok(started?)
    }

    /// The record of the command's first program, from which its process is known: in a namespace of process ids, nothing
    /// else tells which number it has in the initial one.
    fn first_record(&mut self, command: &mut RunningCommand) -> Result<Option<Vec<u8>>, ObserverError> {
        let mut first = None;
        loop {
            let ended = command.ended().map_err(ObserverError::Wait)?.is_some();
            self.ring.take(|raw| first = Some(raw.to_vec()));
            if ended || first.is_some() {
                return Ok(first);
            }
            // It has been written before the program's first instruction, which is about now.
            thread::sleep(Duration::from_micros(50));
        }
    }

    /// Reads until the command has ended, and all that was recorded until then.
    fn follow(
        &mut self,
        command: &mut RunningCommand,
        signals: &Signals,
        session: &mut Session<'_>,
    ) -> Result<ExitStatus, ObserverError> {
        let gate = self.gate.as_ref().ok();
        let waiting = Waiting::for_any(signals, &self.ring, gate).map_err(ObserverError::Signals)?;
        let mut sleep = SHORT_SLEEP;
        loop {
            let wish = signals.pass_on(command.pid()).map_err(ObserverError::Signals)?;
            // Everything that was done is in the ring by the time when who did it has ended.
            let ended = command.ended().map_err(ObserverError::Wait)?;
            let enough = ended.is_some() && (wish == Wish::End || self.is_enough(sleep == LONG_SLEEP)?);
            self.let_in(session);
            match (self.read(session), ended) {
                (BATCH, _) => continue,
                (_, Some(status)) if enough => return Ok(status),
                (0, _) => sleep = LONG_SLEEP.min(sleep * 2),
                (_, _) => sleep = SHORT_SLEEP,
            }
            session.flush();
            waiting.sleep(sleep);
        }
    }

    /// Whether the observation may end now that the command has. When it has been quiet for a while, nobody is waited for whose
    /// end the kernel may have kept to itself.
    fn is_enough(&mut self, quiet: bool) -> Result<bool, ObserverError> {
        if self.end == End::WithCommand {
            return Ok(true);
        }
        if quiet && self.knows_threads {
            self.side.bury(has_ended).map_err(ObserverError::Map)?;
        }
        Ok(self.side.processes(self.session).map_err(ObserverError::Map)?.is_empty())
    }

    /// Reads a batch, and tells how many records there were.
    fn read(&mut self, session: &mut Session<'_>) -> usize {
        let mut newcomer = None;
        for count in 0..BATCH {
            let late = &mut self.late;
            let taken = self.ring.take(|raw| {
                match late.correct(raw) {
                    Some(corrected) => session.feed(&corrected),
                    None => session.feed(raw),
                }
                newcomer = Newcomer::of(raw);
            });
            if !taken {
                return count;
            }
            if let Some(newcomer) = newcomer.take() {
                self.meet(&newcomer, session);
            }
        }
        BATCH
    }

    /// Holds whoever executes a program, from now on. Those that the command itself begins with are attached to by now.
    fn close_gate(&mut self, launch: &Launch<'_>) {
        let opened = launch.opened();
        self.held.extend(opened.iter().filter_map(|file| file.canonicalize().ok()));
        let Ok(gate) = &self.gate else { return };
        for file in opened {
            gate.settle(&file);
        }
        if let Err(error) = gate.close() {
            self.gate = Err(error);
        }
    }

    /// Attaches to what is about to be executed, and lets it go on.
    fn let_in(&mut self, session: &mut Session<'_>) {
        while let Some(question) = self.gate.as_ref().ok().and_then(Gate::question) {
            let is_observed = !self.knows_threads || self.side.observes(question.thread);
            if is_observed {
                let path = question.path();
                let name = fs::read_link(&path).unwrap_or_else(|_| path.clone());
                let (sites, _) = self.attacher.attach_called(&path, &name).unwrap_or_default();
                self.held.insert(name);
                session.add_sites(sites);
            }
            if let Ok(gate) = &self.gate {
                gate.answer(&question, is_observed);
            }
        }
    }

    /// Attaches to the sites of code that comes to be executed.
    fn meet(&mut self, newcomer: &Newcomer, session: &mut Session<'_>) {
        let found = newcomer.candidates().find_map(|path| {
            // Functions of it may have been entered by now, and will be seen to be left. What is missing then is said below; where there
            // is no room for so many, the verdict tells of them as well.
            let _ = self.side.expect_stops(&self.attacher.sites_ahead(&path));
            self.attacher.attach_called(&path, newcomer.path())
        });
        let Some((sites, in_use)) = found else {
            if newcomer.is_executed() && !self.held.contains(newcomer.path()) {
                self.late.never_known(newcomer.process);
                self.attacher.lack(newcomer.unknown());
            }
            return;
        };
        session.add_sites(sites);
        if let Some(file) = in_use.filter(|file| newcomer.precedes(*file)) {
            self.late.add(newcomer.process, file.since);
            self.attacher.lack(newcomer.missed(file));
            if let Err(error) = &self.gate {
                self.attacher.note(format!("nothing was held at exec: {}", with_causes(error)));
            }
        }
    }

    /// Tells of the spans in which nothing happened and that go on when the session has ended; gives how many there were.
    fn tell_untold(&self, session: &mut Session<'_>) -> Result<u64, ObserverError> {
        let mut untold = self.side.untold(self.session)?;
        untold.sort_unstable_by_key(|(_, state)| state.untold);
        for (thread, state) in &untold {
            session.feed(&untold::start_of(*thread, state));
        }
        Ok(untold.len() as u64)
    }

    /// Ends the session in the kernel, and reads what is left of it.
    fn conclude(&mut self, session: &mut Session<'_>) -> Result<Conclusion, ObserverError> {
        let left = self.side.processes(self.session).map_err(ObserverError::Map)?.len();
        if left > 0 {
            let (what, were) = if left == 1 { ("process", "was") } else { ("processes", "were") };
            self.attacher.note(format!("{left} {what} of the command {were} still running when it ended"));
        }
        self.end_session()?;
        let deadline = Instant::now() + SETTLING;
        loop {
            self.side.settle();
            while self.read(session) == BATCH {}
            let tally = self.side.tally()?.since(&self.before);
            if tally.is_settled() || Instant::now() > deadline {
                let mut counts = tally.counts;
                let starts = &mut counts[counter_index(RecordType::SpanStart, EventKind::NONE) as usize];
                let untold = self.tell_untold(session)?;
                (starts.seen, starts.submitted) = (starts.seen + untold, starts.submitted + untold);
                let mut conclusion = Conclusion::now(Some(KernelCounts::new(counts)));
                conclusion.oddities = Oddities::new(tally.oddities);
                let skipped = tally.skipped.into_iter().filter(|(_, count)| *count > 0);
                let what = |name| format!("the kernel skipped the BPF program {name}, for this command or another one");
                conclusion.missing = skipped.map(|(name, count)| Missing::Oddity { what: what(name), count }).collect();
                conclusion.missing.extend(self.attacher.take_missing());
                conclusion.notes = self.take_notes();
                return Ok(conclusion);
            }
        }
    }
}

/// Sleeps until there is something to do.
struct Waiting(Epoll);

impl Waiting {
    fn for_any(signals: &Signals, ring: &Ring, gate: Option<&Gate>) -> nix::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(signals, EpollEvent::new(EpollFlags::EPOLLIN, 0))?;
        // Woken by the record that makes it too full, not for as long as there are any.
        epoll.add(ring, EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, 1))?;
        gate.map_or(Ok(()), |gate| epoll.add(gate, EpollEvent::new(EpollFlags::EPOLLIN, 2)))?;
        Ok(Self(epoll))
    }

    fn sleep(&self, at_most: Duration) {
        let timeout = EpollTimeout::try_from(at_most).unwrap_or(EpollTimeout::ZERO);
        // Whatever wakes it, all is looked at.
        let _ = self.0.wait(&mut [EpollEvent::empty()], timeout);
    }
}
