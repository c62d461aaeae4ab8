//! The breakpoints: a handler that writes down what the registers hold.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use vivarium_sys::probe::{Probe, RaiseKind, StartFlags, StopFlags};

use crate::observer::event::{Event, Text, What};
use crate::observer::log;
use crate::observer::own_probes::own_probes;

/// From now on breakpoints in this process are written down.
pub(super) fn catch() {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: all zero is a valid sigaction; the handler only reads registers, and writes to the log.
    unsafe {
        let action = action.assume_init_mut();
        action.sa_sigaction = handle as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
        libc::sigaction(libc::SIGTRAP, action, ptr::null_mut());
    }
}

extern "C" fn handle(_: c_int, _: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel gives the handler of a signal with SA_SIGINFO the context that it interrupted.
    let context = unsafe { &*context.cast::<libc::ucontext_t>() };
    let register = |number: c_int| context.uc_mcontext.gregs[number as usize].cast_unsigned();
    let instruction = register(libc::REG_RIP) - 1;
    let small = |number: c_int| register(number) as u32;
    // SAFETY: at a probe, these registers hold the addresses of C strings.
    let text = |number: c_int| unsafe { Text::read(register(number)) };
    let what = match own_probes().kind_at(instruction) {
        Some(Probe::Start) => What::Start { flags: StartFlags(small(libc::REG_RDX)), name: text(libc::REG_RCX) },
        Some(Probe::Stop) => What::Stop { flags: StopFlags(small(libc::REG_RDX)) },
        Some(Probe::Raise) => What::Raise {
            kind: RaiseKind::from_number(small(libc::REG_RDX)).unwrap_or(RaiseKind::Panic),
            message: text(libc::REG_RCX),
            file: text(libc::REG_R8),
            line: small(libc::REG_R9),
        },
        None => return,
    };
    // SAFETY: neither has preconditions.
    let (process, thread) = unsafe { (libc::getpid(), libc::gettid()) };
    let (instance, site) = (register(libc::REG_RDI), register(libc::REG_RSI));
    log::shared().push(Event { process, thread, instance, site, what });
}
