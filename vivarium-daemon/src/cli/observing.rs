//! The options of those commands that observe: who observes, what is shown, and what is kept.

use std::fs::File;
use std::path::PathBuf;

use caps::{CapSet, Capability};
use vivarium_session::filter::{KeptOff, SitePattern};
use vivarium_session::recording::Writer;
use vivarium_session::sink::Sink;
use vivarium_sys::event::Backend;

use super::filter::FilterArgs;
use super::output::{OpenError, Output, Stream};
use crate::kernel::{RingSize, Starts};

#[derive(clap::Args, Debug)]
pub(super) struct Observing {
    /// Where events come from: lsm, fentry or syscalls [default: the first of them that works].
    #[arg(long, value_parser = backend)]
    pub(super) backend: Option<Backend>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    pub(super) filter: FilterArgs,
    /// Leave out these functions: by name, pattern or regular expression, such as load_config, 'load_*' or '/^load_/'. What they
    /// do is shown in the functions around them.
    #[arg(long, value_name = "PATTERN")]
    disable: Vec<SitePattern>,
    /// But not these.
    #[arg(long, value_name = "PATTERN", requires = "disable")]
    enable: Vec<SitePattern>,
    /// Show a line for each event as it happens, and no tree.
    #[arg(long, conflicts_with = "format")]
    live: bool,
    /// Let vivariumd observe, also as root. Without privileges it always does.
    #[arg(long, conflicts_with = "ring_size")]
    daemon: bool,
    /// Record the session into this file, for `vivarium report`.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// How many bytes of records may wait to be read.
    #[arg(long, default_value = "16M", value_name = "BYTES")]
    pub(super) ring_size: RingSize,
    /// Fail with status 3 if something was missed.
    #[arg(long)]
    pub(super) strict: bool,
}

impl Observing {
    /// Whether vivariumd is to observe.
    pub(super) fn with_daemon(&self) -> bool {
        self.daemon || !is_privileged()
    }

    /// Which sites are off from the beginning.
    pub(super) fn off(&self) -> KeptOff {
        KeptOff { disabled: self.disable.clone(), enabled: self.enable.clone() }
    }

    /// When it has to be told that a function has started: at once for those who read along.
    pub(super) fn starts(&self) -> Starts {
        if self.live || self.output.is_read_along() { Starts::AtOnce } else { Starts::WithWhatFollows }
    }

    /// Where the session goes: to a stream unless a file was named, and into the recording.
    pub(super) fn sinks(&self, stream: Stream) -> Result<Vec<Box<dyn Sink>>, OpenError> {
        let output = if self.live { self.output.clone().live() } else { self.output.clone() };
        let mut sinks = vec![output.open(stream, None)?];
        if let Some(path) = &self.record {
            let file = File::create(path).map_err(|error| OpenError::Write { path: path.clone(), error })?;
            sinks.push(Box::new(Writer::new(file)));
        }
        Ok(sinks)
    }
}

/// Whether this process may observe by itself.
pub(super) fn is_privileged() -> bool {
    let has = |capability| caps::has_cap(None, CapSet::Effective, capability).unwrap_or(false);
    has(Capability::CAP_SYS_ADMIN) || has(Capability::CAP_BPF) && has(Capability::CAP_PERFMON)
}

/// The backend of this name.
pub(crate) fn backend(name: &str) -> Result<Backend, String> {
    let known = || Backend::ALL.map(Backend::name).join(", ");
    Backend::ALL.into_iter().find(|backend| backend.name() == name).ok_or_else(|| format!("it is one of {}", known()))
}
