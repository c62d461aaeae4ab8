//! Looking at everything in turn.

use serde::Serialize;
use vivarium_session::accounting::gaps;
use vivarium_session::session::Host;
use vivarium_sys::event::{Backend, EventKind};

use super::{BackendCheck, Check, DaemonCheck, Finding, privileges};
use crate::cli::with_causes;
use crate::kernel::backend::Extent;
use crate::kernel::{KernelSide, KernelTypes, Ring, RingSize};
use crate::run::can_hold;

/// What this kernel and these privileges allow.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Checkup {
    /// The version of vivarium.
    pub version: &'static str,
    /// Where.
    pub host: Host,
    /// What every backend needs.
    pub checks: Vec<Check>,
    /// The backends, in the order in which they are tried.
    pub backends: Vec<BackendCheck>,
    /// The one that `vivarium run` uses, where it observes by itself.
    pub used: Option<&'static str>,
    /// Who observes where this process may not.
    pub daemon: DaemonCheck,
}

impl Checkup {
    /// Looks at this machine. Nothing of it stays afterwards.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let mut checks = vec![
            Check { name: "privileges", finding: privileges::find() },
            Check { name: "kernel types", finding: types() },
            Check { name: "waiting at exec", finding: holding() },
        ];
        let backends: Vec<_> = match KernelSide::load(RingSize::default()) {
            Ok((mut side, mut ring)) => {
                checks.push(Check {
                    name: "kernel side",
                    finding: fine("a ring buffer, and programs that follow processes"),
                });
                checks.push(Check { name: "spans", finding: spans(&side) });
                Backend::ALL.into_iter().map(|backend| try_backend(&mut side, &mut ring, backend)).collect()
            }
            Err(error) => {
                let why = with_causes(&error);
                let without = privileges::WITHOUT.to_owned();
                checks.push(Check { name: "kernel side", finding: Finding::Lacking { why, remedy: None, without } });
                checks.push(Check { name: "spans", finding: Finding::Untried });
                Backend::ALL.into_iter().map(|backend| check(backend, Finding::Untried, Vec::new())).collect()
            }
        };
        let used = backends.iter().find(|check| check.finding.is_fine()).map(|check| check.backend.name());
        let daemon = DaemonCheck::find();
        Self { version: env!("CARGO_PKG_VERSION"), host: Host::here(), checks, backends, used, daemon }
    }

    /// Whether anything can be observed, by itself or through the daemon.
    #[must_use]
    pub fn can_observe(&self) -> bool {
        self.used.is_some() || self.daemon.finding.is_fine()
    }
}

fn fine(how: &str) -> Finding {
    Finding::Fine { how: how.to_owned() }
}

fn types() -> Finding {
    match KernelTypes::of_the_running_kernel() {
        Ok(_) => fine("the kernel describes them"),
        Err(error) => {
            Finding::Lacking { why: with_causes(&error), remedy: None, without: "nothing can be observed".to_owned() }
        }
    }
}

fn holding() -> Finding {
    match can_hold() {
        Ok(()) => fine("programs that are executed later are held until their sites are attached to"),
        Err(error) => Finding::Lacking {
            why: with_causes(&error),
            remedy: None,
            without: "functions that a program executed later enters at once are marked as unknown".to_owned(),
        },
    }
}

fn spans(side: &KernelSide) -> Finding {
    match side.spans() {
        Ok(programs) => fine(&format!("attached {}", programs.method())),
        Err(error) => Finding::Lacking {
            why: with_causes(error),
            remedy: None,
            without: "events are seen, but not in which function they happen".to_owned(),
        },
    }
}

fn try_backend(side: &mut KernelSide, ring: &mut Ring, backend: Backend) -> BackendCheck {
    let started = side.start(backend, Extent::Whole, ring);
    side.stop(backend);
    match started {
        Ok(running) => {
            let lost = running.lost.iter().map(ToString::to_string).collect();
            check(backend, fine("loaded, attached, and saw what it should"), lost)
        }
        Err(error) => {
            let finding = Finding::Lacking {
                why: with_causes(&error),
                remedy: Some(error.remedy()),
                without: without(backend).to_owned(),
            };
            check(backend, finding, Vec::new())
        }
    }
}

fn without(backend: Backend) -> &'static str {
    match backend {
        Backend::Lsm | Backend::Fentry => "the next one is tried",
        Backend::Syscalls => "nothing can be observed, unless another one works",
    }
}

fn check(backend: Backend, finding: Finding, lost: Vec<String>) -> BackendCheck {
    BackendCheck { backend, finding, gaps: gaps(backend, EventKind::all()), lost }
}
