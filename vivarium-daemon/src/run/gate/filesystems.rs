//! Where programs are executed from.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// File systems that root reads without anybody else's help. Of others the kernel may not be able to show the file that is
/// about to be executed, and would refuse the exec for it; programs that come from there are attached to afterwards.
const LOCAL: [&str; 19] = [
    "bcachefs", "btrfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs", "iso9660", "jfs", "overlay", "ramfs",
    "reiserfs", "rootfs", "squashfs", "tmpfs", "vfat", "xfs", "zfs",
];

/// One mount point of each file system that programs may be executed from.
pub(super) fn executable() -> Vec<PathBuf> {
    fs::read("/proc/self/mountinfo").map_or_else(|_| Vec::new(), |list| executable_of(&list))
}

fn executable_of(mountinfo: &[u8]) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let mounts = mountinfo.split(|byte| *byte == b'\n').filter_map(|line| {
        let mut words = line.split(|byte| *byte == b' ');
        let device = words.nth(2)?;
        let (point, options) = (words.nth(1)?, words.next()?);
        let kind = words.skip_while(|word| *word != b"-").nth(1)?;
        let is_local = LOCAL.iter().any(|name| name.as_bytes() == kind);
        let is_executable = !options.split(|byte| *byte == b',').any(|option| option == b"noexec");
        (is_local && is_executable && seen.insert(device.to_vec())).then(|| unescaped(point))
    });
    mounts.collect()
}

/// The path, of which the kernel writes blanks and the like as octal numbers.
fn unescaped(escaped: &[u8]) -> PathBuf {
    let mut path = Vec::with_capacity(escaped.len());
    let mut rest = escaped;
    while let [first, after @ ..] = rest {
        let digits = after.get(..3).filter(|_| *first == b'\\').and_then(|digits| str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                path.push(byte);
                rest = &after[3..];
            }
            None => {
                path.push(*first);
                rest = after;
            }
        }
    }
    OsString::from_vec(path).into()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn each_local_file_system_is_there_once() {
        let mounts = b"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
            23 22 0:21 / /proc rw,nosuid,nodev,noexec - proc proc rw\n\
            24 22 8:1 /home /elsewhere rw - ext4 /dev/sda1 rw\n\
            25 22 0:30 / /with\\040blank rw,nosuid - tmpfs tmpfs rw\n\
            26 22 0:31 / /noexec rw,noexec - tmpfs tmpfs rw\n\
            27 22 0:32 / /net rw - nfs4 server:/ rw\n";
        assert_eq!(executable_of(mounts), [Path::new("/"), Path::new("/with blank")]);
        assert!(executable_of(b"").is_empty());
        assert!(executable_of(b"1 2 3\n- - -\n").is_empty());
    }

    #[test]
    fn this_machine_has_one() {
        // Where it has none, as in a container of an odd kind, programs are attached to afterwards.
        let found = executable();
        assert!(found.iter().all(|point| point.is_absolute()), "{found:?}");
    }
}
