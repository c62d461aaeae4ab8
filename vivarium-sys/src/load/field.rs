//! The fields of the kernel's types that the BPF programs read, by the kernel's own names.

/// The offset of a field that this kernel doesn't have.
pub const MISSING: u32 = u32::MAX;

/// Defines [`Field`], so that each is written once.
macro_rules! fields {
    ($($variant:ident = $structure:literal, $path:literal;)+) => {
        /// A field of a type of the kernel. The number is its index in [`Offsets`].
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u32)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "each is named after the field of the kernel that it stands for")]
        pub enum Field {
            $($variant,)+
        }

        impl Field {
            /// Every field.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The type, and the path of members in it.
            ///
            /// ```
            /// use vivarium_sys::load::Field;
            /// assert_eq!(Field::DentryNameText.location(), ("dentry", "d_name.name"));
            /// ```
            #[must_use]
            pub const fn location(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$variant => ($structure, $path),)+
                }
            }
        }
    };
}

fields! {
    TaskPid = "task_struct", "pid";
    TaskTgid = "task_struct", "tgid";
    TaskStatus = "task_struct", "thread_info.status";
    TaskPending = "task_struct", "pending.signal.sig";
    TaskMm = "task_struct", "mm";
    TaskFs = "task_struct", "fs";
    TaskFiles = "task_struct", "files";
    TaskSignal = "task_struct", "signal";
    TaskGroupLeader = "task_struct", "group_leader";
    TaskExitCode = "task_struct", "exit_code";
    TaskCred = "task_struct", "cred";
    TaskRealCred = "task_struct", "real_cred";
    TaskComm = "task_struct", "comm";
    TaskRealParent = "task_struct", "real_parent";
    TaskThreadPid = "task_struct", "thread_pid";
    TaskPidLinks = "task_struct", "pid_links";
    TaskStartTime = "task_struct", "start_time";
    SignalLive = "signal_struct", "live.counter";
    SignalFlags = "signal_struct", "flags";
    SignalGroupExitCode = "signal_struct", "group_exit_code";
    CredUid = "cred", "uid";
    CredEuid = "cred", "euid";
    CredSuid = "cred", "suid";
    CredFsuid = "cred", "fsuid";
    CredGid = "cred", "gid";
    CredEgid = "cred", "egid";
    CredSgid = "cred", "sgid";
    CredFsgid = "cred", "fsgid";
    CredGroups = "cred", "group_info";
    CredPermitted = "cred", "cap_permitted";
    GroupsCount = "group_info", "ngroups";
    GroupsList = "group_info", "gid";
    MmFlags = "mm_struct", "flags";
    TaskExecState = "task_struct", "exec_state";
    ExecStateDumpable = "task_exec_state", "dumpable";
    MmArgStart = "mm_struct", "arg_start";
    MmArgEnd = "mm_struct", "arg_end";
    NewtaskPid = "trace_event_raw_task_newtask", "pid";
    NewtaskCloneFlags = "trace_event_raw_task_newtask", "clone_flags";
    CapableCred = "trace_event_raw_cap_capable", "cred";
    CapableCap = "trace_event_raw_cap_capable", "cap";
    CapableRet = "trace_event_raw_cap_capable", "ret";
    RegsOrigAx = "pt_regs", "orig_ax";
    RegsAx = "pt_regs", "ax";
    ExecOldPid = "trace_event_raw_sched_process_exec", "old_pid";
    BprmFile = "linux_binprm", "file";
    BprmFilename = "linux_binprm", "filename";
    BprmInterp = "linux_binprm", "interp";
    BprmArgc = "linux_binprm", "argc";
    BprmCred = "linux_binprm", "cred";
    FsRoot = "fs_struct", "root";
    FsPwd = "fs_struct", "pwd";
    FsUmask = "fs_struct", "umask";
    FilesFdt = "files_struct", "fdt";
    FdtableFd = "fdtable", "fd";
    FdtableMaxFds = "fdtable", "max_fds";
    FilePath = "file", "f_path";
    FileFlags = "file", "f_flags";
    FileMode = "file", "f_mode";
    FileInode = "file", "f_inode";
    FilePrivateData = "file", "private_data";
    PathMnt = "path", "mnt";
    PathDentry = "path", "dentry";
    DentryParent = "dentry", "d_parent";
    DentryNameText = "dentry", "d_name.name";
    DentryNameLength = "dentry", "d_name.len";
    DentryHash = "dentry", "d_hash.pprev";
    DentryInode = "dentry", "d_inode";
    DentrySuper = "dentry", "d_sb";
    SuperMagic = "super_block", "s_magic";
    SuperFlags = "super_block", "s_flags";
    FsContextType = "fs_context", "fs_type";
    FsContextRoot = "fs_context", "root";
    FsTypeName = "file_system_type", "name";
    InodeNumber = "inode", "i_ino";
    InodeMode = "inode", "i_mode";
    InodePrivate = "inode", "i_private";
    VfsmountRoot = "vfsmount", "mnt_root";
    MountMnt = "mount", "mnt";
    MountParent = "mount", "mnt_parent";
    MountMountpoint = "mount", "mnt_mountpoint";
    PidNumbers = "pid", "numbers";
    PidLevel = "pid", "level";
    PidTasks = "pid", "tasks";
    UpidNs = "upid", "ns";
    PidNamespaceIdr = "pid_namespace", "idr";
    IdrRoot = "idr", "idr_rt";
    XarrayHead = "xarray", "xa_head";
    XaNodeShift = "xa_node", "shift";
    XaNodeSlots = "xa_node", "slots";
    SocketSk = "socket", "sk";
    SocketType = "socket", "type";
    SockFamily = "sock", "__sk_common.skc_family";
    SockType = "sock", "sk_type";
    SockProtocol = "sock", "sk_protocol";
    SockPort = "sock", "__sk_common.skc_num";
    SockPeerPort = "sock", "__sk_common.skc_dport";
    SockAddress = "sock", "__sk_common.skc_rcv_saddr";
    SockPeerAddress = "sock", "__sk_common.skc_daddr";
    SockAddress6 = "sock", "__sk_common.skc_v6_rcv_saddr";
    SockPeerAddress6 = "sock", "__sk_common.skc_v6_daddr";
    UnixPeer = "unix_sock", "peer";
    UnixAddress = "unix_sock", "addr";
    UnixAddressLength = "unix_address", "len";
    UnixAddressName = "unix_address", "name";
    AreaFlags = "vm_area_struct", "vm_flags";
    AreaFile = "vm_area_struct", "vm_file";
    TaskFlags = "task_struct", "flags";
    TaskIoUring = "task_struct", "io_uring";
    IoRequestOpcode = "io_kiocb", "opcode";
    IoRequestFlags = "io_kiocb", "flags";
    IoRequestDescriptor = "io_kiocb", "cqe.fd";
    IoOpenDirectory = "io_open", "dfd";
    IoOpenName = "io_open", "filename";
    IoOpenHow = "io_open", "how";
    IoUnlinkDirectory = "io_unlink", "dfd";
    IoUnlinkFlags = "io_unlink", "flags";
    IoUnlinkName = "io_unlink", "filename";
    IoConnectAddress = "io_connect", "addr";
    IoConnectLength = "io_connect", "addr_len";
    FilenameText = "filename", "name";
    RegsDi = "pt_regs", "di";
    RegsSi = "pt_regs", "si";
    RegsDx = "pt_regs", "dx";
    RegsR10 = "pt_regs", "r10";
    RegsR8 = "pt_regs", "r8";
    RegsR9 = "pt_regs", "r9";
}

