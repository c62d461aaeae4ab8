//! What readelf says about a file.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use vivarium_sys::probe::PROVIDER;

/// Why readelf says nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadelfError {
    /// It isn't there.
    #[error("cannot run readelf: {0}; install it with `apt-get install binutils`")]
    NotRun(#[from] io::Error),
    /// It doesn't like the file.
    #[error("readelf fails: {0}")]
    Failed(String),
    /// It says something else than expected.
    #[error("readelf prints something else than a probe: {0}")]
    Unreadable(String),
}

/// A probe of SystemTap's kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct StapProbe {
    /// Who defines it.
    pub provider: String,
    /// What it is called.
    pub name: String,
    /// Its address.
    pub location: u64,
    /// The address of its semaphore.
    pub semaphore: u64,
    /// Where its arguments are, as the assembler writes it.
    pub arguments: String,
}

/// The probes of Vivarium in a file, in the order of the notes; also those of functions that the linker discarded.
///
/// # Errors
/// When readelf doesn't tell.
pub fn stap_probes(file: &Path) -> Result<Vec<StapProbe>, ReadelfError> {
    let output = Command::new("readelf").arg("--notes").arg(file).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(ReadelfError::Failed(String::from_utf8_lossy(&output.stderr).trim_end().to_owned()));
    }
    let mut probes = parse(&String::from_utf8_lossy(&output.stdout))?;
    probes.retain(|probe| probe.provider == PROVIDER);
    Ok(probes)
}

fn parse(text: &str) -> Result<Vec<StapProbe>, ReadelfError> {
    let notes = text.split("NT_STAPSDT").skip(1);
    notes.map(|note| probe(note).ok_or_else(|| ReadelfError::Unreadable(note.to_owned()))).collect()
}

/// Reads four lines such as these:
/// ```text
///     Provider: vivarium
///     Name: span_stop
///     Location: 0x00000000000142b1, Base: 0x000000000000a228, Semaphore: 0x0000000000055fc0
///     Arguments: 8@%rdi 8@$8107957173503190031 4@%edx
/// ```
fn probe(note: &str) -> Option<StapProbe> {
    let field = |name: &str| note.lines().find_map(|line| line.trim_start().strip_prefix(name));
    let mut places = field("Location: ")?.split(", ");
    let mut place = |prefix: &str| {
        let digits = places.next()?.strip_prefix(prefix)?.strip_prefix("0x")?;
        u64::from_str_radix(digits, 16).ok()
    };
    let (location, _base, semaphore) = (place("")?, place("Base: ")?, place("Semaphore: ")?);
    Some(StapProbe {
        provider: field("Provider: ")?.to_owned(),
        name: field("Name: ")?.to_owned(),
        location,
        semaphore,
        arguments: field("Arguments: ")?.to_owned(),
    })
}
