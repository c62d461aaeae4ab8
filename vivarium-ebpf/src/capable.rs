//! What the kernel answers when it asks whether a thread may use a capability.
//!
//! The hook of the security modules isn't told what those before it have answered, and isn't called at all where one of them
//! refuses. So the answer is read where all of them have been asked; or, without security hooks, where the kernel's own rules
//! have.

use aya_ebpf::macros::{fexit, tracepoint};
use aya_ebpf::programs::{FExitContext, TracePointContext};
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Field;

use crate::event;
use crate::kernel::{Address, Typed};

/// The capability that the kernel asks for by itself, to know how much memory it leaves to others.
const SYS_ADMIN: u32 = 21;
/// The system calls in which it does: `mmap`, `mprotect`, `brk`, `mremap`, `shmat`, and those that make or replace the memory
/// of a process.
const MAPPING_CALLS: [u64; 11] = [9, 10, 12, 25, 30, 56, 57, 58, 59, 322, 435];
/// What stands for the number of a system call where there is none: memory is also made when it is first touched.
const NO_CALL: u64 = u64::MAX;

/// `credentials, namespace, capability, options`
#[fexit(function = "security_capable")]
fn fexit_capable(ctx: FExitContext) -> i32 {
    let credentials = Typed::argument(ctx.arg(0)).address();
    let capability: i32 = ctx.arg(2);
    if let Ok(answer) = ctx.ret::<i32>() {
        tell(credentials, capability as u32, answer);
    }
    0
}

#[tracepoint]
fn cap_capable(ctx: TracePointContext) -> u32 {
    let event = Address::of_event(&ctx);
    let capability: u32 = event.get(Field::CapableCap);
    if capability != SYS_ADMIN || !maps_memory() {
        tell(event.follow(Field::CapableCred), capability, event.get(Field::CapableRet));
    }
    0
}

/// Whether the running thread is in a system call, or outside of any, in which the kernel asks by itself.
#[inline(always)]
fn maps_memory() -> bool {
    let number: u64 = Typed::current_registers().get(Field::RegsOrigAx);
    number == NO_CALL || MAPPING_CALLS.contains(&number)
}

/// Tells of an answer about the running thread; it may also be asked about others.
#[inline(always)]
fn tell(credentials: Address, capability: u32, answer: i32) {
    let task = Typed::current_task();
    // One by one: of a list, the verifier can't tell which field it is.
    if credentials == task.follow(Field::TaskCred).address()
        || credentials == task.follow(Field::TaskRealCred).address()
    {
        event::tell::<1, 0>(EventKind::CAPABLE_CHECK, Some(answer), |_, record| record.number(0, capability.into()));
    }
}
