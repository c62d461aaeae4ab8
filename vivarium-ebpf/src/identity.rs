//! The users, groups and capabilities of a task.

use vivarium_sys::load::{Field, ThreadState};

use crate::kernel::{Address, Structure};
use crate::record::Record;

/// The real, effective and saved user of these credentials.
#[inline(always)]
pub(crate) fn users_of(credentials: impl Structure) -> [u32; 3] {
    [credentials.get(Field::CredUid), credentials.get(Field::CredEuid), credentials.get(Field::CredSuid)]
}

/// The real, effective and saved user of a task.
#[inline(always)]
pub(crate) fn users(task: Address) -> [u32; 3] {
    users_of(task.follow(Field::TaskCred))
}

/// Whether a task may use capabilities.
#[inline(always)]
pub(crate) fn has_capabilities(task: Address) -> bool {
    task.follow(Field::TaskCred).get::<u64>(Field::CredPermitted) != 0
}

/// The real, effective and saved group of these credentials.
#[inline(always)]
pub(crate) fn groups_of(credentials: impl Structure) -> [u32; 3] {
    [credentials.get(Field::CredGid), credentials.get(Field::CredEgid), credentials.get(Field::CredSgid)]
}

/// The real, effective and saved group of a task.
#[inline(always)]
pub(crate) fn groups(task: Address) -> [u32; 3] {
    groups_of(task.follow(Field::TaskCred))
}

/// Tells of a change of users or groups.
#[inline(always)]
pub(crate) fn describe(record: &mut Record<6, 0>, before: [u32; 3], after: [u32; 3]) {
    for at in 0..3 {
        record.number(at, ThreadState::user_number(before[at]));
        record.number(at + 3, ThreadState::user_number(after[at]));
    }
}

/// What a thread wants to be allowed.
#[derive(Clone, Copy)]
pub(crate) struct Capabilities {
    pub(crate) effective: u64,
    pub(crate) permitted: u64,
    pub(crate) inheritable: u64,
}

impl Capabilities {
    /// Tells of them.
    #[inline(always)]
    pub(crate) fn describe(self, record: &mut Record<3, 0>) {
        record.number(0, self.effective);
        record.number(1, self.permitted);
        record.number(2, self.inheritable);
    }
}
