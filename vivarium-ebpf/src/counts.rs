//! What is counted, so that nothing is lost silently.

use aya_ebpf::bindings::{BPF_F_NO_PREALLOC, BPF_NOEXIST};
use aya_ebpf::btf_maps::{HashMap, PerCpuArray};
use aya_ebpf::macros::btf_map;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{LossKey, Oddity, SetId};
use vivarium_sys::wire::{self, Counts, RecordType};

use crate::atomic;
use crate::preemption::{Preempted, Preemption};
use crate::ring;
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
    count_by::<Preempted>(thread, record, kind, outcome);
}

/// The same, in a program that runs so.
#[inline(always)]
pub(crate) fn count_by<P: Preemption>(thread: &Thread, record: RecordType, kind: EventKind, outcome: Outcome) {
    let counter = wire::counter_index(record, kind);
    let Some(counts) = COUNTS.get_ptr_mut(counter) else {
        return;
    };
    // SAFETY: both point into the value of the map.
    unsafe {
        P::add_one(&raw mut (*counts).seen);
        let counter = match outcome {
            Outcome::Submitted => &raw mut (*counts).submitted,
            Outcome::Filtered => &raw mut (*counts).filtered,
            Outcome::Dropped => &raw mut (*counts).dropped,
        };
        P::add_one(counter);
    }
    match outcome {
        // SAFETY: it points into the value of the map.
        Outcome::Submitted => ring::after(unsafe { (&raw const (*counts).submitted).read_volatile() }),
        Outcome::Filtered => (),
        Outcome::Dropped => {
            lose(thread.set.id.0, counter.into(), 1);
        }
    }
}

/// Counts something of the running thread that is no event and must not go unsaid.
#[inline(always)]
pub(crate) fn odd(oddity: Oddity) {
    count_odd(oddity as u32, 1);
}

/// Takes back what was counted, or will be.
#[inline(always)]
pub(crate) fn even(oddity: Oddity) {
    count_odd(oddity as u32, BACK);
}

/// What brings a count, which wraps, down by one.
const BACK: u64 = u64::MAX;

/// Counts an oddity of the running thread.
///
/// The verifier sees a function that anyone could call by itself, once for all who do.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn count_odd(oddity: u32, by: u64) -> u32 {
    match thread::state(Ids::current().thread) {
        Some(state) => count_odd_for(state.sessions, oddity, by),
        None => count_odd_for(SetId::NONE, oddity, by),
    }
    0
}

/// The same, for these sessions.
#[inline(always)]
pub(crate) fn odd_for(set: SetId, oddity: Oddity) {
    count_odd_for(set, oddity as u32, 1);
}

#[inline(always)]
fn count_odd_for(set: SetId, oddity: u32, by: u64) {
    if let Some(count) = ODDITIES.get_ptr_mut(oddity) {
        // SAFETY: it points to the value of the map.
        unsafe { atomic::add(count, by) };
    }
    lose(set.0, LossKey::ODDITY + u64::from(oddity), by);
}

/// Counts what is lost to a set of sessions, which happens rarely and is told of in many places.
///
/// The verifier sees a function that anyone could call by itself, once for all who do.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn lose(set: u64, what: u64, by: u64) -> u32 {
    let key = LossKey { set: SetId(set), what };
    if LOSSES.get_ptr_mut(&key).is_none() {
        // Another one may be faster, and where there is no room the sum of all sets tells.
        let _ = LOSSES.insert(&key, &0, BPF_NOEXIST.into());
    }
    if let Some(count) = LOSSES.get_ptr_mut(&key) {
        // SAFETY: it points to the value of the map.
        unsafe { atomic::add(count, by) };
    }
    0
}
