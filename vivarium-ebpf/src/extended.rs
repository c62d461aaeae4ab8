//! Extended attributes, as system calls change them.

use vivarium_sys::load::Syscall;
use vivarium_sys::wire::UNKNOWN_NUMBER;

use crate::syscalls::Call;
use crate::syscalls::given::Given;
use crate::user::UserAddress;

/// A change of an attribute.
pub(crate) struct Change<'c> {
    call: &'c Call,
    /// Whose attribute it is.
    pub(crate) file: Given,
    /// What it is called.
    pub(crate) name: UserAddress,
}

impl<'c> Change<'c> {
    /// What a call of the families `setxattr` and `removexattr` changes.
    #[inline(always)]
    pub(crate) fn of(call: &'c Call) -> Self {
        let (file, name) = match call.which() {
            Some(Syscall::Setxattrat | Syscall::Removexattrat) => {
                (Given::at(call.int(0), call.pointer(1)).with_flags(call.argument(2)), call.pointer(3))
            }
            Some(Syscall::Fsetxattr | Syscall::Fremovexattr) => (Given::descriptor(call.int(0)), call.pointer(1)),
            _ => (Given::here(call.pointer(0)), call.pointer(1)),
        };
        Self { call, file, name }
    }

    /// What the hook of such a call is about; none where there is no such call, but io_uring.
    #[inline(always)]
    pub(crate) fn running(call: &'c Call) -> Option<Self> {
        let is_one = matches!(
            call.which(),
            Some(
                Syscall::Setxattr
                    | Syscall::Lsetxattr
                    | Syscall::Fsetxattr
                    | Syscall::Setxattrat
                    | Syscall::Removexattr
                    | Syscall::Lremovexattr
                    | Syscall::Fremovexattr
                    | Syscall::Removexattrat
            )
        );
        is_one.then(|| Self::of(call))
    }

    /// The size of the value that is set, and the flags.
    #[inline(always)]
    pub(crate) fn value(&self) -> (u64, u64) {
        if self.call.which() != Some(Syscall::Setxattrat) {
            return (self.call.argument(3), self.call.argument(4) & u64::from(u32::MAX));
        }
        // A `struct xattr_args`: where the value is, then its size and the flags in four bytes each.
        match self.call.pointer(4).read::<[u64; 2]>() {
            Some([_, packed]) => (packed & u64::from(u32::MAX), packed >> 32),
            None => (UNKNOWN_NUMBER, UNKNOWN_NUMBER),
        }
    }
}
