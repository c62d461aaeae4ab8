//! What is counted, so that nothing is lost silently.

use aya_ebpf::btf_maps::PerCpuArray;
use aya_ebpf::macros::btf_map;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Oddity;
use vivarium_sys::wire::{self, Counts, RecordType};

use crate::atomic;

#[btf_map]
static COUNTS: PerCpuArray<Counts, { wire::COUNTERS as usize }> = PerCpuArray::new();

#[btf_map]
static ODDITIES: PerCpuArray<u64, { Oddity::LIMIT as usize }> = PerCpuArray::new();

/// What became of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is in the ring buffer.
    Submitted,
    /// No session wants it.
    Filtered,
    /// There was no room for it.
    Dropped,
}

/// Counts a record, once, when it is known what became of it.
#[inline(always)]
pub(crate) fn count(record: RecordType, kind: EventKind, outcome: Outcome) {
    let Some(counts) = COUNTS.get_ptr_mut(wire::counter_index(record, kind)) else {
        return;
    };
    // SAFETY: both point into the value of the map.
    unsafe {
        atomic::add(&raw mut (*counts).seen, 1);
        atomic::add(
            match outcome {
                Outcome::Submitted => &raw mut (*counts).submitted,
                Outcome::Filtered => &raw mut (*counts).filtered,
                Outcome::Dropped => &raw mut (*counts).dropped,
            },
            1,
        );
    }
}

/// Counts something that is no event and must not go unsaid.
#[inline(always)]
pub(crate) fn odd(oddity: Oddity) {
    if let Some(count) = ODDITIES.get_ptr_mut(oddity as u32) {
        // SAFETY: it points to the value of the map.
        unsafe { atomic::add(count, 1) };
    }
}
