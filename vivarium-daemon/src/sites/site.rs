//! A site as its file describes it.

use vivarium_session::session::SiteInfo;
use vivarium_session::text::Text;
use vivarium_sys::probe::Probe;
use vivarium_sys::{SiteId, SiteKind};

use super::Obstacle;
use crate::elf::{Address, FileOffset};

/// A site: who it is, and where its probes are.
///
/// Who it is, is the same in every build of the same source. Where it is, is not.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Site {
    /// The identity.
    pub id: SiteId,
    /// What kind of place it is.
    pub kind: SiteKind,
    /// The path of the module.
    pub module: Text,
    /// The function or the span, with its type where it has one.
    pub name: Text,
    /// The source file, as the compiler was given it.
    pub file: Text,
    /// The line in it.
    pub line: u32,
    /// The column in it.
    pub column: u32,
    /// Its probes, by kind and address; none where the linker discarded them.
    pub probes: Vec<ProbeLocation>,
}

impl Site {
    /// The whole path of the function or the span.
    #[must_use]
    pub fn function(&self) -> Text {
        function(&self.module, &self.name)
    }

    /// How many copies of its code there are.
    #[must_use]
    pub fn copies(&self) -> usize {
        self.probes_of(Probe::Start).count()
    }

    /// Its probes of one kind.
    pub fn probes_of(&self, probe: Probe) -> impl Iterator<Item = &ProbeLocation> {
        self.probes.iter().filter(move |location| location.probe == probe)
    }

    /// Whether everything that makes its spans can be attached to, and if not, what is in the way.
    ///
    /// # Errors
    /// The first obstacle.
    pub fn attachable(&self) -> Result<(), Obstacle> {
        if self.probes.is_empty() {
            return Err(Obstacle::Discarded);
        }
        probes_attachable(&self.probes)
    }

    /// What sites are listed by: nothing that differs from one build to another.
    pub(super) fn order(&self) -> impl Ord + use<> {
        (self.function(), self.file.clone(), self.line, self.column, self.id)
    }
}

/// The whole path of the function or the span `name` in `module`.
#[must_use]
pub fn function(module: &Text, name: &Text) -> Text {
    Text::new(&[module.as_bytes(), b"::", name.as_bytes()].concat())
}

/// Whether spans can be seen through these probes.
pub(super) fn probes_attachable(probes: &[ProbeLocation]) -> Result<(), Obstacle> {
    if let Some(obstacle) = probes.iter().find_map(|location| location.attach.err()) {
        return Err(obstacle);
    }
    let has_start = probes.iter().any(|location| location.probe == Probe::Start);
    if has_start { Ok(()) } else { Err(Obstacle::NoStart) }
}

/// One copy of one probe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ProbeLocation {
    /// Which of the three.
    pub probe: Probe,
    /// Where its instructions are.
    pub address: Address,
    /// Where its observers are counted.
    pub semaphore: Address,
    /// How to attach, or why it isn't possible.
    pub attach: Result<AttachPoint, Obstacle>,
}

/// What the kernel wants to know of a probe: two places in the file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct AttachPoint {
    /// The first instruction of the probe.
    pub probe: FileOffset,
    /// The semaphore that counts its observers.
    pub semaphore: FileOffset,
}

impl From<&Site> for SiteInfo {
    fn from(site: &Site) -> Self {
        let Site { id, kind, line, .. } = *site;
        Self { id, kind, module: site.module.clone(), name: site.name.clone(), file: site.file.clone(), line }
    }
}
