//! The BPF programs of Vivarium.
//!
//! Each file holds one concept. Programs are named as in `vivarium_sys::load::PROGRAMS`, in at most 15 characters, so that
//! the kernel shows the whole name.
//!
//! A word on pointers: the verifier proves before any program runs that all memory it touches is its own, and the kernel
//! catches what it can't prove. So a wrong pointer here can give a wrong answer, but never harm.
#![no_std]
#![no_main]
#![feature(core_intrinsics)]
#![expect(internal_features, reason = "the target has atomic operations that `core::sync::atomic` does not offer")]

mod atomic;
mod bounds;
mod capable;
mod counts;
mod descriptor;
mod dynamic;
mod event;
mod extended;
mod header;
mod hooks;
mod identity;
mod kernel;
mod lane;
mod library;
mod lifecycle;
mod memory;
mod mode;
mod open;
mod own_stack;
mod path;
mod preemption;
mod record;
mod result;
mod ring;
mod scratch;
mod sent;
mod socket;
mod span;
mod switched;
mod syscalls;
mod task;
mod text;
mod thread;
mod untold;
mod uring;
mod user;
mod wanted;
mod words;

/// Read by the kernel: helpers such as `bpf_probe_read_kernel` are for GPL programs only.
#[unsafe(no_mangle)]
#[unsafe(link_section = "license")]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
