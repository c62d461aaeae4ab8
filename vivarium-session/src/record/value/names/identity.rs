//! Privileges.

use linux_raw_sys::general;

use super::{Bits, OneOf, Table, constants, named_bits, one_of};

const CAPABILITIES: Table = constants! { general:
    CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP
    CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN CAP_NET_RAW CAP_IPC_LOCK CAP_IPC_OWNER
    CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_NICE
    CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE CAP_AUDIT_WRITE CAP_AUDIT_CONTROL CAP_SETFCAP
    CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG CAP_WAKE_ALARM CAP_BLOCK_SUSPEND CAP_AUDIT_READ CAP_PERFMON CAP_BPF
    CAP_CHECKPOINT_RESTORE
};

/// All that have a name here.
pub(in super::super) const ALL_CAPABILITIES: u64 = (1 << CAPABILITIES.len()) - 1;

/// A capability. One of a newer kernel goes by its number, which is how the kernel lists them, too.
pub(in super::super) fn capability(number: u64) -> OneOf {
    let known = one_of(CAPABILITIES, number);
    if known.name().is_some() { known } else { OneOf::made(number.cast_signed(), format!("CAP_{number}")) }
}

/// A set of them, a bit each.
pub(in super::super) fn capabilities(set: u64) -> Bits {
    let bits: Vec<_> = CAPABILITIES.iter().map(|(name, number)| (*name, 1 << number)).collect();
    named_bits(set, set, &bits, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_up_to_the_last_has_a_name() {
        assert_eq!(CAPABILITIES.len() as u32, general::CAP_LAST_CAP + 1);
        assert!(CAPABILITIES.iter().enumerate().all(|(index, (_, number))| index as u64 == *number));
    }
}
