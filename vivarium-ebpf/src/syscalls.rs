//! The backend of system calls: each is seen when it returns, with its arguments as they were and its result.
//!
//! One small program sees all of them and passes those on that anyone tells of, each to the program of its family. Which call it
//! is and what came of it they read from the registers of the thread: so they are the same whether the loader makes them programs
//! of the typed tracepoint or, where kernels skip those, of the trace event.

mod code;
mod file;
pub(crate) mod given;
mod identity;
mod kernel;
mod net;
mod process;

use aya_ebpf::btf_maps::ProgramArray;
use aya_ebpf::macros::{btf_map, raw_tracepoint};
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Field, Oddity, SYSCALL_LIMIT, Syscall};

use crate::counts::odd;
use crate::event;
use crate::kernel::Typed;
use crate::record::Record;
use crate::thread::Thread;
use crate::user::UserAddress;

#[btf_map]
static SYSCALLS: ProgramArray<{ SYSCALL_LIMIT as usize }> = ProgramArray::new();

/// The thread is in a system call of a 32-bit program.
const TS_COMPAT: u32 = 2;
/// The system call is one of an x32 program.
const X32: u64 = 1 << 30;

/// The signals that such a filter sends, as bits: `SIGSYS`, or `SIGKILL` where the process is dying already.
const STOPPING: u64 = 1 << (31 - 1) | 1 << (9 - 1);

/// The system call that is told of most. Where the verifier knows the number, the kernel makes a tail call a plain jump, and else
/// one to an address that it has to look up, which costs more than all that is done here.
const FREQUENT: Syscall = Syscall::Openat;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_exit(ctx: RawTracePointContext) -> u32 {
    let task = Typed::current_task();
    let Returned { number, result } = Returned::of(Typed::returning_registers(&ctx));
    if is_foreign_to(task, number as u64) {
        if Thread::current().is_some() {
            odd(Oddity::ForeignSyscall);
        }
        return 0;
    }
    if result == number && is_stopped(task) {
        if Thread::current().is_some() {
            odd(Oddity::StoppedSyscall);
        }
        return 0;
    }
    // SAFETY: nothing is left to be done when the other program takes over.
    unsafe {
        if number == FREQUENT.number().into() {
            SYSCALLS.tail_call(&ctx, FREQUENT.number());
        }
        SYSCALLS.tail_call(&ctx, number as u32);
    }
    0
}

/// Whether the running thread is in a system call of another convention, by which the numbers mean other calls.
#[inline(always)]
pub(crate) fn is_foreign(number: u64) -> bool {
    is_foreign_to(Typed::current_task(), number)
}

/// The same, of the running task.
#[inline(always)]
fn is_foreign_to(task: Typed, number: u64) -> bool {
    let status: u32 = task.get(Field::TaskStatus);
    status & TS_COMPAT != 0 || number as i64 > 0 && number & X32 != 0
}

/// Whether the system call of the running task, whose result is its own number, was stopped by a filter of seccomp.
///
/// Of a call that it answers with a signal the filter puts the registers back, so that the number stands where the result
/// would be. A call may return its own number too, as an open does that gives descriptor 257; but then no such signal waits.
#[inline(always)]
fn is_stopped(task: Typed) -> bool {
    let pending: u64 = task.get(Field::TaskPending);
    pending & STOPPING != 0
}

/// What is known of a system call that returns.
#[derive(Clone, Copy)]
pub(crate) struct Returned {
    /// Which, as its convention numbers it.
    pub(crate) number: i64,
    pub(crate) result: i64,
}

impl Returned {
    /// The one that the running thread returns from.
    #[inline(always)]
    pub(crate) fn now() -> Self {
        Self::of(Typed::current_registers())
    }

    #[inline(always)]
    fn of(registers: Typed) -> Self {
        // To the kernel, the number is an `int`.
        let number: u64 = registers.get(Field::RegsOrigAx);
        Self { number: (number as i32).into(), result: registers.get(Field::RegsAx) }
    }
}

/// A result as records have it. Of an address, there is only to say that it isn't an error.
#[inline(always)]
pub(crate) fn told(result: i64) -> i32 {
    if result > i32::MAX.into() { 0 } else { result as i32 }
}

/// A system call that returns.
pub(crate) struct Call {
    number: i64,
    registers: Typed,
    result: i64,
}

impl Call {
    /// The registers of the arguments, in their order.
    const ARGUMENTS: [Field; 6] =
        [Field::RegsDi, Field::RegsSi, Field::RegsDx, Field::RegsR10, Field::RegsR8, Field::RegsR9];

    /// The one that the running thread returns from, where that is asked often.
    #[inline(always)]
    fn of_return(ctx: &RawTracePointContext) -> Self {
        Self::with(Typed::returning_registers(ctx))
    }

    /// The one that the running thread returns from.
    #[inline(always)]
    fn returning() -> Self {
        Self::with(Typed::current_registers())
    }

    #[inline(always)]
    fn with(registers: Typed) -> Self {
        let Returned { number, result } = Returned::of(registers);
        Self { number, registers, result }
    }

    /// The one that the running thread is in, for hooks that aren't told all of it; nothing is known of its result. None for
    /// a 32-bit program.
    #[inline(always)]
    pub(crate) fn running() -> Option<Self> {
        let status: u32 = Typed::current_task().get(Field::TaskStatus);
        if status & TS_COMPAT != 0 {
            return None;
        }
        let registers = Typed::current_registers();
        Some(Self { number: registers.get(Field::RegsOrigAx), registers, result: 0 })
    }

    /// Which one.
    #[inline(always)]
    pub(crate) fn which(&self) -> Option<Syscall> {
        Syscall::from_number(self.number as u32)
    }

    /// All of them.
    #[inline(always)]
    fn arguments(&self) -> [u64; 6] {
        Self::ARGUMENTS.map(|register| self.registers.get(register))
    }

    /// An argument.
    #[inline(always)]
    pub(crate) fn argument(&self, at: usize) -> u64 {
        self.registers.get(Self::ARGUMENTS[at])
    }

    /// An argument that is an `int`.
    #[inline(always)]
    pub(crate) fn int(&self, at: usize) -> i32 {
        self.argument(at) as i32
    }

    /// An argument that is a pointer.
    #[inline(always)]
    pub(crate) fn pointer(&self, at: usize) -> UserAddress {
        UserAddress(self.argument(at))
    }

    /// The flags of a `clone`, `clone3` or `unshare`.
    #[inline(always)]
    pub(crate) fn clone_flags(&self) -> Option<u64> {
        match self.which() {
            Some(Syscall::Clone | Syscall::Unshare) => Some(self.argument(0) & u64::from(u32::MAX)),
            Some(Syscall::Clone3) => self.pointer(0).read(),
            _ => None,
        }
    }

    /// Tells of the event that this call is, with the result.
    #[inline(always)]
    fn tell<const NUMBERS: usize, const TEXTS: usize>(
        &self,
        kind: EventKind,
        fill: impl FnOnce(&Thread, &mut Record<NUMBERS, TEXTS>),
    ) {
        if let Some(thread) = Thread::current() {
            event::tell_of(&thread, kind, Some(told(self.result)), fill);
        }
    }
}
