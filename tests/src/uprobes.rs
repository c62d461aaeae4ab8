//! Uprobes with counters, set by the kernel's own tracing: the proof that a probe can be attached to where we say it is.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

const TRACING: &str = "/sys/kernel/tracing";

/// Why there are no uprobes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UprobesError {
    /// A file of the kernel's can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The kernel refuses a probe.
    #[error("the kernel refuses the uprobe `{definition}`: {source}")]
    Refused {
        /// What it was told.
        definition: String,
        /// What it said.
        source: io::Error,
    },
}

/// Where in a file a probe and its semaphore are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Point {
    /// The instruction.
    pub probe: u64,
    /// The semaphore.
    pub semaphore: u64,
}

/// Uprobes of one purpose, which go when this is dropped.
#[derive(Debug)]
pub struct Uprobes {
    group: String,
    names: Vec<String>,
}

impl Uprobes {
    /// Whether this process may set uprobes.
    #[must_use]
    pub fn are_permitted() -> bool {
        OpenOptions::new().append(true).open(file("uprobe_events")).is_ok()
    }

    /// No uprobes yet. The purpose must be a name, as of a variable, that no other has in this process.
    #[must_use]
    pub fn new(purpose: &str) -> Self {
        Self { group: format!("{purpose}_{}", process::id()), names: Vec::new() }
    }

    /// Adds a uprobe, and gives its name.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn add(&mut self, path: &Path, point: Point) -> Result<String, UprobesError> {
        let name = format!("{}_{}", self.group, self.names.len());
        let Point { probe, semaphore } = point;
        let definition = format!("p:{}/{name} {}:{probe:#x}({semaphore:#x})", self.group, path.display());
        append("uprobe_events", &definition).map_err(|error| match error {
            UprobesError::File { source, .. } => UprobesError::Refused { definition, source },
            other => other,
        })?;
        self.names.push(name.clone());
        Ok(name)
    }

    /// Sets all of them.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn enable(&self) -> Result<(), UprobesError> {
        append(&format!("events/{}/enable", self.group), "1")
    }

    /// How often each was hit, by name.
    ///
    /// # Errors
    /// When the kernel doesn't tell.
    pub fn hits(&self) -> Result<BTreeMap<String, u64>, UprobesError> {
        let path = file("uprobe_profile");
        let profile = fs::read_to_string(&path).map_err(|source| UprobesError::File { path, source })?;
        // A line is the file, the name and the number.
        let hits = profile.lines().filter_map(|line| {
            let mut fields = line.split_ascii_whitespace().rev();
            let hits = fields.next()?.parse().ok()?;
            let name = fields.next()?.to_owned();
            self.names.contains(&name).then_some((name, hits))
        });
        Ok(hits.collect())
    }
}

impl Drop for Uprobes {
    fn drop(&mut self) {
        if self.names.is_empty() {
            return;
        }
        // What can't be removed stays until the machine is restarted, and does no harm.
        let _ = append(&format!("events/{}/enable", self.group), "0");
        for name in &self.names {
            let _ = append("uprobe_events", &format!("-:{}/{name}", self.group));
        }
    }
}

fn file(name: &str) -> PathBuf {
    Path::new(TRACING).join(name)
}

fn append(name: &str, text: &str) -> Result<(), UprobesError> {
    let path = file(name);
    let write = OpenOptions::new().append(true).open(&path).and_then(|mut file| file.write_all(text.as_bytes()));
    write.map_err(|source| UprobesError::File { path, source })
}
