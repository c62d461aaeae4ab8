//! The security hooks, which two backends see: as programs of the Linux security modules, and at the entry of the functions
//! that call those. Arguments and meaning are the same, so each hook has one body.
//!
//! A hook is called before what is asked is done. Where that is what the system call is about, its body says
//! [`Follows`](crate::result::Answer::Follows) for the result, which is told when the call returns.
//!
//! Nothing is ever denied. A program of a security module only runs when those before it have allowed what is asked, so
//! that zero leaves their answer as it is.

mod code;
mod file;
mod identity;
mod kernel;
mod net;
mod process;

use core::ffi::c_void;

use aya_ebpf::programs::{FEntryContext, LsmContext};

use crate::kernel::{Address, Typed};

/// What a hook is called with.
trait Arguments {
    /// The value of the argument with this index.
    fn number(&self, at: usize) -> u64;

    /// The argument with this index, which points to a type that the verifier knows.
    fn typed(&self, at: usize) -> Typed;

    /// The argument with this index, which points to anything else.
    #[inline(always)]
    fn address(&self, at: usize) -> Address {
        Address(self.number(at))
    }
}

/// Reads arguments as contexts of this type have them.
macro_rules! arguments_of {
    ($context:ty) => {
        impl Arguments for $context {
            #[inline(always)]
            fn number(&self, at: usize) -> u64 {
                self.arg(at)
            }

            #[inline(always)]
            fn typed(&self, at: usize) -> Typed {
                Typed::argument(self.arg::<*const c_void>(at))
            }
        }
    };
}

arguments_of!(LsmContext);
arguments_of!(FEntryContext);

/// Writes the two programs of a hook, whose body is a function.
macro_rules! hook {
    ($body:ident: lsm $hook:literal by $lsm:ident, fentry $function:literal by $fentry:ident) => {
        #[::aya_ebpf::macros::lsm(hook = $hook)]
        fn $lsm(ctx: ::aya_ebpf::programs::LsmContext) -> i32 {
            $body(&ctx);
            0
        }

        #[::aya_ebpf::macros::fentry(function = $function)]
        fn $fentry(ctx: ::aya_ebpf::programs::FEntryContext) -> i32 {
            $body(&ctx);
            0
        }
    };
}
use hook;
