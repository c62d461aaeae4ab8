//! The users, groups and capabilities of a task.

use aya_ebpf::helpers::bpf_get_current_uid_gid;
use vivarium_sys::load::{Field, ThreadState};

use crate::kernel::{Address, Structure, reads_are_plain};
use crate::record::Record;

/// The real, effective and saved user of these credentials, and that for files.
#[inline(always)]
pub(crate) fn users_of(credentials: impl Structure) -> [u32; 4] {
    [
        credentials.get(Field::CredUid),
        credentials.get(Field::CredEuid),
        credentials.get(Field::CredSuid),
        credentials.get(Field::CredFsuid),
    ]
}

/// The real user and the real group of the running thread.
#[derive(Clone, Copy)]
pub(crate) struct RealIds {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

impl RealIds {
    /// Those of now.
    #[inline(always)]
    pub(crate) fn current() -> Self {
        let both = bpf_get_current_uid_gid();
        Self { user: both as u32, group: (both >> 32) as u32 }
    }

    /// The same, where they are asked for often.
    #[inline(always)]
    pub(crate) fn plainly() -> Self {
        if !reads_are_plain() {
            return Self::current();
        }
        let task = Address::current_task().plainly();
        let credentials = task.get::<Address>(Field::TaskCred).plainly();
        Self { user: credentials.get(Field::CredUid), group: credentials.get(Field::CredGid) }
    }
}

/// The same of a task.
#[inline(always)]
pub(crate) fn users(task: Address) -> [u32; 4] {
    users_of(task.follow(Field::TaskCred))
}

/// Whether a task may use capabilities.
#[inline(always)]
pub(crate) fn has_capabilities(task: Address) -> bool {
    task.follow(Field::TaskCred).get::<u64>(Field::CredPermitted) != 0
}

/// The real, effective and saved group of these credentials, and that for files.
#[inline(always)]
pub(crate) fn groups_of(credentials: impl Structure) -> [u32; 4] {
    [
        credentials.get(Field::CredGid),
        credentials.get(Field::CredEgid),
        credentials.get(Field::CredSgid),
        credentials.get(Field::CredFsgid),
    ]
}

/// The same of a task.
#[inline(always)]
pub(crate) fn groups(task: Address) -> [u32; 4] {
    groups_of(task.follow(Field::TaskCred))
}

/// Tells of a change of users or groups.
#[inline(always)]
pub(crate) fn describe(record: &mut Record<8, 0>, before: [u32; 4], after: [u32; 4]) {
    for at in 0..3 {
        record.number(at, ThreadState::user_number(before[at]));
        record.number(at + 3, ThreadState::user_number(after[at]));
    }
    // Those for files came later, and older recordings are read by the same table.
    record.number(6, ThreadState::user_number(before[3]));
    record.number(7, ThreadState::user_number(after[3]));
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
