//! A path as a system call is given it: a string, and a directory that it begins at unless it is absolute.

use vivarium_sys::wire::TextLength;

use crate::descriptor::File;
use crate::path::{Name, Place};
use crate::record::Room;
use crate::user::UserAddress;

/// In place of a descriptor: the working directory.
const AT_FDCWD: i32 = -100;
/// An empty path stands for the descriptor itself.
const AT_EMPTY_PATH: u64 = 0x1000;

/// What the string of a [`Given`] means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// A path.
    Path,
    /// A path, or the descriptor itself if it is empty.
    PathOrDescriptor,
    /// There is none, but for the descriptor.
    Descriptor,
}

/// A path as a system call is given it.
#[derive(Clone, Copy)]
pub(crate) struct Given {
    directory: i32,
    path: UserAddress,
    meaning: Meaning,
}

impl Given {
    /// Relative to the working directory.
    #[inline(always)]
    pub(crate) fn here(path: UserAddress) -> Self {
        Self::at(AT_FDCWD, path)
    }

    /// Relative to a descriptor.
    #[inline(always)]
    pub(crate) fn at(directory: i32, path: UserAddress) -> Self {
        Self { directory, path, meaning: Meaning::Path }
    }

    /// A descriptor itself.
    #[inline(always)]
    pub(crate) fn descriptor(descriptor: i32) -> Self {
        Self { directory: descriptor, path: UserAddress(0), meaning: Meaning::Descriptor }
    }

    /// With flags that may say `AT_EMPTY_PATH`.
    #[inline(always)]
    pub(crate) fn with_flags(self, flags: u64) -> Self {
        let meaning = if flags & AT_EMPTY_PATH == 0 { self.meaning } else { Meaning::PathOrDescriptor };
        Self { meaning, ..self }
    }

    /// Where it begins, if that is open.
    #[inline(always)]
    fn start(self) -> Option<Place> {
        if self.directory == AT_FDCWD {
            Some(Place::working_directory())
        } else {
            File::of_descriptor(self.directory).map(File::place)
        }
    }

    /// The first byte of the string; zero where there is none.
    #[inline(always)]
    fn first(self) -> Option<u8> {
        if self.meaning == Meaning::Descriptor { Some(0) } else { self.path.read() }
    }
}

impl Room {
    /// Takes a path that a system call was given.
    #[inline(always)]
    pub(crate) fn given(self, given: Given) -> TextLength {
        let first = given.first();
        if first == Some(b'/') {
            return self.string(given.path);
        }
        let Some(start) = given.start() else {
            return TextLength::UNKNOWN;
        };
        if given.meaning != Meaning::Path && first == Some(0) {
            self.path(start, Name::MayBeGone)
        } else {
            self.beneath(start, given.path)
        }
    }
}
