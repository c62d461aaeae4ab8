//! Users, groups, capabilities. Numbers 64 to 79.

use super::{Sight, events};

/// What a hook can't tell that is asked after the kernel's own checks.
const REFUSED_GAP: &str = "changes that the kernel's own rules refuse";

/// What the trace event of the kernel's own rules can't tell.
const CAPABLE_GAP: &str = "anything before Linux 6.14; what other security modules answer; `CAP_SYS_ADMIN` where memory is \
                           mapped or a process is made, for which the kernel asks by itself";

events! {
    /// A process changes its users.
    SETID_CHANGE = 64, "setid_change", Identity, High, On {
        old_uid: Uid = Number(0), "the real user before";
        old_euid: Uid = Number(1), "the effective user before";
        old_suid: Uid = Number(2), "the saved user before";
        old_fsuid: Uid = Number(6), "the user for files before";
        uid: Uid = Number(3), "the real user after";
        euid: Uid = Number(4), "the effective user after";
        suid: Uid = Number(5), "the saved user after";
        fsuid: Uid = Number(7), "the user for files after";
    } via {
        Lsm: Sight::by(&["task_fix_setuid"]),
        Fentry: Sight::by(&["security_task_fix_setuid"]),
        Syscalls: Sight::by(&["setuid", "setreuid", "setresuid", "setfsuid"]),
    }

    /// A process changes its groups.
    SETGID_CHANGE = 65, "setgid_change", Identity, High, On {
        old_gid: Gid = Number(0), "the real group before";
        old_egid: Gid = Number(1), "the effective group before";
        old_sgid: Gid = Number(2), "the saved group before";
        old_fsgid: Gid = Number(6), "the group for files before";
        gid: Gid = Number(3), "the real group after";
        egid: Gid = Number(4), "the effective group after";
        sgid: Gid = Number(5), "the saved group after";
        fsgid: Gid = Number(7), "the group for files after";
    } via {
        Lsm: Sight::by(&["task_fix_setgid"]),
        Fentry: Sight::by(&["security_task_fix_setgid"]),
        Syscalls: Sight::by(&["setgid", "setregid", "setresgid", "setfsgid"]),
    }

    /// A process changes the groups that it has besides its own.
    SETGROUPS_CHANGE = 66, "setgroups_change", Identity, High, On {
        groups: Groups = Text(0), "the groups after";
        count: Count = Number(0), "how many there are";
    } via {
        Lsm: Sight::by(&["task_fix_setgroups"]),
        Fentry: Sight::by(&["security_task_fix_setgroups"]),
        Syscalls: Sight::by(&["setgroups"]).but("`groups` is as the user namespace of the process has them"),
    }

    /// A process changes its capabilities.
    CAPSET_CHANGE = 67, "capset_change", Identity, High, On {
        effective: Capabilities = Number(0), "those that are in effect";
        permitted: Capabilities = Number(1), "those that it may put into effect";
        inheritable: Capabilities = Number(2), "those that it may pass on to programs that take them";
    } via {
        Lsm: Sight::by(&["capset"]).but(REFUSED_GAP),
        Fentry: Sight::by(&["security_capset"]),
        Syscalls: Sight::by(&["capset"]),
    }

    /// The kernel asks whether a process may use a capability; the result is its answer.
    CAPABLE_CHECK = 68, "capable_check", Identity, Medium, On, Counted {
        capability: Capability = Number(0), "which";
    } via {
        Lsm: Sight::by(&["security_capable"]),
        Fentry: Sight::by(&["security_capable"]),
        Syscalls: Sight::by(&["cap_capable"]).but(CAPABLE_GAP),
    }

    /// A program that is executed gives the process other credentials, or the same.
    BPRM_CREDS = 69, "bprm_creds", Identity, Medium, On {
        path: Path = Text(0), "the program, absolute; of a script its interpreter";
        uid: Uid = Number(0), "the effective user after";
        gid: Gid = Number(1), "the effective group after";
        gained: Capabilities = Number(2), "the capabilities that come with it";
        gains: Bool = Number(3), "whether anything of it is new to the process";
    } via {
        Lsm: Sight::by(&["bprm_committing_creds"]),
        Fentry: Sight::by(&["security_bprm_committing_creds"]),
    }

    /// A namespace of users is made, in which its maker may do everything.
    USERNS_CREATE = 70, "userns_create", Identity, High, On {
        uid: Uid = Number(0), "the effective user of its maker";
        flags: CloneFlags = Number(1), "what else is made";
    } via {
        Lsm: Sight::by(&["userns_create"]),
        Fentry: Sight::by(&["security_create_user_ns"]),
        Syscalls: Sight::by(&["clone", "clone3", "unshare"]),
    }
}
