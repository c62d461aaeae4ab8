//! An observer in the process that it observes, for tests that want every event and its order.
//!
//! It does what the kernel does for a tracer: it raises the semaphores that the notes in the ELF file locate, and puts a
//! breakpoint on the first instruction of each probe. That instruction does nothing, so that a handler for the trap only has
//! to write down the registers and return. The log is memory that forked children share.

mod event;
mod log;
mod own_probes;
mod trap;

use std::sync::Mutex;

pub use event::{Event, Text, Trace, What};

use crate::observer::own_probes::own_probes;

/// One test at a time, since the probes are the whole process's.
static TURN: Mutex<()> = Mutex::new(());

/// Runs `program` while each site of this process is observed, and gives what was seen.
pub fn observe(program: impl FnOnce()) -> Trace {
    let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let probes = own_probes();
    let log = log::shared();
    trap::catch();
    let from = log.length();
    probes.attach();
    program();
    probes.detach();
    Trace::new(log.events(from))
}

/// Runs `program` twice: while no one looks, and while each site of this process is observed.
pub fn unobserved_and_observed(program: impl Fn()) {
    {
        let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        program();
    }
    let trace = observe(&program);
    assert!(!trace.events.is_empty(), "nothing was observed: the test would prove nothing");
}

/// A part of the program during which nothing is observed, as after an observer has gone.
pub fn detached<R>(part: impl FnOnce() -> R) -> R {
    let probes = own_probes();
    probes.detach();
    let result = part();
    probes.attach();
    result
}
