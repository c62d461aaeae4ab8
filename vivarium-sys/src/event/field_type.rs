//! How the fields of events are read.

/// Defines [`FieldType`], so that each is described in one place.
macro_rules! field_types {
    ($($(#[doc = $doc:literal])+ $variant:ident;)+) => {
        /// How a field is read and shown.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[non_exhaustive]
        pub enum FieldType {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl FieldType {
            /// What stands in the record, in a sentence.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+),)+
                }
            }
        }
    };
}

field_types! {
    /// Bytes that name a file.
    Path;
    /// Bytes that say something.
    Text;
    /// Texts, each ended by a zero byte.
    Arguments;
    /// A `sockaddr` as the kernel holds it; of a path of a Unix socket, what comes after the first zero byte means nothing.
    Address;
    /// A plain number.
    Count;
    /// A process.
    Pid;
    /// A user, in the initial namespace.
    Uid;
    /// A group, in the initial namespace.
    Gid;
    /// The `O_*` bits of an open.
    OpenFlags;
    /// The `RENAME_*` bits of a rename.
    RenameFlags;
    /// The type and permission bits of a file.
    Mode;
    /// The `CLONE_*` bits of a new task.
    CloneFlags;
    /// A new process (0) or a new thread (1).
    TaskKind;
    /// A signal.
    Signal;
    /// What a process left behind, as `wait(2)` gives it: a code or a signal, and whether it dumped core.
    ExitStatus;
    /// An `AF_*`.
    SocketFamily;
    /// A `SOCK_*`, without its flags.
    SocketType;
    /// A protocol of the socket's family.
    Protocol;
    /// The labels of a name, as DNS sends them: each after its length, but for the empty one at the end.
    DnsName;
    /// The type of a resource record, as DNS numbers them.
    DnsType;
    /// The name of the server in the record of TLS by which a client says hello.
    ServerName;
    /// The protocols that the client offers in such a record.
    Alpn;
    /// How many bytes.
    Length;
    /// Yes or no: 1 or 0.
    Bool;
    /// The type bits of a file's mode.
    FileType;
    /// The number of a device, as `mknod(2)` takes it.
    Device;
    /// The `AT_*` bits of a call that takes a path.
    AtFlags;
    /// The `XATTR_*` bits of a new attribute.
    XattrFlags;
    /// The numbers of groups: a text of 4 bytes each, little endian.
    Groups;
    /// A `CAP_*`.
    Capability;
    /// A set of `CAP_*`, a bit each.
    Capabilities;
    /// The `PTRACE_MODE_*` bits with which the kernel checks who may look into a process.
    PtraceMode;
    /// A request to `ptrace(2)`.
    PtraceRequest;
    /// What `prctl(2)` is asked for.
    PrctlOption;
    /// The `PROT_*` bits of memory.
    MmapProt;
    /// The `MAP_*` bits of a mapping.
    MmapFlags;
    /// The `MFD_*` bits of a file in memory.
    MemfdFlags;
    /// The `RTLD_*` bits of a library that is loaded.
    DlopenFlags;
    /// The `MS_*` bits of a mount.
    MountFlags;
    /// The `MNT_*` bits of the end of a mount.
    UmountFlags;
    /// The `MOVE_MOUNT_*` bits of a mount that moves.
    MoveMountFlags;
    /// What the kernel reads a file for.
    KernelReadId;
    /// What the kernel is given bytes for.
    KernelLoadId;
    /// A command of `bpf(2)`.
    BpfCommand;
    /// The type of a BPF program.
    BpfProgType;
    /// The type of a BPF map.
    BpfMapType;
    /// The type of a performance event.
    PerfType;
    /// The `IORING_SETUP_*` bits of a new ring.
    IoUringFlags;
    /// An operation that is submitted to a ring.
    IoUringOp;
    /// A clock.
    ClockId;
    /// A time in seconds, which may be before that from which a clock counts.
    Seconds;
    /// What `syslog(2)` is asked for.
    SyslogAction;
    /// What `keyctl(2)` is asked for.
    KeyctlCommand;
    /// A function that gets at the environment: its index in the list of them.
    EnvironmentCall;
    /// A key that the kernel keeps; the special ones have negative numbers.
    KeyId;
}
