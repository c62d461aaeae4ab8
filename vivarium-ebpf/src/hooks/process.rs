//! Hooks about processes.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::Field;

use super::{Arguments, hook};
use crate::event;

hook!(kill: lsm "task_kill" by lsm_kill, fentry "security_task_kill" by fentry_kill);

/// `task, signal information, signal, credentials`
#[inline(always)]
fn kill(arguments: &impl Arguments) {
    event::tell::<2, 0>(EventKind::TASK_KILL, None, |_, record| {
        record.number(0, arguments.typed(0).get::<u32>(Field::TaskTgid).into());
        record.number(1, arguments.number(2) & u64::from(u32::MAX));
    });
}
