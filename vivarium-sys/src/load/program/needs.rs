//! What programs can't do without, by what they do with it.

use crate::load::Field::*;
use crate::load::FieldSet;

/// Who a task is.
pub(super) const TASK: FieldSet = FieldSet::of(&[TaskPid, TaskTgid]);
/// The users of a task.
pub(super) const USERS: FieldSet = FieldSet::of(&[TaskCred, CredUid, CredEuid, CredSuid, CredFsuid]);
/// Who another task is.
pub(super) const OTHER_TASK: FieldSet = TASK.with(FieldSet::of(&[TaskComm]));
/// From the number of a task to the task.
pub(super) const TASK_OF_NUMBER: FieldSet = OTHER_TASK.with(FieldSet::of(&[
    TaskThreadPid,
    TaskPidLinks,
    PidLevel,
    PidNumbers,
    PidTasks,
    UpidNs,
    PidNamespaceIdr,
    IdrRoot,
    XarrayHead,
    XaNodeShift,
    XaNodeSlots,
]));
/// The groups of a task.
pub(super) const GROUPS: FieldSet = FieldSet::of(&[TaskCred, CredGid, CredEgid, CredSgid, CredFsgid]);
/// From a place in the file system to its path.
pub(super) const PATH: FieldSet = FieldSet::of(&[
    TaskFs,
    FsRoot,
    PathMnt,
    PathDentry,
    DentryParent,
    DentryNameText,
    DentryNameLength,
    DentryHash,
    DentryInode,
    DentrySuper,
    SuperMagic,
    InodeNumber,
    VfsmountRoot,
    MountMnt,
    MountParent,
    MountMountpoint,
]);
/// What is left of the permissions that are asked for.
pub(super) const UMASK: FieldSet = FieldSet::of(&[TaskFs, FsUmask]);
/// From a file to its path.
pub(super) const OF_FILE: FieldSet = PATH.with(FieldSet::of(&[FilePath, FileFlags, FileMode, FileInode, InodeMode]));
/// From a descriptor to its file.
pub(super) const DESCRIPTOR: FieldSet = FieldSet::of(&[TaskFiles, FilesFdt, FdtableFd, FdtableMaxFds]);
/// From the file of a pidfd to its process.
pub(super) const PIDFD: FieldSet = FieldSet::of(&[FileInode, FilePrivateData, InodePrivate, PidTasks, TaskPidLinks]);
/// Which system call returns, and its result.
pub(super) const RETURNED: FieldSet = FieldSet::of(&[RegsOrigAx, RegsAx]);
/// The same, and its arguments.
pub(super) const REGISTERS: FieldSet = RETURNED.with(FieldSet::of(&[RegsDi, RegsSi, RegsDx, RegsR10, RegsR8, RegsR9]));
/// The system call that is running, of which a hook isn't told all.
pub(super) const RUNNING_CALL: FieldSet = REGISTERS.with(FieldSet::of(&[TaskStatus]));
/// From the arguments of a system call to paths.
pub(super) const OF_DESCRIPTOR: FieldSet = REGISTERS.with(DESCRIPTOR).with(OF_FILE).with(FieldSet::of(&[FsPwd]));
/// From the arguments of a system call to the file system that it configures.
pub(super) const REMOUNT: FieldSet = REGISTERS.with(DESCRIPTOR).with(FieldSet::of(&[
    FilePrivateData,
    FsContextType,
    FsContextRoot,
    FsTypeName,
    DentrySuper,
    SuperFlags,
]));
/// From a file to its socket.
pub(super) const SOCKET: FieldSet =
    FieldSet::of(&[FileInode, InodeMode, FilePrivateData, SocketSk, SocketType, SockFamily, SockProtocol]);
/// From the arguments of a system call to a socket.
pub(super) const OF_SOCKET: FieldSet = REGISTERS.with(DESCRIPTOR).with(SOCKET).with(FieldSet::of(&[InodeNumber]));
/// The addresses of both ends of a socket.
pub(super) const ENDS: FieldSet = FieldSet::of(&[
    SockPort,
    SockPeerPort,
    SockAddress,
    SockPeerAddress,
    SockAddress6,
    SockPeerAddress6,
    UnixPeer,
    UnixAddress,
    UnixAddressLength,
    UnixAddressName,
]);
/// From an area of memory to its file.
pub(super) const OF_AREA: FieldSet = OF_FILE.with(REGISTERS).with(FieldSet::of(&[AreaFlags, AreaFile]));
/// Whether a task works for a ring, and what it is asked for.
pub(super) const RING: FieldSet = FieldSet::of(&[TaskFlags, TaskIoUring, IoRequestOpcode]);
/// Whether a task acts as another user than its own.
pub(super) const ACTING: FieldSet = FieldSet::of(&[TaskCred, TaskRealCred]);
/// What is asked for through a ring.
pub(super) const SUBMITTED: FieldSet = PATH.with(DESCRIPTOR).with(SOCKET).with(FieldSet::of(&[
    FsPwd,
    FilePath,
    IoRequestOpcode,
    IoRequestFlags,
    IoRequestDescriptor,
    IoOpenDirectory,
    IoOpenName,
    IoOpenHow,
    IoUnlinkDirectory,
    IoUnlinkFlags,
    IoUnlinkName,
    IoConnectAddress,
    IoConnectLength,
    FilenameText,
]));
/// A task is made.
pub(super) const FORK: FieldSet =
    USERS.with(GROUPS).with(FieldSet::of(&[NewtaskPid, NewtaskCloneFlags, RegsOrigAx, TaskStatus]));
/// A program is executed.
pub(super) const EXECED: FieldSet =
    USERS.with(GROUPS).with(FieldSet::of(&[CredPermitted, ExecOldPid, TaskMm, MmFlags]));
/// The same, with what is known of the program.
pub(super) const EXEC: FieldSet = USERS.with(GROUPS).with(OF_FILE).with(FieldSet::of(&[
    CredPermitted,
    FsPwd,
    TaskMm,
    MmFlags,
    MmArgStart,
    MmArgEnd,
    BprmFile,
    BprmFilename,
    BprmInterp,
    BprmArgc,
]));
/// A task ends.
pub(super) const EXIT: FieldSet = TASK.with(FieldSet::of(&[
    TaskSignal,
    TaskGroupLeader,
    TaskStartTime,
    TaskExitCode,
    SignalLive,
    SignalFlags,
    SignalGroupExitCode,
]));
