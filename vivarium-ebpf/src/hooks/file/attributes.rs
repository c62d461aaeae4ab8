//! What is kept of a file besides its contents.

use vivarium_sys::event::EventKind;

use crate::event;
use crate::hooks::{Arguments, hook};
use crate::mode::PERMISSIONS;
use crate::path::{Name, Place};

hook!(chmod: lsm "path_chmod" by lsm_chmod, fentry "security_path_chmod" by fentry_chmod);

/// `path, mode`
#[inline(always)]
fn chmod(arguments: &impl Arguments) {
    event::tell::<1, 1>(EventKind::FILE_CHMOD, None, |_, record| {
        record.number(0, arguments.number(1) & PERMISSIONS);
        record.text(0, |room| room.path(Place::of(arguments.typed(0)), Name::MayBeGone));
    });
}
