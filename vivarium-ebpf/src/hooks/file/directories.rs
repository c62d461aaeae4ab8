//! Directories and other files that are made without being opened, and the reading of directories.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Field, Syscall};

use super::name_in;
use crate::descriptor::File;
use crate::event;
use crate::hooks::{Arguments, hook};
use crate::mode::{self, FileType, PERMISSIONS};
use crate::path::{Name, Place};
use crate::result::Answer;
use crate::syscalls::Call;

hook!(mkdir: lsm "path_mkdir" by lsm_mkdir, fentry "security_path_mkdir" by fentry_mkdir);
hook!(mknod: lsm "path_mknod" by lsm_mknod, fentry "security_path_mknod" by fentry_mknod);
hook!(read: lsm "file_permission" by lsm_getdents, fentry "iterate_dir" by fentry_getdents);

/// `directory, name, mode`
#[inline(always)]
fn mkdir(arguments: &impl Arguments) {
    event::tell::<1, 1>(EventKind::FILE_MKDIR, Answer::Follows, |_, record| {
        let name = name_in(arguments.typed(0), arguments.typed(1));
        record.number(0, arguments.number(2) & PERMISSIONS);
        record.text(0, |room| room.path(name, Name::Given));
    });
}

/// `directory, name, mode, device`. An open that may create asks too, before it knows whether the file is there.
#[inline(always)]
fn mknod(arguments: &impl Arguments) {
    let mode = arguments.number(2) as u16;
    if !FileType::of(mode).is_regular() {
        event::tell::<3, 1>(EventKind::FILE_MKNOD, Answer::Follows, |_, record| {
            let name = name_in(arguments.typed(0), arguments.typed(1));
            mode::describe(record, mode, arguments.number(3) as u32);
            record.text(0, |room| room.path(name, Name::Given));
        });
    } else if is_running([Syscall::Mknod, Syscall::Mknodat]) {
        event::tell::<1, 1>(EventKind::FILE_CREATE, Answer::Follows, |_, record| {
            let name = name_in(arguments.typed(0), arguments.typed(1));
            record.number(0, mode::granted(mode.into()));
            record.text(0, |room| room.path(name, Name::Given));
        });
    }
}

/// `file, ...`: whoever reads any file asks, and also for the directory beneath one of an overlay.
#[inline(always)]
fn read(arguments: &impl Arguments) {
    let file = arguments.typed(0);
    let mode: u16 = file.follow(Field::FileInode).get(Field::InodeMode);
    if FileType::of(mode) != FileType::DIRECTORY || !is_running([Syscall::Getdents, Syscall::Getdents64]) {
        return;
    }
    let Some(call) = Call::running() else { return };
    if File::of_descriptor(call.int(0)) != Some(File(file.address())) {
        return;
    }
    event::tell::<1, 1>(EventKind::FILE_GETDENTS, Answer::Follows, |_, record| {
        record.number(0, call.argument(2) & u64::from(u32::MAX));
        record.text(0, |room| room.path(Place::of(file.inner(Field::FilePath)), Name::MayBeGone));
    });
}

/// Whether the thread is in one of these system calls.
#[inline(always)]
fn is_running(calls: [Syscall; 2]) -> bool {
    let running = Call::running().and_then(|call| call.which());
    running == Some(calls[0]) || running == Some(calls[1])
}
