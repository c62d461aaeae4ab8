//! The one way out of the kernel: a ring buffer of records.

use core::ffi::c_void;

use aya_ebpf::Global;
use aya_ebpf::bindings::{BPF_RB_AVAIL_DATA, BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP};
use aya_ebpf::btf_maps::RingBuf;
use aya_ebpf::helpers::{bpf_ringbuf_output, bpf_ringbuf_query, bpf_ringbuf_reserve, bpf_ringbuf_submit};
use aya_ebpf::macros::btf_map;

use crate::counts::Outcome;

/// The size of the ring unless the loader chooses another one.
const DEFAULT_BYTES: usize = 16 << 20;

#[btf_map]
static RECORDS: RingBuf<u8, DEFAULT_BYTES> = RingBuf::new();

/// The reader is woken when so many bytes are waiting.
#[unsafe(no_mangle)]
static WAKE_BYTES: Global<u64> = Global::new(DEFAULT_BYTES as u64 / 4);

/// The map, for a helper.
#[inline(always)]
fn ring() -> *mut c_void {
    (&raw const RECORDS).cast_mut().cast()
}

/// Whether to wake the reader: only by the record that makes the waiting ones too many, since waking costs more than the
/// record does. Below that, the reader comes by itself.
#[inline(always)]
fn wakeup(bytes: u64) -> u64 {
    // SAFETY: the map is a ring buffer.
    let waiting = unsafe { bpf_ringbuf_query(ring(), BPF_RB_AVAIL_DATA.into()) };
    let limit = WAKE_BYTES.load();
    if waiting < limit && waiting + bytes >= limit { BPF_RB_FORCE_WAKEUP.into() } else { BPF_RB_NO_WAKEUP.into() }
}

/// Sends a record of fixed size that `fill` writes in place.
#[inline(always)]
pub(crate) fn send<T>(fill: impl FnOnce(*mut T)) -> Outcome {
    // SAFETY: the map is a ring buffer, and what it reserved is submitted in any case.
    unsafe {
        let wakeup = wakeup(size_of::<T>() as u64);
        let room = bpf_ringbuf_reserve(ring(), size_of::<T>() as u64, 0).cast::<T>();
        if room.is_null() {
            return Outcome::Dropped;
        }
        fill(room);
        bpf_ringbuf_submit(room.cast(), wakeup);
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
    let error = unsafe { bpf_ringbuf_output(ring(), record.cast_mut().cast(), bytes, wakeup(bytes)) };
    if error == 0 { Outcome::Submitted } else { Outcome::Dropped }
}
