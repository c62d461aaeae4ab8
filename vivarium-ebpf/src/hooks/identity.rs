//! Hooks about who a thread is.

use vivarium_sys::event::EventKind;

use super::{Arguments, hook};
use crate::event;
use crate::identity;

hook!(setid: lsm "task_fix_setuid" by lsm_setid, fentry "security_task_fix_setuid" by fentry_setid);

/// `new credentials, old credentials, flags`
#[inline(always)]
fn setid(arguments: &impl Arguments) {
    event::tell::<6, 0>(EventKind::SETID_CHANGE, None, |_, record| {
        let (after, before) = (arguments.typed(0), arguments.typed(1));
        identity::describe(record, identity::users_of(before), identity::users_of(after));
    });
}
