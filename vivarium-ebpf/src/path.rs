//! Paths, as the observed thread would write them: absolute, across mounts, from the root directory that it has.
//!
//! Where the kernel's own `d_path` says more than names, so does this: `pipe:[123]`, or that a file is deleted. What can't
//! be reached from the thread's root is marked as `getcwd(2)` does.

mod backward;
mod link;
mod nameless;
mod short;
mod walk;

pub(crate) use short::Ascent;
pub(crate) use walk::Walk;

use core::mem::offset_of;

use vivarium_sys::load::Field;
use vivarium_sys::wire::{MAX_TEXT_BYTES, TextLength};

use crate::bounds::at_most;
use crate::kernel::{Address, Offset as _, Plain, Structure as _, Typed};
use crate::record::Room;
use crate::text::CString;
use backward::Backward;

/// A place in the file system, as the kernel's `struct path`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Place {
    /// A `vfsmount`.
    pub(crate) mount: Address,
    /// A `dentry`.
    pub(crate) dentry: Address,
}

impl Place {
    /// From a `struct path` whose type the verifier knows.
    #[inline(always)]
    pub(crate) fn of(path: Typed) -> Self {
        Self { mount: path.follow(Field::PathMnt).address(), dentry: path.follow(Field::PathDentry).address() }
    }

    /// From a `struct path` that is read often.
    #[inline(always)]
    pub(crate) fn plainly(path: Plain) -> Self {
        Self { mount: path.get(Field::PathMnt), dentry: path.get(Field::PathDentry) }
    }

    /// From a `struct path` somewhere.
    #[inline(always)]
    pub(crate) fn at(path: Address) -> Self {
        if Field::PathMnt.offset() == offset_of!(Self, mount) && Field::PathDentry.offset() == offset_of!(Self, dentry)
        {
            return path.read();
        }
        Self { mount: path.follow(Field::PathMnt), dentry: path.follow(Field::PathDentry) }
    }

    /// The root directory of the running thread.
    #[inline(always)]
    pub(crate) fn root() -> Self {
        Self::at(Address::current_task().follow(Field::TaskFs).inner(Field::FsRoot))
    }

    /// The working directory of the running thread.
    #[inline(always)]
    pub(crate) fn working_directory() -> Self {
        Self::at(Address::current_task().follow(Field::TaskFs).inner(Field::FsPwd))
    }
}

/// Whether a place may have lost its name.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Name {
    /// It is being looked up or made: it has one.
    Given = 0,
    /// It is open: it may have been removed since.
    MayBeGone = 1,
}

impl Room {
    /// Takes the path of a place.
    #[inline(always)]
    pub(crate) fn path(self, place: Place, name: Name) -> TextLength {
        self.begin_at(place);
        TextLength::unpack(take_path(self.index, self.start, name as u32))
    }

    /// Takes the path of an open file. That is done so often that it is first tried as a short one.
    #[inline(always)]
    pub(crate) fn opened(self, place: Place) -> TextLength {
        self.begin_at(place);
        match short::write_short(self.index, self.start) {
            0 => TextLength::unpack(take_path(self.index, self.start, Name::MayBeGone as u32)),
            whole => TextLength { kept: whole, whole },
        }
    }

    /// Takes a path that is relative to a directory.
    #[inline(always)]
    pub(crate) fn beneath(self, directory: Place, path: impl CString) -> TextLength {
        let directory = self.directory(directory);
        self.string_after(directory, path)
    }

    /// Takes a directory and a slash, for a path to follow; gives how long that is, where it isn't cut.
    #[inline(always)]
    pub(crate) fn directory(self, directory: Place) -> TextLength {
        self.begin_at(directory);
        let directory = self.walk(Name::MayBeGone as u32);
        let kept = at_most(directory.kept, MAX_TEXT_BYTES as u32 - 1);
        // SAFETY: there is room for one more byte.
        unsafe { self.start().add(kept as usize).write(b'/') };
        TextLength { kept: kept + 1, whole: directory.whole + 1 }
    }

    /// Says where a walk begins. What is in the slot is a number to the verifier, whatever it was before.
    #[inline(always)]
    fn begin_at(self, place: Place) {
        // SAFETY: whoever takes a path has claimed the slot.
        unsafe { (&raw mut (*self.slot).walk.from).write_volatile(place) };
    }

    /// Takes the path of the place where the walk begins, nothing for the root directory.
    #[inline(always)]
    fn walk(self, name: u32) -> TextLength {
        let whole = walk::write_path(self.index, name) as u32;
        if whole == 0 {
            return TextLength { kept: 0, whole: 0 };
        }
        let kept = at_most(whole, MAX_TEXT_BYTES as u32);
        // SAFETY: the walk has written the path there.
        unsafe { self.copy(Backward::of(self.slot).text(), kept) };
        TextLength { kept, whole }
    }
}

/// Takes the path of the place where the walk begins.
///
/// The verifier sees a function that anyone could call by itself, once for all who do, and knows nothing of its callers.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn take_path(index: u32, start: u32, name: u32) -> u64 {
    let Some(room) = Room::at(index, start) else {
        return TextLength::UNKNOWN.pack();
    };
    let path = room.walk(name);
    if path.whole == 0 {
        // SAFETY: there is room for a text.
        unsafe { room.start().write(b'/') };
        return TextLength { kept: 1, whole: 1 }.pack();
    }
    path.pack()
}
