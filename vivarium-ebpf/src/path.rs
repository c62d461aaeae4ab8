//! Paths, as the observed thread would write them: absolute, across mounts, from the root directory that it has.
//!
//! Where the kernel's own `d_path` says more than names, so does this: `pipe:[123]`, or that a file is deleted. What can't
//! be reached from the thread's root is marked as `getcwd(2)` does.

mod backward;
mod nameless;
mod walk;

pub(crate) use walk::Walk;

use vivarium_sys::load::Field;
use vivarium_sys::wire::{MAX_TEXT_BYTES, TextLength};

use crate::bounds::at_most;
use crate::kernel::{Address, Typed};
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

    /// From a `struct path` somewhere.
    #[inline(always)]
    pub(crate) fn at(path: Address) -> Self {
        Self { mount: path.follow(Field::PathMnt), dentry: path.follow(Field::PathDentry) }
    }

    /// The root directory of the running thread.
    #[inline(always)]
    pub(crate) fn root() -> Self {
        Self::of(Typed::current_task().follow(Field::TaskFs).inner(Field::FsRoot))
    }

    /// The working directory of the running thread.
    #[inline(always)]
    pub(crate) fn working_directory() -> Self {
        Self::of(Typed::current_task().follow(Field::TaskFs).inner(Field::FsPwd))
    }
}

/// Whether a place may have lost its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// It is being looked up or made: it has one.
    Given,
    /// It is open: it may have been removed since.
    MayBeGone,
}

impl Room {
    /// Takes the path of a place.
    #[inline(always)]
    pub(crate) fn path(self, place: Place, name: Name) -> TextLength {
        let path = self.walk(place, name);
        if path.whole == 0 {
            // SAFETY: there is room for a text.
            unsafe { self.start().write(b'/') };
            return TextLength { kept: 1, whole: 1 };
        }
        path
    }

    /// Takes a path that is relative to a directory.
    #[inline(always)]
    pub(crate) fn beneath(self, directory: Place, path: impl CString) -> TextLength {
        let directory = self.walk(directory, Name::MayBeGone);
        let before = at_most(directory.kept, MAX_TEXT_BYTES as u32 - 1);
        // SAFETY: there is room for one more byte.
        unsafe { self.start().add(before as usize).write(b'/') };
        let text = self.string_after(before + 1, path);
        if text == TextLength::UNKNOWN {
            return text;
        }
        TextLength { whole: text.whole + (directory.whole - before), ..text }
    }

    /// Takes the path of a place, nothing for the root directory.
    #[inline(always)]
    fn walk(self, place: Place, name: Name) -> TextLength {
        let whole = walk::write(self.index, place.mount, place.dentry, name) as u32;
        if whole == 0 {
            return TextLength { kept: 0, whole: 0 };
        }
        let kept = at_most(whole, MAX_TEXT_BYTES as u32);
        // SAFETY: the walk has written the path there.
        unsafe { self.copy(Backward::of(self.slot).text(), kept) };
        TextLength { kept, whole }
    }
}
