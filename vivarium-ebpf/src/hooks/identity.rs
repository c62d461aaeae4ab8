//! Hooks about who a thread is, and what it may do.

mod capabilities;
mod exec;

use vivarium_sys::event::EventKind;
use vivarium_sys::load::Field;

use super::{Arguments, hook};
use crate::event;
use crate::identity;
use crate::result::Answer;
use crate::syscalls::Call;

hook!(setid: lsm "task_fix_setuid" by lsm_setid, fentry "security_task_fix_setuid" by fentry_setid);
hook!(setgid: lsm "task_fix_setgid" by lsm_setgid, fentry "security_task_fix_setgid" by fentry_setgid);
hook!(setgroups: lsm "task_fix_setgroups" by lsm_setgroups, fentry "security_task_fix_setgroups" by fentry_setgroup);
hook!(userns: lsm "userns_create" by lsm_userns, fentry "security_create_user_ns" by fentry_userns);

/// `new credentials, old credentials, flags`
#[inline(always)]
fn setid(arguments: &impl Arguments) {
    event::tell::<8, 0>(EventKind::SETID_CHANGE, Answer::Follows, |_, record| {
        let (after, before) = (arguments.typed(0), arguments.typed(1));
        identity::describe(record, identity::users_of(before), identity::users_of(after));
    });
}

/// `new credentials, old credentials, flags`
#[inline(always)]
fn setgid(arguments: &impl Arguments) {
    event::tell::<8, 0>(EventKind::SETGID_CHANGE, Answer::Follows, |_, record| {
        let (after, before) = (arguments.typed(0), arguments.typed(1));
        identity::describe(record, identity::groups_of(before), identity::groups_of(after));
    });
}

/// `new credentials, old credentials`
#[inline(always)]
fn setgroups(arguments: &impl Arguments) {
    event::tell::<1, 1>(EventKind::SETGROUPS_CHANGE, Answer::Follows, |_, record| {
        let groups = arguments.typed(0).address().follow(Field::CredGroups);
        let count = u64::from(groups.get::<u32>(Field::GroupsCount));
        record.number(0, count);
        record.text(0, |room| room.kernel_bytes(groups.inner(Field::GroupsList), count * size_of::<u32>() as u64));
    });
}

/// `credentials`
#[inline(always)]
fn userns(arguments: &impl Arguments) {
    event::tell::<2, 0>(EventKind::USERNS_CREATE, Answer::Follows, |_, record| {
        record.number(0, arguments.typed(0).get::<u32>(Field::CredEuid).into());
        if let Some(flags) = Call::running().and_then(|call| call.clone_flags()) {
            record.number(1, flags);
        }
    });
}
