//! Extended attributes. The hooks know no path, but the system call does.

use vivarium_sys::event::EventKind;

use super::is_within_file_system;
use crate::event;
use crate::extended::Change;
use crate::hooks::{Arguments, hook};
use crate::result::Answer;
use crate::syscalls::Call;

hook!(set: lsm "inode_setxattr" by lsm_setxattr, fentry "security_inode_setxattr" by fentry_setxattr);
hook!(remove: lsm "inode_removexattr" by lsm_rmxattr, fentry "security_inode_removexattr" by fentry_rmxattr);
hook!(set_list: lsm "inode_set_acl" by lsm_set_acl, fentry "security_inode_set_acl" by fentry_set_acl);
hook!(remove_list: lsm "inode_remove_acl" by lsm_rm_acl, fentry "security_inode_remove_acl" by fentry_rm_acl);

/// `mapping of users, file, name, value, size, flags`
#[inline(always)]
fn set(arguments: &impl Arguments) {
    tell_set(arguments);
}

/// `mapping of users, file, name, access control list`
#[inline(always)]
fn set_list(arguments: &impl Arguments) {
    tell_set(arguments);
}

/// `mapping of users, file, name`
#[inline(always)]
fn remove(arguments: &impl Arguments) {
    tell_removed(arguments);
}

/// `mapping of users, file, name`
#[inline(always)]
fn remove_list(arguments: &impl Arguments) {
    tell_removed(arguments);
}

#[inline(always)]
fn tell_set(arguments: &impl Arguments) {
    if is_within_file_system() {
        return;
    }
    event::tell::<2, 2>(EventKind::FILE_SETXATTR, Answer::Follows, |_, record| {
        if let Some(call) = Call::running() {
            if let Some(change) = Change::running(&call) {
                let (size, flags) = change.value();
                record.number(0, size);
                record.number(1, flags);
                record.text(0, |room| room.given(change.file));
            }
        }
        record.text(1, |room| room.string(arguments.address(2)));
    });
}

#[inline(always)]
fn tell_removed(arguments: &impl Arguments) {
    if is_within_file_system() {
        return;
    }
    event::tell::<0, 2>(EventKind::FILE_REMOVEXATTR, Answer::Follows, |_, record| {
        if let Some(call) = Call::running() {
            if let Some(change) = Change::running(&call) {
                record.text(0, |room| room.given(change.file));
            }
        }
        record.text(1, |room| room.string(arguments.address(2)));
    });
}
