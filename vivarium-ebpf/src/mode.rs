//! The mode of a file: its type and its permissions.

use vivarium_sys::load::Field;

use crate::kernel::Address;
use crate::record::Record;

/// The bits that can be asked for.
pub(crate) const PERMISSIONS: u64 = 0o7777;

/// The permissions that a file gets for which these are asked: without those that the thread wants no file to have.
#[inline(always)]
pub(crate) fn granted(mode: u64) -> u64 {
    let withheld: u32 = Address::current_task().follow(Field::TaskFs).get(Field::FsUmask);
    mode & PERMISSIONS & !u64::from(withheld)
}

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileType(u16);

impl FileType {
    /// The bits that say it.
    const BITS: u16 = 0o170_000;
    const REGULAR: Self = Self(0o100_000);
    /// The usual type, where none is asked for.
    const UNSAID: Self = Self(0);
    pub(crate) const DIRECTORY: Self = Self(0o040_000);
    const CHARACTER_DEVICE: Self = Self(0o020_000);
    const BLOCK_DEVICE: Self = Self(0o060_000);
    const SOCKET: Self = Self(0o140_000);

    /// What a file of this mode is.
    #[inline(always)]
    pub(crate) fn of(mode: u16) -> Self {
        Self(mode & Self::BITS)
    }

    #[inline(always)]
    pub(crate) fn is_regular(self) -> bool {
        self == Self::REGULAR || self == Self::UNSAID
    }

    #[inline(always)]
    fn is_device(self) -> bool {
        self == Self::CHARACTER_DEVICE || self == Self::BLOCK_DEVICE
    }
}

/// Whether a file of this mode is a socket.
#[inline(always)]
pub(crate) fn is_socket(mode: u16) -> bool {
    FileType::of(mode) == FileType::SOCKET
}

/// Tells of a file that is made with this mode: its type, which device it is if it is one, and its permissions.
#[inline(always)]
pub(crate) fn describe<const TEXTS: usize>(record: &mut Record<3, TEXTS>, mode: u16, device: u32) {
    let kind = FileType::of(mode);
    record.number(0, kind.0.into());
    if kind.is_device() {
        record.number(1, device.into());
    }
    record.number(2, u64::from(mode) & PERMISSIONS);
}
