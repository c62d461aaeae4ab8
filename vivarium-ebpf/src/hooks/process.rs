//! Hooks about processes.

use vivarium_sys::event::{EventKind, is_dangerous_prctl};
use vivarium_sys::load::{Field, Syscall};

use super::{Arguments, hook};
use crate::event;
use crate::result::Answer;
use crate::syscalls::Call;
use crate::task::Task;

hook!(kill: lsm "task_kill" by lsm_kill, fentry "security_task_kill" by fentry_kill);
hook!(ptrace: lsm "ptrace_access_check" by lsm_ptrace, fentry "security_ptrace_access_check" by fentry_ptrace);
hook!(traceme: lsm "ptrace_traceme" by lsm_traceme, fentry "security_ptrace_traceme" by fentry_traceme);
hook!(prctl: lsm "task_prctl" by lsm_prctl, fentry "security_task_prctl" by fentry_prctl);

/// `task, signal information, signal, credentials`
#[inline(always)]
fn kill(arguments: &impl Arguments) {
    event::tell::<2, 1>(EventKind::TASK_KILL, Answer::Follows, |_, record| {
        record.number(0, arguments.typed(0).get::<u32>(Field::TaskTgid).into());
        record.number(1, arguments.number(2) & u64::from(u32::MAX));
        record.text(0, |room| room.name_of(Task(arguments.address(0))));
    });
}

/// `task, mode`
#[inline(always)]
fn ptrace(arguments: &impl Arguments) {
    let task = Task(arguments.address(0));
    event::tell::<2, 1>(EventKind::PTRACE_CHECK, Answer::Follows, |_, record| {
        record.number(0, task.process());
        record.number(1, arguments.number(1) & u64::from(u32::MAX));
        record.text(0, |room| room.name_of(task));
    });
    let writes = match Call::running().and_then(|call| call.which()) {
        Some(Syscall::ProcessVmReadv) => false,
        Some(Syscall::ProcessVmWritev) => true,
        _ => return,
    };
    event::tell::<2, 1>(EventKind::PROCESS_VM, Answer::Follows, |_, record| {
        record.number(0, task.process());
        record.number(1, writes.into());
        record.text(0, |room| room.name_of(task));
    });
}

/// `parent`
#[inline(always)]
fn traceme(arguments: &impl Arguments) {
    event::tell::<1, 1>(EventKind::PTRACE_TRACEME, Answer::Follows, |_, record| {
        let tracer = Task(arguments.address(0));
        record.number(0, tracer.process());
        record.text(0, |room| room.name_of(tracer));
    });
}

/// `option, four arguments of it`
#[inline(always)]
fn prctl(arguments: &impl Arguments) {
    let option = arguments.number(0) as u32;
    if is_dangerous_prctl(option) {
        event::tell::<2, 0>(EventKind::TASK_PRCTL, Answer::Follows, |_, record| {
            record.number(0, option.into());
            record.number(1, arguments.number(1));
        });
    }
}
