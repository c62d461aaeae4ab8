//! System calls about processes.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::{EventKind, is_dangerous_prctl};
use vivarium_sys::load::{Field, Syscall};
use vivarium_sys::wire::UNKNOWN_NUMBER;

use super::Call;
use super::given::Given;
use crate::descriptor::File;
use crate::kernel::Address;
use crate::path::{Name, Place};
use crate::record::Record;
use crate::task::Task;

/// Requests of `ptrace` by which a process is traced.
const PTRACE_TRACEME: u64 = 0;
const PTRACE_ATTACH: u64 = 16;
const PTRACE_SEIZE: u64 = 0x4206;
/// What the kernel asks for then: to attach, by the real users.
const ATTACH_REALCREDS: u64 = 2 | 16;

/// Only when it fails: what succeeds is seen at the tracepoint of every backend.
#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_execve(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    if call.result >= 0 {
        return 0;
    }
    call.tell::<1, 4>(EventKind::PROC_EXEC, |_, record| {
        let given = match call.which() {
            Some(Syscall::Execve) => Given::here(call.pointer(0)),
            _ => Given::at(call.int(0), call.pointer(1)).with_flags(call.argument(4)),
        };
        record.text(0, |room| room.given(given));
        record.text(3, |room| room.path(Place::working_directory(), Name::MayBeGone));
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_kill(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<2, 1>(EventKind::TASK_KILL, |_, record| {
        let (target, signal) = match call.which() {
            Some(Syscall::PidfdSendSignal) => (None, call.int(1)),
            Some(Syscall::Tgkill | Syscall::RtTgsigqueueinfo) => (Some(call.int(1)), call.int(2)),
            _ => (Some(call.int(0)), call.int(1)),
        };
        record.number(1, number(signal));
        let task = match target {
            None => of_pidfd(&call),
            Some(target) if target > 0 => Task::of_number(target as u32),
            // A group of processes, or all of them.
            Some(_) => None,
        };
        match task {
            Some(task) => {
                record.number(0, task.process());
                record.text(0, |room| room.name_of(task));
            }
            None => record.number(0, target.map_or(UNKNOWN_NUMBER, |_| number(call.int(0)))),
        }
    });
    0
}

/// A number that may be negative.
#[inline(always)]
fn number(value: i32) -> u64 {
    i64::from(value) as u64
}

/// The task that a descriptor stands for. Since Linux 6.9 the inode knows it, before that the file.
#[inline(always)]
fn of_pidfd(call: &Call) -> Option<Task> {
    if call.result < 0 {
        return None;
    }
    let file = File::of_descriptor(call.int(0))?;
    let of_file: Address = file.get(Field::FilePrivateData);
    Task::of_pid(if of_file == Address(0) { file.inode(Field::InodePrivate) } else { of_file })
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_ptrace(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    match call.argument(0) {
        PTRACE_TRACEME => call.tell::<1, 1>(EventKind::PTRACE_TRACEME, |_, record| {
            let tracer = Task::parent();
            record.number(0, tracer.process());
            record.text(0, |room| room.name_of(tracer));
        }),
        PTRACE_ATTACH | PTRACE_SEIZE => call.tell::<2, 1>(EventKind::PTRACE_CHECK, |_, record| {
            record.number(1, ATTACH_REALCREDS);
            describe(record, call.int(1));
        }),
        _ => (),
    }
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_process_vm(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<2, 1>(EventKind::PROCESS_VM, |_, record| {
        record.number(1, u64::from(call.which() == Some(Syscall::ProcessVmWritev)));
        describe(record, call.int(0));
    });
    0
}

/// Tells of the task with this number: its process and its name.
#[inline(always)]
fn describe(record: &mut Record<2, 1>, target: i32) {
    match Task::of_number(target as u32) {
        Some(task) => {
            record.number(0, task.process());
            record.text(0, |room| room.name_of(task));
        }
        None => record.number(0, number(target)),
    }
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_prctl(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let option = call.argument(0) as u32;
    if is_dangerous_prctl(option) {
        call.tell::<2, 0>(EventKind::TASK_PRCTL, |_, record| {
            record.number(0, option.into());
            record.number(1, call.argument(1));
        });
    }
    0
}
