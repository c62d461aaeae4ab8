//! Hooks about code that comes to be executed.

use aya_ebpf::macros::{fentry, lsm};
use aya_ebpf::programs::{FEntryContext, LsmContext};
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Field, Syscall};

use super::{Arguments, hook};
use crate::event;
use crate::kernel::{Address, Typed};
use crate::memory::{self, EXECUTABLE, WRITABLE};
use crate::path::{Name, Place};
use crate::result::Answer;

/// `file, protection that was asked for, protection, flags`
#[lsm(hook = "mmap_file")]
fn lsm_mmap(ctx: LsmContext) -> i32 {
    mmap(&ctx, 3);
    0
}

/// `file, protection that was asked for, flags`
#[fentry(function = "security_mmap_file")]
fn fentry_mmap(ctx: FEntryContext) -> i32 {
    mmap(&ctx, 2);
    0
}

hook!(mprotect: lsm "file_mprotect" by lsm_mprotect, fentry "security_file_mprotect" by fentry_mprotect);

#[inline(always)]
fn mmap(arguments: &impl Arguments, flags_at: usize) {
    let protection = arguments.number(1);
    if protection & EXECUTABLE == 0 {
        return;
    }
    event::tell::<2, 1>(EventKind::MMAP_EXEC, Answer::follows_from(&[Syscall::Mmap]), |_, record| {
        let file = arguments.address(0);
        record.number(0, protection);
        record.number(1, memory::told(arguments.number(flags_at)));
        if file != Address(0) {
            record.text(0, |room| room.path(Place::at(file.inner(Field::FilePath)), Name::MayBeGone));
        }
    });
}

/// `area, protection that was asked for, protection`
#[inline(always)]
fn mprotect(arguments: &impl Arguments) {
    let protection = arguments.number(1);
    let area = arguments.typed(0);
    // The bits of areas are the same.
    let before: u64 = area.get(Field::AreaFlags);
    if protection & EXECUTABLE == 0 || (before | protection) & WRITABLE == 0 {
        return;
    }
    event::tell::<2, 1>(EventKind::MPROTECT_EXEC, Answer::Follows, |_, record| {
        record.number(0, protection);
        // Of the call; the area may be a part of it, or it a part of the area.
        record.number(1, Typed::current_registers().get(Field::RegsSi));
        let file = area.follow(Field::AreaFile).address();
        if file != Address(0) {
            record.text(0, |room| room.path(Place::at(file.inner(Field::FilePath)), Name::MayBeGone));
        }
    });
}
