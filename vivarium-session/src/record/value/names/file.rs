//! Files: how they are opened, what they are.

use std::cmp::Reverse;
use std::sync::LazyLock;

use linux_raw_sys::general;
use nix::fcntl::OFlag;

use super::{Bits, OneOf, Table, constants, named_bits, one_of};

const RENAMES: Table = constants! { libc: RENAME_NOREPLACE RENAME_EXCHANGE RENAME_WHITEOUT };

const TYPES: Table = constants! { general: S_IFSOCK S_IFLNK S_IFREG S_IFBLK S_IFDIR S_IFCHR S_IFIFO };

const AT: Table = constants! { general:
    AT_SYMLINK_NOFOLLOW AT_SYMLINK_FOLLOW AT_NO_AUTOMOUNT AT_EMPTY_PATH AT_STATX_FORCE_SYNC AT_STATX_DONT_SYNC
};

const XATTRS: Table = constants! { general: XATTR_CREATE XATTR_REPLACE };

/// The name that manuals give a flag of several names, of which the crate's table gives the first in the alphabet.
fn preferred(name: &'static str) -> &'static str {
    match name {
        "O_NDELAY" => "O_NONBLOCK",
        "O_FSYNC" | "O_RSYNC" => "O_SYNC",
        name => name,
    }
}

/// The bits of an open, those first that hold others, as `O_TMPFILE` holds `O_DIRECTORY`.
static OPENS: LazyLock<Vec<(&str, u64)>> = LazyLock::new(|| {
    let names = OFlag::all().iter_names().map(|(name, flag)| (preferred(name), u64::from(flag.bits().cast_unsigned())));
    let mut table: Vec<_> = names.filter(|(_, bits)| *bits != 0).collect();
    table.sort_by_key(|(_, bits)| Reverse(bits.count_ones()));
    table
});

/// The bits of an open. The access mode is not a bit, and 64-bit kernels set `O_LARGEFILE` in every open.
pub(in super::super) fn open_flags(value: u64) -> Bits {
    const ACCESS: u64 = libc::O_ACCMODE as u64;
    /// The kernel's own, which the C library calls 0 where the kernel sets it anyway.
    const LARGE: u64 = if cfg!(target_arch = "aarch64") { 0o400_000 } else { 0o100_000 };
    let access = match value & ACCESS {
        0 => "O_RDONLY",
        1 => "O_WRONLY",
        2 => "O_RDWR",
        _ => "O_ACCMODE",
    };
    named_bits(value, value & !ACCESS & !LARGE, &OPENS, Some(access))
}

/// The bits of a rename.
pub(in super::super) fn rename_flags(value: u64) -> Bits {
    named_bits(value, value, RENAMES, None)
}

/// The bits of a call that takes a path.
pub(in super::super) fn at_flags(value: u64) -> Bits {
    named_bits(value, value, AT, None)
}

/// The bits of a new attribute.
pub(in super::super) fn xattr_flags(value: u64) -> Bits {
    named_bits(value, value, XATTRS, None)
}

/// What a file is; the bits of its permissions may come along. None at all is a plain file to `mknod(2)`.
pub(in super::super) fn file_type(mode: u64) -> OneOf {
    match mode & u64::from(general::S_IFMT) {
        0 => OneOf::new(0, Some("S_IFREG")),
        kind => one_of(TYPES, kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_has_the_name_that_manuals_give_it() {
        let shown = |flags: i32| open_flags(u64::from(flags.cast_unsigned())).to_string();
        assert_eq!(shown(libc::O_RDONLY | libc::O_NONBLOCK), "O_RDONLY|O_NONBLOCK");
        assert_eq!(shown(libc::O_WRONLY | libc::O_SYNC), "O_WRONLY|O_SYNC");
        assert_eq!(shown(libc::O_WRONLY | libc::O_DSYNC), "O_WRONLY|O_DSYNC");
        assert_eq!(shown(libc::O_RDWR | libc::O_TMPFILE), "O_RDWR|O_TMPFILE");
        assert_eq!(shown(libc::O_RDONLY | libc::O_DIRECTORY), "O_RDONLY|O_DIRECTORY");
    }
}
