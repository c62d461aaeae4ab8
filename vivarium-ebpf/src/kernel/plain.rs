//! Memory that is read so often that calling a helper each time would cost too much.

use core::mem;

use aya_ebpf::Global;
use aya_ebpf::helpers::generated::bpf_probe_read_kernel;
use vivarium_sys::load::{Field, plain};

use super::{Address, Structure};
use crate::words;

/// Whether the kernel lets programs take any address for a pointer, as `vivarium_sys::load::plain` says: not zero then.
#[unsafe(no_mangle)]
static PLAIN_READS: Global<u32> = Global::new(0);

/// Whether what is read plainly is read without a helper.
#[inline(always)]
pub(crate) fn reads_are_plain() -> bool {
    PLAIN_READS.load() != 0
}

/// An address that is read by plain loads where the kernel lets programs do so.
///
/// Each of them takes the verifier longer than a helper would: for what isn't done often, there is [`Address`].
#[derive(Clone, Copy)]
pub(crate) struct Plain(pub(super) Address);

impl Plain {
    /// What is there; zero when it can't be read.
    #[inline(always)]
    pub(crate) fn read<T: Copy>(self) -> T {
        const { assert!(matches!(size_of::<T>(), 1 | 2 | 4 | 8)) };
        if reads_are_plain() {
            // SAFETY: the kernel gives zero where it can't read. Volatile, so that the compiler neither splits nor merges loads.
            unsafe { self.words().cast::<T>().read_volatile() }
        } else {
            self.0.read()
        }
    }

    /// Copies so many words, all zero when they can't be read.
    ///
    /// # Safety
    ///
    /// There is room for them at `to`.
    #[inline(always)]
    pub(crate) unsafe fn copy_words<const WORDS: usize>(self, to: *mut u64) {
        const { assert!(WORDS <= plain::WORDS) };
        // SAFETY: the caller's promise; and as above.
        unsafe {
            if reads_are_plain() {
                words::copy::<WORDS>(self.words(), to);
            } else {
                bpf_probe_read_kernel(to.cast(), (WORDS * size_of::<u64>()) as u32, self.0.pointer());
            }
        }
    }

    /// A pointer to what is there, through which up to [`plain::WORDS`] words can be read.
    #[inline(always)]
    fn words(self) -> *const u64 {
        // SAFETY: the loader writes the number of a function of the kernel in place of this one, which has that signature.
        unsafe {
            let take: unsafe extern "C" fn(Address, u32) -> *const u64 = mem::transmute(plain::TAKE as usize);
            take(self.0, plain::TYPE)
        }
    }
}

impl Structure for Plain {
    #[inline(always)]
    fn get<T: Copy>(self, field: Field) -> T {
        Self(self.0.inner(field)).read()
    }
}
