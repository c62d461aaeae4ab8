//! The system as a whole.

use super::needs::*;
use super::{Absence, Attach, Program};
use crate::event::{Backend, EventKind};
use crate::load::Syscall::*;
use crate::load::{FieldSet, RINGS};

/// Where a request is asked for, as kernels call it.
const SUBMISSIONS: &[&str] = &["io_uring_submit_req", "io_uring_submit_sqe"];

impl Program {
    /// What the hooks need to know who asked for what is done for a ring.
    const fn of_rings(name: &'static str, attach: Attach) -> Self {
        Self {
            name,
            attach,
            backends: &[Backend::Lsm, Backend::Fentry],
            events: &[],
            needs: RING,
            absence: Absence::Loss,
        }
    }
}

pub(super) const PROGRAMS: &[Program] = &[
    Program::syscalls("sys_mount", &[Mount], &[EventKind::SB_MOUNT], OF_DESCRIPTOR),
    Program::lsm("lsm_mount", "sb_mount", &[EventKind::SB_MOUNT], PATH),
    Program::fentry("fentry_mount", "security_sb_mount", &[EventKind::SB_MOUNT], PATH),
    // No hook of a remount tells who asks for it.
    Program::any_syscalls("sys_fsconfig", &[Fsconfig], &[EventKind::SB_MOUNT], REMOUNT),
    Program::syscalls("sys_umount", &[Umount2], &[EventKind::SB_UMOUNT], OF_DESCRIPTOR),
    Program::lsm("lsm_umount", "sb_umount", &[EventKind::SB_UMOUNT], PATH),
    Program::fentry("fentry_umount", "security_sb_umount", &[EventKind::SB_UMOUNT], PATH),
    Program::syscalls("sys_movemount", &[MoveMount], &[EventKind::MOVE_MOUNT], OF_DESCRIPTOR),
    Program::lsm("lsm_movemount", "move_mount", &[EventKind::MOVE_MOUNT], PATH),
    Program::fentry("fentry_movemnt", "security_move_mount", &[EventKind::MOVE_MOUNT], PATH),
    Program::syscalls("sys_pivot", &[PivotRoot], &[EventKind::PIVOT_ROOT], OF_DESCRIPTOR),
    Program::lsm("lsm_pivot", "sb_pivotroot", &[EventKind::PIVOT_ROOT], PATH),
    Program::fentry("fentry_pivot", "security_sb_pivotroot", &[EventKind::PIVOT_ROOT], PATH),
    Program::syscalls("sys_chroot", &[Chroot], &[EventKind::CHROOT], OF_DESCRIPTOR),
    Program::lsm("lsm_chroot", "path_chroot", &[EventKind::CHROOT], PATH),
    Program::fentry("fentry_chroot", "security_path_chroot", &[EventKind::CHROOT], PATH),
    Program::syscalls("sys_readfile", &[FinitModule, KexecFileLoad], &[EventKind::KERNEL_READ_FILE], OF_DESCRIPTOR),
    Program::lsm("lsm_readfile", "kernel_read_file", &[EventKind::KERNEL_READ_FILE], OF_FILE.with(RUNNING_CALL)),
    Program::fentry(
        "fentry_readfile",
        "security_kernel_read_file",
        &[EventKind::KERNEL_READ_FILE],
        OF_FILE.with(RUNNING_CALL),
    ),
    Program::syscalls("sys_loaddata", &[InitModule, KexecLoad], &[EventKind::KERNEL_LOAD_DATA], REGISTERS),
    Program::lsm("lsm_loaddata", "kernel_load_data", &[EventKind::KERNEL_LOAD_DATA], RUNNING_CALL),
    Program::fentry("fentry_loaddata", "security_kernel_load_data", &[EventKind::KERNEL_LOAD_DATA], RUNNING_CALL),
    // What the hooks tell of these is less than what the calls do.
    Program::any_syscalls("sys_bpf", &[Bpf], &[EventKind::BPF_PROG, EventKind::BPF_MAP], REGISTERS),
    Program::any_syscalls("sys_perf", &[PerfEventOpen], &[EventKind::PERF_EVENT_OPEN], REGISTERS),
    Program::any_syscalls("sys_uring", &[IoUringSetup], &[EventKind::IO_URING_SETUP], REGISTERS),
    Program::any_syscalls(
        "sys_settime",
        &[ClockSettime, Settimeofday, Adjtimex, ClockAdjtime],
        &[EventKind::SETTIME],
        REGISTERS,
    ),
    Program::any_syscalls("sys_syslog", &[Syslog], &[EventKind::SYSLOG], REGISTERS),
    Program::any_syscalls("sys_key", &[AddKey, RequestKey, Keyctl], &[EventKind::KEY_ACCESS], REGISTERS),
    // What is asked for through rings: the hooks see it when it is done, which may be later and by others.
    Program::of_rings(RINGS[0], Attach::AnyTracepoint(SUBMISSIONS)),
    Program::of_rings(RINGS[1], Attach::Tracepoint("io_uring_queue_async_work")),
    Program::of_rings(RINGS[2], Attach::Fentry("io_issue_sqe")),
    Program::of_rings(RINGS[3], Attach::Fexit("io_issue_sqe")),
    Program {
        name: RINGS[4],
        attach: Attach::AnyTracepoint(SUBMISSIONS),
        backends: &[Backend::Syscalls],
        events: &[EventKind::PATH_OPEN, EventKind::FILE_UNLINK, EventKind::SOCK_CONNECT, EventKind::UNIX_CONNECT],
        needs: SUBMITTED,
        absence: Absence::Loss,
    },
    Program {
        name: "module_request",
        attach: Attach::Tracepoint("module_request"),
        backends: &Backend::ALL,
        events: &[EventKind::MODULE_REQUEST],
        needs: FieldSet::NONE,
        // A kernel without modules asks for none.
        absence: Absence::Harmless,
    },
];
