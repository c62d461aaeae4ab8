//! Texts of the kernel and of the observed process, as they are put into records.

use core::ffi::c_void;

use aya_ebpf::helpers::generated::{
    bpf_probe_read_kernel, bpf_probe_read_kernel_str, bpf_probe_read_user, bpf_probe_read_user_str,
};
use vivarium_sys::load::Oddity;
use vivarium_sys::wire::{MAX_TEXT_BYTES, TextLength};

use crate::bounds::at_most;
use crate::counts::odd;
use crate::kernel::Address;
use crate::record::Room;
use crate::scratch;
use crate::user::UserAddress;

/// How many times [`MAX_TEXT_BYTES`] a text is followed that is cut, to learn its length.
const FOLLOWED: usize = 16;

/// A text that is somewhere, ended by a zero byte.
pub(crate) trait CString: Copy {
    /// The text without its first bytes.
    fn after(self, bytes: u32) -> Self;
    /// Copies it; gives its length with the zero byte, or a negative number.
    ///
    /// # Safety
    ///
    /// There is room for `limit` bytes at `to`.
    unsafe fn copy(self, to: *mut c_void, limit: u32) -> i64;
    /// How long it is, as far as it is followed; in the room that a slot has for a path.
    fn measure(self, index: u32) -> u32;
}

/// The verifier sees a function that anyone could call by itself, once for all the strings of a program.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn measure_string(index: u32, string: u64) -> u32 {
    length(index, UserAddress(string))
}

/// This one the verifier sees wherever it is called from, and so it takes pointers whose type it knows.
#[inline(never)]
fn measure_kernel_string(index: u32, string: Address) -> u32 {
    length(index, string)
}

#[inline(always)]
fn length(index: u32, mut rest: impl CString) -> u32 {
    let Some(slot) = scratch::slot(index) else {
        return 0;
    };
    let mut length = 0_u32;
    for _ in 0..FOLLOWED {
        // SAFETY: nobody uses the room for a path while a string is taken.
        let read = unsafe { rest.copy((&raw mut (*slot).path).cast(), MAX_TEXT_BYTES as u32) };
        if read <= 1 {
            break;
        }
        length = length.saturating_add(read as u32 - 1);
        rest = rest.after(read as u32 - 1);
    }
    length
}

impl CString for UserAddress {
    #[inline(always)]
    fn after(self, bytes: u32) -> Self {
        Self(self.0.wrapping_add(bytes.into()))
    }

    #[inline(always)]
    unsafe fn copy(self, to: *mut c_void, limit: u32) -> i64 {
        // SAFETY: the caller's promise; the helper fails on a bad address.
        unsafe { bpf_probe_read_user_str(to, limit, self.pointer()) }
    }

    #[inline(always)]
    fn measure(self, index: u32) -> u32 {
        measure_string(index, self.0)
    }
}

impl CString for Address {
    #[inline(always)]
    fn after(self, bytes: u32) -> Self {
        Self(self.0.wrapping_add(bytes.into()))
    }

    #[inline(always)]
    unsafe fn copy(self, to: *mut c_void, limit: u32) -> i64 {
        // SAFETY: the caller's promise; the helper fails on a bad address.
        unsafe { bpf_probe_read_kernel_str(to, limit, self.pointer()) }
    }

    #[inline(always)]
    fn measure(self, index: u32) -> u32 {
        measure_kernel_string(index, self)
    }
}

impl Room {
    /// Takes a C string.
    #[inline(always)]
    pub(crate) fn string(self, string: impl CString) -> TextLength {
        self.string_after(TextLength { kept: 0, whole: 0 }, string)
    }

    /// Takes a C string after what is there already.
    #[inline(always)]
    pub(crate) fn string_after(self, before: TextLength, string: impl CString) -> TextLength {
        // Room for one byte is always left: of a helper that may write none, the verifier of Linux 6.1 expects answers that
        // contradict each other.
        let kept = at_most(before.kept, MAX_TEXT_BYTES as u32 - 1);
        let limit = MAX_TEXT_BYTES as u32 - kept;
        // SAFETY: there is room for so much.
        let read = unsafe { string.copy(self.start().add(kept as usize).cast(), limit) };
        if read < 0 {
            return self.unreadable();
        }
        // Of an empty string of the process, kernels before 6.15 say that it has not even a zero byte.
        let read = at_most(if read == 0 { 1 } else { read as u32 }, limit);
        let rest = if read < limit { 0 } else { string.after(read - 1).measure(self.index) };
        TextLength { kept: kept + read - 1, whole: before.whole + (read - 1) + rest }
    }

    /// Takes so many bytes of the process, or as many of them as there is room for.
    #[inline(always)]
    pub(crate) fn user_bytes(self, bytes: UserAddress, whole: u64) -> TextLength {
        // SAFETY: there is room for so much; the helper fails on a bad address.
        self.bytes(whole, |to, kept| unsafe { bpf_probe_read_user(to, kept, bytes.pointer()) })
    }

    /// Takes so many bytes of the kernel, or as many of them as there is room for.
    #[inline(always)]
    pub(crate) fn kernel_bytes(self, bytes: Address, whole: u64) -> TextLength {
        // SAFETY: there is room for so much; the helper fails on a bad address.
        self.bytes(whole, |to, kept| unsafe { bpf_probe_read_kernel(to, kept, bytes.pointer()) })
    }

    #[inline(always)]
    fn bytes(self, whole: u64, read: impl FnOnce(*mut c_void, u32) -> i64) -> TextLength {
        let whole = if whole > u32::MAX.into() { u32::MAX } else { whole as u32 };
        let kept = at_most(whole, MAX_TEXT_BYTES as u32);
        if read(self.start().cast(), kept) != 0 {
            return self.unreadable();
        }
        TextLength { kept, whole }
    }

    /// A text that can't be read: nothing strange when the call itself found so.
    #[inline(always)]
    pub(crate) fn unreadable(self) -> TextLength {
        if !self.bad_address {
            odd(Oddity::UnreadableText);
        }
        TextLength::UNKNOWN
    }
}
