//! What leads from a directory entry to the next: its parent, and its name in there.

use core::mem::MaybeUninit;

use aya_ebpf::helpers::generated::bpf_probe_read_kernel;
use vivarium_sys::load::Field;

use crate::kernel::{Address, Offset as _, reads_are_plain};

/// How many words of a `dentry` are read at once. All kernels that are known have what is needed side by side.
const WORDS: usize = 4;
/// How many words of a name are copied at once: of most, and of one that is as long as the kernel keeps beside its entry.
const SHORT_NAME_WORDS: usize = 2;
const NAME_WORDS: usize = 5;

/// A part of a `dentry`, as it was when it was read.
#[repr(C)]
pub(super) struct Link {
    /// Which one.
    of: Address,
    /// What begins with the field that is the first on these kernels.
    block: MaybeUninit<[u64; WORDS]>,
}

impl Link {
    const FIRST: Field = Field::DentryHash;
    const BYTES: usize = WORDS * size_of::<u64>();

    /// Reads that of this entry, unless it was read last.
    #[inline(always)]
    pub(super) fn read(&mut self, dentry: Address) {
        if self.of != dentry {
            self.read_anew(dentry);
        }
    }

    /// Reads that of this entry, whatever was read before.
    #[inline(always)]
    pub(super) fn read_anew(&mut self, dentry: Address) {
        self.of = dentry;
        let first = dentry.inner(Self::FIRST);
        // SAFETY: the helper writes to the block alone: zeros where it can't read.
        unsafe { bpf_probe_read_kernel(self.block.as_mut_ptr().cast(), Self::BYTES as u32, first.pointer()) };
    }

    /// The same, where that is done often.
    #[inline(always)]
    pub(super) fn read_plainly(&mut self, dentry: Address) {
        self.of = dentry;
        // SAFETY: the block has room for so many words.
        unsafe { dentry.inner(Self::FIRST).plainly().copy_words::<WORDS>(self.block.as_mut_ptr().cast()) };
    }

    /// The directory that it is in; itself at the top of a tree.
    #[inline(always)]
    pub(super) fn parent(&self) -> Address {
        self.get(Field::DentryParent)
    }

    /// Its name, and how long that is.
    #[inline(always)]
    pub(super) fn name(&self) -> (Address, u32) {
        (self.get(Field::DentryNameText), self.get(Field::DentryNameLength))
    }

    /// Whether it is found under its name no more.
    #[inline(always)]
    pub(super) fn is_unhashed(&self) -> bool {
        self.get::<u64>(Field::DentryHash) == 0
    }

    /// A field, from the block if it is there. To the verifier, that is known.
    #[inline(always)]
    fn get<T: Copy>(&self, field: Field) -> T {
        let at = field.offset().wrapping_sub(Self::FIRST.offset());
        if at > Self::BYTES - size_of::<T>() {
            return self.of.get(field);
        }
        // SAFETY: it ends within the block, which was read. All that is read are integers.
        unsafe { self.block.as_ptr().cast::<u8>().add(at).cast::<T>().read_volatile() }
    }
}

/// Writes a name of this length.
///
/// # Safety
///
/// There is room for the longest name of a directory at `to`; all of it may be written to.
#[inline(always)]
pub(super) unsafe fn write_name(name: Address, length: u32, to: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe {
        if reads_are_plain() && length as usize <= SHORT_NAME_WORDS * size_of::<u64>() {
            name.plainly().copy_words::<SHORT_NAME_WORDS>(to.cast());
        } else if reads_are_plain() && length as usize <= NAME_WORDS * size_of::<u64>() {
            name.plainly().copy_words::<NAME_WORDS>(to.cast());
        } else {
            bpf_probe_read_kernel(to.cast(), length, name.pointer());
        }
    }
}
