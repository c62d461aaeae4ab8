//! What is counted, so that nothing is lost silently.

use aya_ebpf::bindings::{BPF_F_NO_PREALLOC, BPF_NOEXIST};
use aya_ebpf::btf_maps::{HashMap, PerCpuArray};
use aya_ebpf::macros::btf_map;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{LossKey, Oddity, SetId};
use vivarium_sys::wire::{self, Counts, RecordType};

use crate::atomic;
use crate::thread::{self, Ids, Thread};

#[btf_map]
static COUNTS: PerCpuArray<Counts, { wire::COUNTERS as usize }> = PerCpuArray::new();

#[btf_map]
static ODDITIES: PerCpuArray<u64, { Oddity::LIMIT as usize }> = PerCpuArray::new();

/// As many sets can lose something.
const MAX_LOSSES: usize = 16 << 10;

/// By the sets to which it was lost, so that each session knows what it lacks.
#[btf_map]
static LOSSES: HashMap<LossKey, u64, MAX_LOSSES, { BPF_F_NO_PREALLOC as usize }> = HashMap::new();

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

/// Counts a record about this thread, once, when it is known what became of it.
#[inline(always)]
pub(crate) fn count(thread: &Thread, record: RecordType, kind: EventKind, outcome: Outcome) {
    let counter = wire::counter_index(record, kind);
    let Some(counts) = COUNTS.get_ptr_mut(counter) else {
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
    if matches!(outcome, Outcome::Dropped) {
        lose(thread.set.id, counter.into());
    }
}

/// Counts something of the running thread that is no event and must not go unsaid.
#[inline(always)]
pub(crate) fn odd(oddity: Oddity) {
    match thread::state(Ids::current().thread) {
        Some(state) => odd_for(state.sessions, oddity),
        None => odd_for(SetId::NONE, oddity),
    }
}

/// The same, for these sessions.
#[inline(always)]
pub(crate) fn odd_for(set: SetId, oddity: Oddity) {
    if let Some(count) = ODDITIES.get_ptr_mut(oddity as u32) {
        // SAFETY: it points to the value of the map.
        unsafe { atomic::add(count, 1) };
    }
    lose(set, LossKey::ODDITY + oddity as u64);
}

/// Counts what is lost to a set of sessions, which happens rarely and is told of in many places.
#[inline(never)]
fn lose(set: SetId, what: u64) {
    let key = LossKey { set, what };
    if LOSSES.get_ptr_mut(&key).is_none() {
        // Another one may be faster, and where there is no room the sum of all sets tells.
        let _ = LOSSES.insert(&key, &0, BPF_NOEXIST.into());
    }
    if let Some(count) = LOSSES.get_ptr_mut(&key) {
        // SAFETY: it points to the value of the map.
        unsafe { atomic::add(count, 1) };
    }
}
