//! How much there is in a file.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Field, Syscall};

use crate::event;
use crate::hooks::{Arguments, hook};
use crate::path::{Name, Place};
use crate::result::Answer;
use crate::syscalls::Call;

hook!(truncate: lsm "path_truncate" by lsm_truncate, fentry "security_path_truncate" by fentry_truncate);
hook!(ftruncate: lsm "file_truncate" by lsm_ftrunc, fentry "security_file_truncate" by fentry_ftrunc);

/// `path`
#[inline(always)]
fn truncate(arguments: &impl Arguments) {
    tell(Place::of(arguments.typed(0)));
}

/// `file`
#[inline(always)]
fn ftruncate(arguments: &impl Arguments) {
    tell(Place::of(arguments.typed(0).inner(Field::FilePath)));
}

/// Tells of a file that is to have another length, which stands in the system call. An open with `O_TRUNC` asks too: that
/// is told with the open.
#[inline(always)]
fn tell(place: Place) {
    let Some(call) = Call::running() else { return };
    if !matches!(call.which(), Some(Syscall::Truncate | Syscall::Ftruncate)) {
        return;
    }
    event::tell::<1, 1>(EventKind::FILE_TRUNCATE, Answer::Follows, |_, record| {
        record.number(0, call.argument(1));
        record.text(0, |room| room.path(place, Name::MayBeGone));
    });
}
