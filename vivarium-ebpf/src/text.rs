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
}

impl Room {
    /// Takes a C string.
    #[inline(always)]
    pub(crate) fn string(self, string: impl CString) -> TextLength {
        self.string_after(0, string)
    }

    /// Takes a C string after `before` bytes that are there already.
    #[inline(always)]
    pub(crate) fn string_after(self, before: u32, string: impl CString) -> TextLength {
        // Room for one byte is always left: of a helper that may write none, the verifier of Linux 6.1 expects answers that
        // contradict each other.
        let before = at_most(before, MAX_TEXT_BYTES as u32 - 1);
        let limit = MAX_TEXT_BYTES as u32 - before;
        if limit == 0 {
            return TextLength { kept: before, whole: before + self.rest_of(string) };
        }
        // SAFETY: there is room for so much.
        let read = unsafe { string.copy(self.start().add(before as usize).cast(), limit) };
        if read <= 0 {
            return self.unreadable();
        }
        let read = at_most(read as u32, limit);
        let kept = before + read - 1;
        let whole = if read < limit { kept } else { kept + self.rest_of(string.after(read - 1)) };
        TextLength { kept, whole }
    }

    /// How long the rest of a string is that was cut.
    #[inline(always)]
    fn rest_of(self, mut rest: impl CString) -> u32 {
        let mut length = 0_u32;
        for _ in 0..FOLLOWED {
            // SAFETY: nobody uses the room for a path while a string is taken.
            let read = unsafe { rest.copy((&raw mut (*self.slot).path).cast(), MAX_TEXT_BYTES as u32) };
            if read <= 1 {
                break;
            }
            length = length.saturating_add(read as u32 - 1);
            rest = rest.after(read as u32 - 1);
        }
        length
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
    fn unreadable(self) -> TextLength {
        if !self.bad_address {
            odd(Oddity::UnreadableText);
        }
        TextLength::UNKNOWN
    }
}
