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

/// No descriptor, and not the working directory either.
const NO_DESCRIPTOR: i32 = -1;

/// What the string of a [`Given`] means.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
enum Meaning {
    /// A path.
    Path = 0,
    /// A path, or the descriptor itself if it is empty.
    PathOrDescriptor = 1,
    /// There is none, but for the descriptor.
    Descriptor = 2,
}

impl Meaning {
    /// The meaning with this number, one of [`PathOrDescriptor`](Self::PathOrDescriptor) where it has none.
    #[inline(always)]
    const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Path,
            2 => Self::Descriptor,
            _ => Self::PathOrDescriptor,
        }
    }
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

    /// No path at all.
    #[inline(always)]
    pub(crate) fn nothing() -> Self {
        Self::descriptor(NO_DESCRIPTOR)
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
        let how = given.meaning as u32 | if self.bad_address { BAD_ADDRESS } else { 0 };
        TextLength::unpack(take_given(self.index, self.start, given.directory, given.path.0, how))
    }
}

/// Besides a [`Meaning`]: the call has failed because of an address that can't be read.
const BAD_ADDRESS: u32 = 1 << 31;

/// Takes a path that a system call was given.
///
/// The verifier sees a function that anyone could call by itself, once for all who do, and knows nothing of its callers.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn take_given(index: u32, start: u32, directory: i32, path: u64, how: u32) -> u64 {
    let Some(room) = Room::at(index, start) else {
        return TextLength::UNKNOWN.pack();
    };
    let room = Room { bad_address: how & BAD_ADDRESS != 0, ..room };
    // Since Linux 6.11 no string at all is as good as an empty one.
    let meaning = match Meaning::from_number(how & !BAD_ADDRESS) {
        Meaning::PathOrDescriptor if path == 0 && !room.bad_address => Meaning::Descriptor,
        meaning => meaning,
    };
    let given = Given { directory, path: UserAddress(path), meaning };
    let first = given.first();
    let mut before = TextLength { kept: 0, whole: 0 };
    if first != Some(b'/') {
        let Some(start) = given.start() else {
            return TextLength::UNKNOWN.pack();
        };
        if given.meaning != Meaning::Path && first == Some(0) {
            return room.path(start, Name::MayBeGone).pack();
        }
        before = room.directory(start);
    }
    room.string_after(before, given.path).pack()
}
