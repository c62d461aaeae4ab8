//! The users of a task.

use vivarium_sys::load::{Field, ThreadState};

use crate::kernel::Typed;
use crate::record::Record;

/// The real, effective and saved user of these credentials.
#[inline(always)]
pub(crate) fn users_of(credentials: Typed) -> [u32; 3] {
    [credentials.get(Field::CredUid), credentials.get(Field::CredEuid), credentials.get(Field::CredSuid)]
}

/// The real, effective and saved user of a task.
#[inline(always)]
pub(crate) fn users(task: Typed) -> [u32; 3] {
    users_of(task.follow(Field::TaskCred))
}

/// Tells of a change of users.
#[inline(always)]
pub(crate) fn describe(record: &mut Record<6, 0>, before: [u32; 3], after: [u32; 3]) {
    for at in 0..3 {
        record.number(at, ThreadState::user_number(before[at]));
        record.number(at + 3, ThreadState::user_number(after[at]));
    }
}
