//! Open files that come from other processes.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::Field;

use crate::event;
use crate::hooks::{Arguments, hook};
use crate::path::{Name, Place};

hook!(receive: lsm "file_receive" by lsm_receive, fentry "security_file_receive" by fentry_receive);

/// `file`
#[inline(always)]
fn receive(arguments: &impl Arguments) {
    event::tell::<0, 1>(EventKind::FILE_RECEIVE, None, |_, record| {
        let path = arguments.typed(0).inner(Field::FilePath);
        record.text(0, |room| room.path(Place::of(path), Name::MayBeGone));
    });
}
