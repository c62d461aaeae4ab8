//! Users, groups, capabilities. Numbers 64 to 79.

use super::{Sight, events};

events! {
    /// A process changes its users.
    SETID_CHANGE = 64, "setid_change", Identity, High, On {
        old_uid: Uid = Number(0), "the real user before";
        old_euid: Uid = Number(1), "the effective user before";
        old_suid: Uid = Number(2), "the saved user before";
        uid: Uid = Number(3), "the real user after";
        euid: Uid = Number(4), "the effective user after";
        suid: Uid = Number(5), "the saved user after";
    } via {
        Lsm: Sight::by(&["task_fix_setuid"]),
        Fentry: Sight::by(&["security_task_fix_setuid"]),
        Syscalls: Sight::by(&["setuid", "setreuid", "setresuid", "setfsuid"]),
    }
}
