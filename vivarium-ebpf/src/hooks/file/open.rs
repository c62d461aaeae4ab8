//! Opening, which may create.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::Field;

use super::is_within_file_system;
use crate::event;
use crate::hooks::{Arguments, hook};
use crate::mode::PERMISSIONS;
use crate::open;
use crate::path::{Name, Place};
use crate::result::Answer;

hook!(open: lsm "file_open" by lsm_open, fentry "security_file_open" by fentry_open);

/// `file`
#[inline(always)]
fn open(arguments: &impl Arguments) {
    if is_within_file_system() {
        return;
    }
    let file = arguments.typed(0);
    if open::has_created(file.get(Field::FileMode)) {
        event::tell::<1, 1>(EventKind::FILE_CREATE, Answer::Follows, |_, record| {
            let mode: u16 = file.follow(Field::FileInode).get(Field::InodeMode);
            record.number(0, u64::from(mode) & PERMISSIONS);
            record.text(0, |room| room.path(Place::of(file.inner(Field::FilePath)), Name::MayBeGone));
        });
    }
    event::tell::<2, 1>(EventKind::PATH_OPEN, Answer::Follows, |_, record| {
        let flags: u32 = file.get(Field::FileFlags);
        record.number(0, open::told(flags.into()));
        if open::creates(flags.into()) {
            let mode: u16 = file.follow(Field::FileInode).get(Field::InodeMode);
            record.number(1, u64::from(mode) & PERMISSIONS);
        }
        record.text(0, |room| room.opened(Place::of(file.inner(Field::FilePath))));
    });
}
