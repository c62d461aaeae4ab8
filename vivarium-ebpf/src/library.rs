//! Functions of libraries that observed programs call.
//!
//! Nothing is changed in the program but for a breakpoint: where a function returns to stays as it is. What a program gives to
//! a function may not be in memory before that function looks at it, so that another program at the same place waits for it
//! first: what may wait can't keep the stack of its task (see `own_stack`), and uses next to none.

mod dlopen;
mod environment;
mod search;
mod ssl;

use core::hint::black_box;
use core::mem::MaybeUninit;

use aya_ebpf::EbpfContext as _;
use aya_ebpf::bindings::pt_regs;
use aya_ebpf::helpers::bpf_get_attach_cookie;
use aya_ebpf::helpers::generated::bpf_copy_from_user;
use aya_ebpf::programs::ProbeContext;

use crate::thread::{self, Ids};
use crate::user::UserAddress;

/// How large a page is.
const PAGE: u64 = 4096;

/// Which of the functions it is.
#[inline(always)]
fn which(ctx: &ProbeContext) -> u64 {
    // SAFETY: the context is the one that the kernel passed.
    unsafe { bpf_get_attach_cookie(ctx.as_ptr()) }
}

/// An argument.
#[inline(always)]
fn argument(ctx: &ProbeContext, at: usize) -> u64 {
    // One load from one place.
    black_box(ctx.arg(at).unwrap_or(0))
}

/// Where the stack of the thread ends: the same when a function is called and when it returns.
#[inline(always)]
fn stack(ctx: &ProbeContext) -> u64 {
    // SAFETY: the context of such a program is its registers.
    unsafe { (&raw const (*ctx.as_ptr().cast::<pt_regs>()).rsp).read_volatile() }
}

/// Where the thread is: at a function that is called.
#[inline(always)]
fn place(ctx: &ProbeContext) -> u64 {
    // SAFETY: the context of such a program is its registers.
    unsafe { (&raw const (*ctx.as_ptr().cast::<pt_regs>()).rip).read_volatile() }
}

/// What a function returns.
#[inline(always)]
fn returned(ctx: &ProbeContext) -> u64 {
    // SAFETY: the context of such a program is its registers.
    unsafe { (&raw const (*ctx.as_ptr().cast::<pt_regs>()).rax).read_volatile() }
}

/// Sees to it that so many bytes, at most a page of them, are in memory, if there are any and the thread is observed.
#[inline(always)]
fn fetch(start: UserAddress, length: u64) {
    if thread::state(Ids::current().thread).is_none() {
        return;
    }
    let mut byte = MaybeUninit::<u8>::uninit();
    let mut touch = |at: u64| {
        // SAFETY: there is room for a byte; the helper fails on a bad address.
        unsafe { bpf_copy_from_user(byte.as_mut_ptr().cast(), 1, at as *const _) };
    };
    touch(start.0);
    let end = start.0.wrapping_add(length);
    if start.0 / PAGE != end / PAGE {
        touch(end);
    }
}
