//! Why a program that can be preempted asks for the stack of the running task.
//!
//! Since Linux 6.13 a program of the kprobe family, which those at probe sites are of, has its stack in memory of the
//! processor. That is safe where nothing runs in between, as under a kprobe. Under a uprobe the task can be preempted, and
//! another one that comes to the same probe on the same processor then overwrites what the first one had on its stack,
//! saved pointers among it: the kernel of 7.2 panics within a minute. A program that could call another one by tail call
//! stays on the stack of the task. The call is in the program and never made; the verifier, which knows that, removes it.

use aya_ebpf::Global;
use aya_ebpf::macros::map;
use aya_ebpf::maps::ProgramArray;
use aya_ebpf::programs::ProbeContext;

/// Nobody sets it.
#[unsafe(no_mangle)]
static MAY_CALL_ANOTHER: Global<u32> = Global::new(0);

/// Empty.
#[map]
static ANOTHER: ProgramArray = ProgramArray::with_max_entries(1, 0);

/// Keeps the program that calls this on the stack of the running task. The first thing that each uprobe does.
#[inline(always)]
pub(crate) fn keep(ctx: &ProbeContext) {
    if MAY_CALL_ANOTHER.load() != 0 {
        // SAFETY: never reached; and if it were, no value lives that would have to be dropped.
        unsafe { ANOTHER.tail_call(ctx, 0) };
    }
}
