//! What programs can't do without, by what they do with it.

use crate::load::Field::*;
use crate::load::FieldSet;

/// Who a task is.
pub(super) const TASK: FieldSet = FieldSet::of(&[TaskPid, TaskTgid]);
/// The users of a task.
pub(super) const USERS: FieldSet = FieldSet::of(&[TaskCred, CredUid, CredEuid, CredSuid]);
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
/// From a file to its path.
pub(super) const OF_FILE: FieldSet = PATH.with(FieldSet::of(&[FilePath, FileFlags, FileInode, InodeMode]));
/// From a descriptor to its file.
pub(super) const DESCRIPTOR: FieldSet = FieldSet::of(&[TaskFiles, FilesFdt, FdtableFd, FdtableMaxFds]);
/// From the file of a pidfd to its process.
pub(super) const PIDFD: FieldSet = FieldSet::of(&[FileInode, FilePrivateData, InodePrivate, PidNumbers]);
/// The arguments of a system call.
pub(super) const REGISTERS: FieldSet = FieldSet::of(&[RegsDi, RegsSi, RegsDx, RegsR10, RegsR8, RegsR9]);
/// From the arguments of a system call to paths.
pub(super) const OF_DESCRIPTOR: FieldSet = REGISTERS.with(DESCRIPTOR).with(OF_FILE).with(FieldSet::of(&[FsPwd]));
/// From a file to its socket.
pub(super) const SOCKET: FieldSet =
    FieldSet::of(&[FileInode, InodeMode, FilePrivateData, SocketSk, SocketType, SockFamily, SockProtocol]);
/// A task is made.
pub(super) const FORK: FieldSet = TASK.with(USERS);
/// A program is executed.
pub(super) const EXEC: FieldSet = TASK.with(USERS).with(OF_FILE).with(FieldSet::of(&[
    FsPwd,
    TaskMm,
    MmArgStart,
    MmArgEnd,
    BprmFile,
    BprmFilename,
    BprmInterp,
    BprmArgc,
]));
/// A task ends.
pub(super) const EXIT: FieldSet =
    TASK.with(FieldSet::of(&[TaskSignal, TaskGroupLeader, TaskExitCode, SignalLive, SignalFlags, SignalGroupExitCode]));
