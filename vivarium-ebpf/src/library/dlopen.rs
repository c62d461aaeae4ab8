//! Libraries that a program loads by itself.

use aya_ebpf::btf_maps::LruHashMap;
use aya_ebpf::macros::{btf_map, uprobe};
use aya_ebpf::programs::ProbeContext;
use vivarium_sys::event::EventKind;

use super::{argument, fetch, returned, stack, which};
use crate::event;
use crate::own_stack;
use crate::thread::Thread;
use crate::user::UserAddress;

/// How many libraries may be on their way at once: one can load others while it is loaded.
const PENDING: usize = 1024;
/// Where a loaded library has its name: behind its address.
const NAME_AT: u64 = 8;
/// How much of a name is waited for. That of the program itself is empty, and stands where nobody may have looked before.
const NAME_BYTES: u64 = 256;

/// A call, which is over when its stack is as it was.
#[derive(Clone, Copy)]
#[repr(C)]
struct Call {
    thread: u64,
    stack: u64,
}

/// What was asked for.
#[derive(Clone, Copy)]
#[repr(C)]
struct Asked {
    path: u64,
    flags: u64,
}

#[btf_map]
static LIBRARIES: LruHashMap<Call, Asked, PENDING> = LruHashMap::new();

#[uprobe]
fn dlopen_begin(ctx: ProbeContext) -> u32 {
    own_stack::keep(&ctx);
    let Some(thread) = Thread::current() else { return 0 };
    // All are read before any is chosen: the verifier doesn't take a pointer to one of several registers.
    let (first, second, third) = (argument(&ctx, 0), argument(&ctx, 1), argument(&ctx, 2));
    // `dlmopen` has a namespace before the others.
    let (path, flags) = if which(&ctx) == 0 { (first, second) } else { (second, third) };
    let call = Call { thread: thread.ids.thread.into(), stack: stack(&ctx) };
    let _ = LIBRARIES.insert(&call, &Asked { path, flags }, 0);
    0
}

#[uprobe(sleepable)]
fn dlopen_fetch(ctx: ProbeContext) -> u32 {
    let library = returned(&ctx);
    if library != 0 {
        let name = UserAddress(library.wrapping_add(NAME_AT));
        fetch(name, size_of::<u64>() as u64 - 1);
        fetch(UserAddress(name.read().unwrap_or(0)), NAME_BYTES);
    }
    0
}

#[uprobe]
fn dlopen_end(ctx: ProbeContext) -> u32 {
    own_stack::keep(&ctx);
    let Some(thread) = Thread::current() else { return 0 };
    let call = Call { thread: thread.ids.thread.into(), stack: stack(&ctx) };
    let Some(asked) = LIBRARIES.get_ptr(&call) else { return 0 };
    // SAFETY: the map has it, and only the thread itself changes it.
    let Asked { path, flags } = unsafe { asked.read_volatile() };
    let _ = LIBRARIES.remove(&call);
    event::tell_of::<1, 2>(&thread, EventKind::DLOPEN, None, |_, record| {
        record.number(0, flags & u64::from(u32::MAX));
        if path != 0 {
            record.text(0, |room| room.string(UserAddress(path)));
        }
        let library = returned(&ctx);
        if library != 0
            && let Some(name) = UserAddress(library.wrapping_add(NAME_AT)).read()
        {
            record.text(1, |room| room.string(UserAddress(name)));
        }
    });
    0
}
