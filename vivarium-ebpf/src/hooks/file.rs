//! Hooks about files and directories.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::Field;

use super::{Arguments, hook};
use crate::event;
use crate::kernel::Typed;
use crate::mode::PERMISSIONS;
use crate::open;
use crate::path::{Name, Place};

hook!(open: lsm "file_open" by lsm_open, fentry "security_file_open" by fentry_open);
hook!(unlink: lsm "path_unlink" by lsm_unlink, fentry "security_path_unlink" by fentry_unlink);
hook!(rename: lsm "path_rename" by lsm_rename, fentry "security_path_rename" by fentry_rename);
hook!(symlink: lsm "path_symlink" by lsm_symlink, fentry "security_path_symlink" by fentry_symlink);
hook!(hardlink: lsm "path_link" by lsm_hardlink, fentry "security_path_link" by fentry_hardlink);
hook!(chmod: lsm "path_chmod" by lsm_chmod, fentry "security_path_chmod" by fentry_chmod);

/// A name in a directory, which hooks are given as the path of the directory and the name's own `dentry`.
#[inline(always)]
fn name_in(directory: Typed, name: Typed) -> Place {
    Place { mount: directory.follow(Field::PathMnt).address(), dentry: name.address() }
}

/// `file`
#[inline(always)]
fn open(arguments: &impl Arguments) {
    event::tell::<2, 1>(EventKind::PATH_OPEN, None, |_, record| {
        let file = arguments.typed(0);
        let flags: u32 = file.get(Field::FileFlags);
        record.number(0, open::told(flags.into()));
        if open::creates(flags.into()) {
            let mode: u16 = file.follow(Field::FileInode).get(Field::InodeMode);
            record.number(1, u64::from(mode) & PERMISSIONS);
        }
        record.text(0, |room| room.path(Place::of(file.inner(Field::FilePath)), Name::MayBeGone));
    });
}

/// `directory, name`
#[inline(always)]
fn unlink(arguments: &impl Arguments) {
    event::tell::<0, 1>(EventKind::FILE_UNLINK, None, |_, record| {
        let name = name_in(arguments.typed(0), arguments.typed(1));
        record.text(0, |room| room.path(name, Name::Given));
    });
}

/// `old directory, old name, new directory, new name, flags`
#[inline(always)]
fn rename(arguments: &impl Arguments) {
    event::tell::<1, 2>(EventKind::FILE_RENAME, None, |_, record| {
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
    event::tell::<0, 2>(EventKind::FILE_SYMLINK, None, |_, record| {
        let name = name_in(arguments.typed(0), arguments.typed(1));
        record.text(0, |room| room.string(arguments.address(2)));
        record.text(1, |room| room.path(name, Name::Given));
    });
}

/// `old name, new directory, new name`; both names are in one mount.
#[inline(always)]
fn hardlink(arguments: &impl Arguments) {
    event::tell::<0, 2>(EventKind::FILE_HARDLINK, None, |_, record| {
        let from = name_in(arguments.typed(1), arguments.typed(0));
        let to = name_in(arguments.typed(1), arguments.typed(2));
        record.text(0, |room| room.path(from, Name::Given));
        record.text(1, |room| room.path(to, Name::Given));
    });
}

/// `path, mode`
#[inline(always)]
fn chmod(arguments: &impl Arguments) {
    event::tell::<1, 1>(EventKind::FILE_CHMOD, None, |_, record| {
        record.number(0, arguments.number(1) & PERMISSIONS);
        record.text(0, |room| room.path(Place::of(arguments.typed(0)), Name::MayBeGone));
    });
}
