//! What a row of the table says.

use super::EventKind;

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

/// How a field is read and shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[non_exhaustive]
pub enum FieldType {
    /// Bytes that name a file.
    Path,
    /// Bytes that say something.
    Text,
    /// Texts, each ended by a zero byte.
    Arguments,
    /// A `sockaddr` as the kernel holds it.
    Address,
    /// A plain number.
    Count,
    /// A process.
    Pid,
    /// A user, in the initial namespace.
    Uid,
    /// A group, in the initial namespace.
    Gid,
    /// The `O_*` bits of an open.
    OpenFlags,
    /// The `RENAME_*` bits of a rename.
    RenameFlags,
    /// The type and permission bits of a file.
    Mode,
    /// The `CLONE_*` bits of a new task.
    CloneFlags,
    /// Process or thread.
    TaskKind,
    /// A signal.
    Signal,
    /// What a process left behind, as `wait(2)` gives it: a code or a signal, and whether it dumped core.
    ExitStatus,
    /// An `AF_*`.
    SocketFamily,
    /// A `SOCK_*`, without its flags.
    SocketType,
    /// A protocol of the socket's family.
    Protocol,
    /// The labels of a name, as DNS sends them.
    DnsName,
    /// The type of a resource record, as DNS numbers them.
    DnsType,
    /// The name of the server in the record of TLS by which a client says hello.
    ServerName,
    /// The protocols that the client offers in such a record.
    Alpn,
    /// How many bytes.
    Length,
    /// Yes or no: 1 or 0.
    Bool,
    /// The type bits of a file's mode.
    FileType,
    /// The number of a device, as `mknod(2)` takes it.
    Device,
    /// The `AT_*` bits of a call that takes a path.
    AtFlags,
    /// The `XATTR_*` bits of a new attribute.
    XattrFlags,
    /// The numbers of groups: a text of 4 bytes each, little endian.
    Groups,
    /// A `CAP_*`.
    Capability,
    /// A set of `CAP_*`, a bit each.
    Capabilities,
    /// The `PTRACE_MODE_*` bits with which the kernel checks who may look into a process.
    PtraceMode,
    /// A request to `ptrace(2)`.
    PtraceRequest,
    /// What `prctl(2)` is asked for.
    PrctlOption,
    /// The `PROT_*` bits of memory.
    MmapProt,
    /// The `MAP_*` bits of a mapping.
    MmapFlags,
    /// The `MFD_*` bits of a file in memory.
    MemfdFlags,
    /// The `RTLD_*` bits of a library that is loaded.
    DlopenFlags,
    /// The `MS_*` bits of a mount.
    MountFlags,
    /// The `MNT_*` bits of the end of a mount.
    UmountFlags,
    /// The `MOVE_MOUNT_*` bits of a mount that moves.
    MoveMountFlags,
    /// What the kernel reads a file for.
    KernelReadId,
    /// What the kernel is given bytes for.
    KernelLoadId,
    /// A command of `bpf(2)`.
    BpfCommand,
    /// The type of a BPF program.
    BpfProgType,
    /// The type of a BPF map.
    BpfMapType,
    /// The type of a performance event.
    PerfType,
    /// The `IORING_SETUP_*` bits of a new ring.
    IoUringFlags,
    /// An operation that is submitted to a ring.
    IoUringOp,
    /// A clock.
    ClockId,
    /// A time in seconds, which may be before that from which a clock counts.
    Seconds,
    /// What `syslog(2)` is asked for.
    SyslogAction,
    /// What `keyctl(2)` is asked for.
    KeyctlCommand,
    /// A function that gets at the environment: its index in [`ENVIRONMENT_CALLS`](super::ENVIRONMENT_CALLS).
    EnvironmentCall,
    /// A key that the kernel keeps; the special ones have negative numbers.
    KeyId,
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
