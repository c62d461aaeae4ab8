//! What a row of the table says.

use super::{EventKind, FieldType};

/// One kind of event.
#[derive(Clone, Copy, Debug)]
pub struct EventSpec {
    /// The number.
    pub kind: EventKind,
    /// The name that filters and outputs use.
    pub name: &'static str,
    /// What happened, in a sentence.
    pub summary: &'static str,
    /// The family.
    pub category: Category,
    /// How much it matters to someone who looks for trouble.
    pub severity: Severity,
    /// Whether it is shown unless asked for.
    pub default: Default,
    /// Whether each one is told, or how many there were.
    pub telling: Telling,
    /// What it tells, in the order in which it is shown.
    pub fields: &'static [FieldSpec],
    /// How each backend sees it; a backend that isn't here can't.
    pub sights: &'static [(Backend, Sight)],
}

impl EventSpec {
    /// How `backend` sees this kind, if it can.
    #[must_use]
    pub fn sight(&self, backend: Backend) -> Option<&'static Sight> {
        self.sights.iter().find(|(which, _)| *which == backend).map(|(_, sight)| sight)
    }
}

/// One field of an event.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// The name, as in JSON.
    pub name: &'static str,
    /// What it says.
    pub summary: &'static str,
    /// How to read it.
    pub kind: FieldType,
    /// Where it stands in the record.
    pub source: Source,
}

/// Where a field stands in a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// The number with this index.
    Number(u8),
    /// The text with this index.
    Text(u8),
}

/// The family of a kind; `@file` and so on in filters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
#[non_exhaustive]
pub enum Category {
    /// Files and directories.
    File,
    /// Sockets and what goes through them.
    Net,
    /// Processes and what they do to each other.
    Process,
    /// Users, groups, capabilities.
    Identity,
    /// The system as a whole.
    Kernel,
    /// Code that comes to be executed.
    Code,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 6] = [Self::File, Self::Net, Self::Process, Self::Identity, Self::Kernel, Self::Code];

    /// The name in filters and outputs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Net => "net",
            Self::Process => "process",
            Self::Identity => "identity",
            Self::Kernel => "kernel",
            Self::Code => "code",
        }
    }
}

/// How much a kind matters to someone who looks for trouble.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Severity {
    /// Programs do it all the time.
    Info,
    /// Worth a look.
    Medium,
    /// Rare, and powerful.
    High,
}

impl Severity {
    /// The name in filters and outputs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Whether a kind is shown unless asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Default {
    /// Shown.
    On,
    /// Only on request.
    Off,
}

/// How often a kind is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Telling {
    /// Each time.
    Each,
    /// Those of a span that say the same once, when it is over, with their number: what the kernel does so often that one
    /// alone says little.
    Counted,
}

/// Where events come from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Backend {
    /// BPF programs on the hooks of the Linux security modules.
    Lsm,
    /// BPF programs on the functions that call those hooks.
    Fentry,
    /// Tracepoints at the return of system calls.
    Syscalls,
}

impl Backend {
    /// Every backend, the one that sees most first.
    pub const ALL: [Self; 3] = [Self::Lsm, Self::Fentry, Self::Syscalls];

    /// The name in options and outputs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lsm => "lsm",
            Self::Fentry => "fentry",
            Self::Syscalls => "syscalls",
        }
    }
}

/// How a backend sees a kind.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// The hooks, functions or system calls that tell of it.
    pub hooks: &'static [&'static str],
    /// What this backend can't tell, empty where it tells all.
    pub gap: &'static str,
}

impl Sight {
    /// Sees all of it through these.
    pub(super) const fn by(hooks: &'static [&'static str]) -> Self {
        Self { hooks, gap: "" }
    }

    /// Sees it through these, but for what `gap` says.
    pub(super) const fn but(self, gap: &'static str) -> Self {
        Self { hooks: self.hooks, gap }
    }
}
