//! What the sessions want.

use aya_ebpf::btf_maps::Array;
use aya_ebpf::macros::btf_map;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Wanted;

#[btf_map]
static WANTED: Array<Wanted, 1> = Array::new();

/// The sessions that are running, a bit each.
#[inline(always)]
pub(crate) fn sessions() -> u64 {
    WANTED.get(0).map_or(0, |wanted| wanted.sessions)
}

/// Whether results are told of events that come before them.
#[inline(always)]
pub(crate) fn results() -> bool {
    WANTED.get(0).is_some_and(|wanted| wanted.results != 0)
}

/// Whether any session wants events of this kind. By the lifecycle of processes all sessions follow them.
#[inline(always)]
pub(crate) fn wants(kind: EventKind) -> bool {
    matches!(kind, EventKind::PROC_FORK | EventKind::PROC_EXEC | EventKind::PROC_EXIT)
        || WANTED.get(0).is_some_and(|wanted| wanted.wants(kind))
}
