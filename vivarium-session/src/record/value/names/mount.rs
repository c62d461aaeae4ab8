//! Mounts.

use linux_raw_sys::general;

use super::{Bits, Table, constants, named_bits};

const MOUNTS: Table = constants! { general:
    MS_RDONLY MS_NOSUID MS_NODEV MS_NOEXEC MS_SYNCHRONOUS MS_REMOUNT MS_MANDLOCK MS_DIRSYNC MS_NOSYMFOLLOW MS_NOATIME
    MS_NODIRATIME MS_BIND MS_MOVE MS_REC MS_SILENT MS_POSIXACL MS_UNBINDABLE MS_PRIVATE MS_SLAVE MS_SHARED MS_RELATIME
    MS_KERNMOUNT MS_I_VERSION MS_STRICTATIME MS_LAZYTIME
};

const ENDS: Table = constants! { general: MNT_FORCE MNT_DETACH MNT_EXPIRE UMOUNT_NOFOLLOW };

const MOVES: Table = constants! { general:
    MOVE_MOUNT_F_SYMLINKS MOVE_MOUNT_F_AUTOMOUNTS MOVE_MOUNT_F_EMPTY_PATH MOVE_MOUNT_T_SYMLINKS MOVE_MOUNT_T_AUTOMOUNTS
    MOVE_MOUNT_T_EMPTY_PATH MOVE_MOUNT_SET_GROUP MOVE_MOUNT_BENEATH
};

/// How something is mounted. Old programs mark their flags as such by a number in the higher half, which the kernel ignores.
pub(in super::super) fn mount_flags(value: u64) -> Bits {
    const MARK: u64 = general::MS_MGC_VAL as u64;
    const HALF: u64 = general::MS_MGC_MSK as u64;
    let set = if value & HALF == MARK { value & !HALF } else { value };
    named_bits(value, set, MOUNTS, None)
}

/// How a mount ends.
pub(in super::super) fn umount_flags(value: u64) -> Bits {
    named_bits(value, value, ENDS, None)
}

/// How a mount moves.
pub(in super::super) fn move_mount_flags(value: u64) -> Bits {
    named_bits(value, value, MOVES, None)
}
