//! The memory of the observed process.

use core::ffi::c_void;

use aya_ebpf::helpers::generated::bpf_probe_read_user;

/// An address in the observed process.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct UserAddress(pub(crate) u64);

impl UserAddress {
    /// What is there, if it can be read.
    #[inline(always)]
    pub(crate) fn read<T: Copy + Default>(self) -> Option<T> {
        let mut value = T::default();
        // SAFETY: the helper writes to the value alone, and fails on a bad address.
        let error = unsafe { bpf_probe_read_user((&raw mut value).cast(), size_of::<T>() as u32, self.pointer()) };
        (error == 0).then_some(value)
    }

    /// For a helper.
    #[inline(always)]
    pub(crate) fn pointer(self) -> *const c_void {
        self.0 as *const c_void
    }
}
