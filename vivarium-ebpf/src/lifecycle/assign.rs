//! Who observes a thread that is running already: decided in the kernel, for the thread changes its state meanwhile.

use core::ffi::c_void;

use vivarium_sys::load::{Assigned, Assignment, SetId, ThreadFlags, ThreadState};

use crate::atomic;
use crate::thread;
use crate::wanted;

/// What is known of a thread that comes to be observed, until the rest is told.
static FOUND: ThreadState = ThreadState::new(0, SetId::NONE, ThreadFlags::PENDING);

/// Run on demand; the answer is the return value, which the macro for such programs would throw away.
#[unsafe(no_mangle)]
#[unsafe(link_section = "raw_tp/sys_enter")]
extern "C" fn assign(ctx: *mut c_void) -> i32 {
    let given = ctx.cast::<Assignment>();
    // SAFETY: the context of such a program has room for a dozen numbers, and whoever runs it gives these.
    let Assignment { thread, process, before, after, flags } = unsafe {
        Assignment {
            thread: (&raw const (*given).thread).read_volatile(),
            process: (&raw const (*given).process).read_volatile(),
            before: (&raw const (*given).before).read_volatile(),
            after: (&raw const (*given).after).read_volatile(),
            flags: (&raw const (*given).flags).read_volatile(),
        }
    };
    assign_to(thread as u32, process as u32, before, after, ThreadFlags(flags as u32)) as i32
}

#[inline(always)]
fn assign_to(thread: u32, process: u32, before: SetId, after: SetId, flags: ThreadFlags) -> Assigned {
    if let Some(state) = thread::state(thread) {
        if state.sessions == before && wanted::set(before).is_none() {
            // Nobody has followed it for a while: where it was then says nothing of where it is.
            state.begin_unseen(process, flags);
        }
        let sessions = (&raw mut state.sessions).cast::<u64>();
        // SAFETY: it points into the value of the map.
        let changed = unsafe { atomic::replace(sessions, before.0, after.0) };
        return if changed { Assigned::Done } else { Assigned::Changed };
    }
    if before != SetId::NONE {
        return Assigned::Changed;
    }
    match thread::insert_new(thread, &FOUND) {
        // Nobody sees anything of it until the flags are set.
        Some(state) => {
            state.process = process;
            state.sessions = after;
            state.flags = flags;
            Assigned::Done
        }
        None if thread::state(thread).is_some() => Assigned::Changed,
        None => Assigned::Full,
    }
}
