//! What was never in a directory: pipes, sockets, files in memory. Their names are those under `/proc/PID/fd`.

use vivarium_sys::load::Field;

use super::Place;
use super::backward::Backward;
use super::walk::DELETED;
use crate::kernel::Address;

/// The magic numbers of the file systems that such things are in.
const PIPEFS: u64 = 0x5049_5045;
const SOCKFS: u64 = 0x534f_434b;
const ANON_INODE_FS: u64 = 0x0904_1934;

/// Whether the top of a tree isn't that of the mount.
#[inline(always)]
pub(super) fn is_nameless(top: Place) -> bool {
    top.mount.follow(Field::VfsmountRoot) != top.dentry
}

/// Writes what it is called. The name is that which the kernel gave it.
#[inline(always)]
pub(super) fn write(text: Backward, dentry: Address, (name, length): (Address, u32)) {
    let inode: u64 = dentry.follow(Field::DentryInode).get(Field::InodeNumber);
    let magic: u64 = dentry.follow(Field::DentrySuper).get(Field::SuperMagic);
    match magic {
        PIPEFS | SOCKFS => {
            text.put(b"]");
            text.put_number(inode);
            if magic == PIPEFS {
                text.put(b"pipe:[");
            } else {
                text.put(b"socket:[");
            }
        }
        ANON_INODE_FS => {
            text.put_name(name, length);
            // Without the slash.
            text.set_start(text.start() + 1);
            text.put(b"anon_inode:");
        }
        _ => {
            text.put(DELETED);
            text.put_name(name, length);
        }
    }
}
