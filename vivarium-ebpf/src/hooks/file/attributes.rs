//! What is kept of a file besides its contents.

use vivarium_sys::event::EventKind;

use super::is_within_file_system;
use crate::event;
use crate::hooks::{Arguments, hook};
use crate::mode::PERMISSIONS;
use crate::path::{Name, Place};
use crate::result::Answer;

hook!(chmod: lsm "path_chmod" by lsm_chmod, fentry "security_path_chmod" by fentry_chmod);
hook!(chown: lsm "path_chown" by lsm_chown, fentry "security_path_chown" by fentry_chown);
hook!(stat: lsm "inode_getattr" by lsm_stat, fentry "security_inode_getattr" by fentry_stat);

/// `path, mode`
#[inline(always)]
fn chmod(arguments: &impl Arguments) {
    event::tell::<1, 1>(EventKind::FILE_CHMOD, Answer::Follows, |_, record| {
        record.number(0, arguments.number(1) & PERMISSIONS);
        record.text(0, |room| room.path(Place::of(arguments.typed(0)), Name::MayBeGone));
    });
}

/// `path, user, group`
#[inline(always)]
fn chown(arguments: &impl Arguments) {
    event::tell::<2, 1>(EventKind::FILE_CHOWN, Answer::Follows, |_, record| {
        record.number(0, arguments.number(1) & u64::from(u32::MAX));
        record.number(1, arguments.number(2) & u64::from(u32::MAX));
        record.text(0, |room| room.path(Place::of(arguments.typed(0)), Name::MayBeGone));
    });
}

/// `path`
#[inline(always)]
fn stat(arguments: &impl Arguments) {
    if is_within_file_system() {
        return;
    }
    event::tell::<0, 1>(EventKind::FILE_STAT, Answer::Follows, |_, record| {
        record.text(0, |room| room.path(Place::of(arguments.typed(0)), Name::MayBeGone));
    });
}