/// Where the fields are in this kernel: the read-only global [`OFFSETS`](super::global::OFFSETS).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Offsets(pub [u32; Field::ALL.len()]);

impl Offsets {
    /// None is known.
    pub const UNRESOLVED: Self = Self([MISSING; Field::ALL.len()]);

    /// Sets where `field` is, in bytes from the start of its type.
    pub const fn set(&mut self, field: Field, offset: u32) {
        self.0[field as usize] = offset;
    }

    /// Where `field` is, if this kernel has it.
    #[must_use]
    pub const fn get(&self, field: Field) -> Option<u32> {
        match self.0[field as usize] {
            MISSING => None,
            offset => Some(offset),
        }
    }
}

/// How many words a set of fields has.
const WORDS: usize = Field::ALL.len().div_ceil(u64::BITS as usize);

/// A set of fields.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldSet([u64; WORDS]);

impl FieldSet {
    /// No field.
    pub const NONE: Self = Self([0; WORDS]);

    /// These fields.
    #[must_use]
    pub const fn of(fields: &[Field]) -> Self {
        let mut set = Self::NONE;
        let mut at = 0;
        while at < fields.len() {
            let (word, bit) = Self::place(fields[at]);
            set.0[word] |= bit;
            at += 1;
        }
        set
    }

    /// Both sets.
    #[must_use]
    pub const fn with(mut self, other: Self) -> Self {
        let mut word = 0;
        while word < WORDS {
            self.0[word] |= other.0[word];
            word += 1;
        }
        self
    }

    /// Whether `field` is one of them.
    #[must_use]
    pub const fn contains(self, field: Field) -> bool {
        let (word, bit) = Self::place(field);
        self.0[word] & bit != 0
    }

    /// In which word a field is, and its bit there.
    const fn place(field: Field) -> (usize, u64) {
        (field as usize / u64::BITS as usize, 1 << (field as u32 % u64::BITS))
    }

    /// The fields, in the order of their numbers.
    ///
    /// ```
    /// use vivarium_sys::load::{Field, FieldSet};
    /// let set = FieldSet::of(&[Field::FsRoot, Field::TaskPid]);
    /// assert!(set.iter().eq([Field::TaskPid, Field::FsRoot]));
    /// ```
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |field| self.contains(*field))
    }
}

impl core::fmt::Debug for FieldSet {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
