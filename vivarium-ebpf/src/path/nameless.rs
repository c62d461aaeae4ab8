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

/// Whether a place is the top of its tree without being the top of a mount.
#[inline(always)]
pub(super) fn is_nameless(place: Place) -> bool {
    place.dentry.follow(Field::DentryParent) == place.dentry && place.mount.follow(Field::VfsmountRoot) != place.dentry
}

/// Writes what it is called.
#[inline(always)]
pub(super) fn write(text: Backward, dentry: Address) {
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
            put_name(text, dentry);
            // Without the slash.
            text.set_start(text.start() + 1);
            text.put(b"anon_inode:");
        }
        _ => {
            text.put(DELETED);
            put_name(text, dentry);
        }
    }
}

/// Puts the name that the kernel gave it.
#[inline(always)]
fn put_name(text: Backward, dentry: Address) {
    let length: u32 = dentry.get(Field::DentryNameLength);
    text.put_name(dentry.follow(Field::DentryNameText), length);
}
