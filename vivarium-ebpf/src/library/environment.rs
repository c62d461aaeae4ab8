//! The environment of a process, as the C library gets at it. The key is told, never the value.

use aya_ebpf::btf_maps::LruHashMap;
use aya_ebpf::helpers::generated::bpf_probe_read_user_str;
use aya_ebpf::macros::{btf_map, uprobe};
use aya_ebpf::programs::ProbeContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::{MAX_TEXT_BYTES, TextLength};

use super::search::{bytes_before, first};
use super::{argument, fetch, place, stack, which};
use crate::bounds::below;
use crate::event;
use crate::own_stack;
use crate::record::Room;
use crate::text::CString as _;
use crate::thread::Thread;
use crate::user::UserAddress;

/// How much of a key is told, with a zero byte.
const KEY_BYTES: u32 = 256;
/// `putenv`, whose key is followed by a value.
const PUT: u64 = 4;
/// `clearenv`, which has no key.
const CLEAR: u64 = 5;
/// `getenv`, and `secure_getenv`, which becomes it without a call.
const GET: u64 = 0;
const SECURE_GET: u64 = 1;
/// How long the code of one of them is at most.
const CODE_BYTES: u64 = 1024;
/// How many threads are remembered.
const THREADS: usize = 1024;

/// The last call of a thread.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C)]
struct Last {
    key: u64,
    call: u64,
    /// Where the function stands.
    place: u64,
    /// Where it returns to.
    back: u64,
    stack: u64,
}

#[btf_map]
static LAST_CALLS: LruHashMap<u32, Last, THREADS> = LruHashMap::new();

#[uprobe(sleepable)]
fn env_fetch(ctx: ProbeContext) -> u32 {
    if which(&ctx) != CLEAR {
        fetch(UserAddress(argument(&ctx, 0)), KEY_BYTES.into());
    }
    0
}

#[uprobe]
fn env_access(ctx: ProbeContext) -> u32 {
    own_stack::keep(&ctx);
    let Some(thread) = Thread::current() else { return 0 };
    let call = which(&ctx);
    let key = if call == CLEAR { 0 } else { argument(&ctx, 0) };
    let stack = stack(&ctx);
    let now = Last { key, call, place: place(&ctx), back: UserAddress(stack).read().unwrap_or(0), stack };
    if is_part_of_last(&thread, now) {
        return 0;
    }
    let _ = LAST_CALLS.insert(&thread.ids.thread, &now, 0);
    let key = UserAddress(key);
    event::tell_of::<1, 1>(&thread, EventKind::ENV_ACCESS, None, |_, record| {
        record.number(0, call);
        if call != CLEAR {
            record.text(0, |room| room.key(key, call));
        }
    });
    0
}

/// Whether another of these functions calls this one to do its work.
#[inline(always)]
fn is_part_of_last(thread: &Thread, now: Last) -> bool {
    let Some(last) = LAST_CALLS.get_ptr(&thread.ids.thread) else { return false };
    // SAFETY: the map has it, and only the thread itself changes it.
    let last = unsafe { last.read_volatile() };
    let is_within = now.back.wrapping_sub(last.place) < CODE_BYTES;
    // Whoever is become without a call returns to where the other one would have.
    let is_become = last.call == SECURE_GET && now.call == GET && last.back == now.back && last.stack == now.stack;
    let is_part = last.call != now.call && last.key == now.key && (is_within || is_become);
    if is_part {
        // Only once: later the function may be called from there.
        let _ = LAST_CALLS.remove(&thread.ids.thread);
    }
    is_part
}

/// How many bytes come before the first `=` at this place of a slot, of as many as are told of a key; all of them without one.
///
/// The verifier sees a function that anyone could call by itself: it would follow what comes after in each way that leads here.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn before_equals(index: u32, start: u32) -> u64 {
    let Some(room) = Room::at(index, start) else { return KEY_BYTES.into() };
    // SAFETY: there is room for so much.
    unsafe { bytes_before(room.start(), KEY_BYTES as usize / 8, |word| first(word, b'=')) }
}

impl Room {
    /// Takes a C string up to the first `=`.
    #[inline(always)]
    fn key(self, key: UserAddress, call: u64) -> TextLength {
        // SAFETY: there is room for so much.
        let read = unsafe { bpf_probe_read_user_str(self.start().cast(), KEY_BYTES, key.pointer()) };
        if read < 0 {
            return self.unreadable();
        }
        let length = (read as u64).saturating_sub(1);
        // What comes after the end of the key counts for nothing.
        let before = before_equals(self.index, self.start);
        let kept = below::<KEY_BYTES>(if before < length { before as u32 } else { length as u32 });
        if kept < KEY_BYTES - 1 {
            return TextLength { kept, whole: kept };
        }
        let rest = key.after(kept);
        match rest.read::<u8>() {
            Some(0 | b'=') => return TextLength { kept, whole: kept },
            // How long it is without the value that follows, nobody looks.
            Some(_) if call == PUT => return TextLength::UNKNOWN,
            _ => (),
        }
        // One read goes as far as a text does, which is far enough.
        // SAFETY: behind what is kept there is room for another text. This one alone is told.
        let read = unsafe { rest.copy(self.start().add(KEY_BYTES as usize).cast(), MAX_TEXT_BYTES as u32) };
        if read < 0 {
            return self.unreadable();
        }
        TextLength { kept, whole: kept + (read as u32).saturating_sub(1) }
    }
}
