//! Which backend it is to be.

use std::fmt;

use vivarium_sys::event::Backend;

use super::{BackendError, Extent, RunningBackend};
use crate::cli::with_causes;
use crate::kernel::{KernelSide, Ring};

/// A backend that was tried and does not work.
#[derive(Debug)]
pub struct Attempt {
    /// Which.
    pub backend: Backend,
    /// Why it does not work.
    pub error: BackendError,
}

/// None of the backends that were tried works.
#[derive(Debug, thiserror::Error)]
#[error("{}", Attempts(.0))]
pub struct NoBackend(pub Vec<Attempt>);

struct Attempts<'a>(&'a [Attempt]);

impl fmt::Display for Attempts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [Attempt { backend, error }] => {
                write!(
                    f,
                    "the backend {} does not work here: {}; {}",
                    backend.name(),
                    with_causes(error),
                    error.remedy()
                )
            }
            attempts => {
                f.write_str("no backend works here (`vivarium doctor` tells more):")?;
                for (index, Attempt { backend, error }) in attempts.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ";" };
                    write!(f, "{separator} {}: {}", backend.name(), with_causes(error))?;
                }
                Ok(())
            }
        }
    }
}

impl KernelSide {
    /// Starts this backend, or the first that works.
    ///
    /// # Errors
    /// When it does not work, or none does.
    pub fn start_any(
        &mut self,
        forced: Option<Backend>,
        extent: Extent<'_>,
        ring: &mut Ring,
    ) -> Result<RunningBackend, NoBackend> {
        let tried = match &forced {
            Some(backend) => std::slice::from_ref(backend),
            None => &Backend::ALL,
        };
        let mut attempts = Vec::new();
        for &backend in tried {
            match self.start(backend, extent, ring) {
                Ok(running) => return Ok(running),
                Err(error) => attempts.push(Attempt { backend, error }),
            }
        }
        Err(NoBackend(attempts))
    }
}
