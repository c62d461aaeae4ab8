//! The way out of the kernel that every record may take: a ring buffer.

use core::ffi::c_void;

use aya_ebpf::Global;
use aya_ebpf::bindings::{BPF_RB_AVAIL_DATA, BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP};
use aya_ebpf::btf_maps::RingBuf;
use aya_ebpf::helpers::{
    bpf_ktime_get_ns, bpf_ringbuf_discard, bpf_ringbuf_output, bpf_ringbuf_query, bpf_ringbuf_reserve,
    bpf_ringbuf_submit,
};
use aya_ebpf::macros::btf_map;

use crate::counts::Outcome;

/// The size of the ring unless the loader chooses another one.
const DEFAULT_BYTES: usize = 16 << 20;

#[btf_map]
static RECORDS: RingBuf<u8, DEFAULT_BYTES> = RingBuf::new();

/// The reader is woken when so many bytes are waiting: a power of two.
#[unsafe(no_mangle)]
static WAKE_BYTES: Global<u64> = Global::new(DEFAULT_BYTES as u64 / 4);

/// The map, for a helper.
#[inline(always)]
fn ring() -> *mut c_void {
    (&raw const RECORDS).cast_mut().cast()
}

/// Of so many records of a kind, one looks whether the reader has to be woken: a power of two.
const SELDOM: u64 = 16;
/// So far beyond a multiple of [`WAKE_BYTES`] it is woken, but not all the way to the next.
const WINDOW: u64 = 16 << 10;

/// Wakes the reader when too many records are waiting; below that, it comes by itself. To be called after each record, with
/// how many there have been: to look every time would cost a tenth of what a record does, and waking costs more than one.
#[inline(always)]
pub(crate) fn after(records: u64) {
    if records & (SELDOM - 1) == 0 {
        wake_reader();
    }
}

/// The verifier sees a function that anyone could call by itself, once for all who do.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn wake_reader() -> u32 {
    // SAFETY: the map is a ring buffer, and what is reserved is given back.
    unsafe {
        let waiting = bpf_ringbuf_query(ring(), BPF_RB_AVAIL_DATA.into());
        let limit = WAKE_BYTES.load();
        if waiting < limit || waiting & (limit - 1) >= WINDOW {
            return 0;
        }
        // There is no other way to wake anyone than to give something back.
        let room = bpf_ringbuf_reserve(ring(), size_of::<u64>() as u64, 0);
        if !room.is_null() {
            bpf_ringbuf_discard(room, BPF_RB_FORCE_WAKEUP.into());
        }
    }
    0
}

/// Sends a record of fixed size that `fill` writes in place, and that is from the time it is given.
///
/// That is taken before there is room: the reader knows then that what led to a record has an earlier place in the ring than
/// whatever has a later time.
#[inline(always)]
pub(crate) fn send<T>(fill: impl FnOnce(*mut T, u64)) -> Outcome {
    // SAFETY: the map is a ring buffer, and what it reserved is submitted in any case.
    unsafe {
        let now = bpf_ktime_get_ns();
        let room = bpf_ringbuf_reserve(ring(), size_of::<T>() as u64, 0).cast::<T>();
        if room.is_null() {
            return Outcome::Dropped;
        }
        fill(room, now);
        bpf_ringbuf_submit(room.cast(), BPF_RB_NO_WAKEUP.into());
    }
    Outcome::Submitted
}

/// Sends a record that was built elsewhere.
///
/// # Safety
///
/// `bytes` bytes can be read at `record`.
#[inline(always)]
pub(crate) unsafe fn send_copy(record: *const u8, bytes: u64) -> Outcome {
    // SAFETY: the map is a ring buffer; for the record, the caller's promise.
    let error = unsafe { bpf_ringbuf_output(ring(), record.cast_mut().cast(), bytes, BPF_RB_NO_WAKEUP.into()) };
    if error == 0 { Outcome::Submitted } else { Outcome::Dropped }
}
