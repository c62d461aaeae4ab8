//! Room to build records in.
//!
//! A program can be preempted on some kernels, and another one run on the same processor meanwhile, so room is claimed and
//! given back. Threads begin to look at different places, which stay in the cache of the processor that they run on. Programs
//! that nothing preempts have a place of their own on each processor.

use aya_ebpf::Global;
use aya_ebpf::btf_maps::Array;
use aya_ebpf::helpers::bpf_get_smp_processor_id;
use aya_ebpf::macros::btf_map;
use vivarium_sys::load::Oddity;
use vivarium_sys::wire::{MAX_RECORD_BYTES, MAX_TEXT_BYTES};

use crate::atomic;
use crate::counts::odd;
use crate::path::{Ascent, Walk};

/// How many there are unless the loader chooses another number.
const DEFAULT_SLOTS: usize = 64;
/// How many are tried before a record is dropped.
const TRIES: u32 = 16;
/// What may be written beyond a text before it is cut: the longest name that a directory holds.
pub(crate) const SLACK: usize = 256;

/// How much room there is for a path.
pub(crate) const PATH_BYTES: usize = MAX_TEXT_BYTES + SLACK;

/// Room for one record.
#[repr(C)]
pub(crate) struct Slot {
    claimed: u64,
    /// The record; the room after it satisfies the verifier, which adds up the greatest lengths of all parts.
    pub(crate) record: [u8; MAX_RECORD_BYTES + MAX_TEXT_BYTES],
    /// A walk to the root of the file system.
    pub(crate) walk: Walk,
    /// The first steps of one.
    pub(crate) ascent: Ascent,
    /// A path, which is built from its end, or anything else of this size.
    pub(crate) path: [u8; PATH_BYTES],
}

#[btf_map]
static SCRATCH: Array<Slot, DEFAULT_SLOTS> = Array::new();

/// How many slots there are that are claimed, less one. Those of the processors follow.
#[unsafe(no_mangle)]
static SCRATCH_MASK: Global<u32> = Global::new(DEFAULT_SLOTS as u32 - 1);

/// The slot of this index.
#[inline(always)]
pub(crate) fn slot(index: u32) -> Option<*mut Slot> {
    SCRATCH.get_ptr_mut(index)
}

/// Claims a slot for a thread, until it is released.
#[inline(always)]
pub(crate) fn claim(thread: u32) -> Option<u32> {
    let index = claim_slot(thread);
    (index != NO_SLOT).then_some(index)
}

/// The slot of this processor, for programs that nothing preempts.
#[inline(always)]
pub(crate) fn of_this_processor() -> u32 {
    // SAFETY: the helper takes nothing.
    SCRATCH_MASK.load() + 1 + unsafe { bpf_get_smp_processor_id() }
}

/// Instead of an index: all slots that were tried are claimed by others.
const NO_SLOT: u32 = u32::MAX;

/// Claims a slot for a thread.
///
/// The verifier sees a function that anyone could call by itself, once for all who do: to it, one slot is as good as another.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn claim_slot(thread: u32) -> u32 {
    for at in 0..TRIES {
        let index = thread.wrapping_add(at) & SCRATCH_MASK.load();
        let Some(slot) = slot(index) else {
            break;
        };
        // SAFETY: it points into the value of the map.
        if unsafe { atomic::claim(&raw mut (*slot).claimed) } {
            return index;
        }
    }
    odd(Oddity::ScratchExhausted);
    NO_SLOT
}

/// Gives a slot back that was claimed.
#[inline(always)]
pub(crate) fn release(index: u32) {
    if let Some(slot) = slot(index) {
        // SAFETY: it points into the value of the map, and whoever claimed it is done. Processors keep the order of stores
        // that other processors see on x86-64.
        unsafe { (&raw mut (*slot).claimed).write_volatile(0) };
    }
}
