//! Names that come, change and go.

use vivarium_sys::event::EventKind;

use super::name_in;
use crate::event;
use crate::hooks::{Arguments, hook};
use crate::path::Name;
use crate::result::Answer;

hook!(unlink: lsm "path_unlink" by lsm_unlink, fentry "security_path_unlink" by fentry_unlink);
hook!(rmdir: lsm "path_rmdir" by lsm_rmdir, fentry "security_path_rmdir" by fentry_rmdir);
hook!(rename: lsm "path_rename" by lsm_rename, fentry "security_path_rename" by fentry_rename);
hook!(symlink: lsm "path_symlink" by lsm_symlink, fentry "security_path_symlink" by fentry_symlink);
hook!(hardlink: lsm "path_link" by lsm_hardlink, fentry "security_path_link" by fentry_hardlink);

/// `directory, name`
#[inline(always)]
fn unlink(arguments: &impl Arguments) {
    event::tell::<0, 1>(EventKind::FILE_UNLINK, Answer::Follows, |_, record| {
        let name = name_in(arguments.typed(0), arguments.typed(1));
        record.text(0, |room| room.path(name, Name::Given));
    });
}

/// `directory, name`
#[inline(always)]
fn rmdir(arguments: &impl Arguments) {
    event::tell::<0, 1>(EventKind::FILE_RMDIR, Answer::Follows, |_, record| {
        let name = name_in(arguments.typed(0), arguments.typed(1));
        record.text(0, |room| room.path(name, Name::Given));
    });
}

/// `old directory, old name, new directory, new name, flags`
#[inline(always)]
fn rename(arguments: &impl Arguments) {
    event::tell::<1, 2>(EventKind::FILE_RENAME, Answer::Follows, |_, record| {
        let from = name_in(arguments.typed(0), arguments.typed(1));
        let to = name_in(arguments.typed(2), arguments.typed(3));
        record.number(0, arguments.number(4) & u64::from(u32::MAX));
        record.text(0, |room| room.path(from, Name::Given));
        record.text(1, |room| room.path(to, Name::Given));
    });
}

/// `directory, name, target`
#[inline(always)]
fn symlink(arguments: &impl Arguments) {
    event::tell::<0, 2>(EventKind::FILE_SYMLINK, Answer::Follows, |_, record| {
        let name = name_in(arguments.typed(0), arguments.typed(1));
        record.text(0, |room| room.string(arguments.address(2)));
        record.text(1, |room| room.path(name, Name::Given));
    });
}

/// `old name, new directory, new name`; both names are in one mount.
#[inline(always)]
fn hardlink(arguments: &impl Arguments) {
    event::tell::<0, 2>(EventKind::FILE_HARDLINK, Answer::Follows, |_, record| {
        let from = name_in(arguments.typed(1), arguments.typed(0));
        let to = name_in(arguments.typed(1), arguments.typed(2));
        record.text(0, |room| room.path(from, Name::Given));
        record.text(1, |room| room.path(to, Name::Given));
    });
}
