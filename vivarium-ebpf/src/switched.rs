//! Sites that are switched off and on while somebody observes.
//!
//! What is attached to many sites cannot be detached from some of them: the others are attached to once more before, so that
//! none of their hits is missed, and for a while each of those is told of twice.

use aya_ebpf::bindings::BPF_F_NO_PREALLOC;
use aya_ebpf::btf_maps::HashMap;
use aya_ebpf::macros::btf_map;
use vivarium_sys::SiteId;
use vivarium_sys::load::TWICE;

/// As many sites can have been off at some time.
const MAX_SITES: usize = 1 << 16;

#[btf_map]
static SWITCHED: HashMap<u64, u32, MAX_SITES, { BPF_F_NO_PREALLOC as usize }> = HashMap::new();

/// Whether a hit may be told of twice.
#[inline(always)]
pub(crate) fn are_told_twice() -> bool {
    is_there(TWICE)
}

/// Whether spans of a site may have started unseen.
#[inline(always)]
pub(crate) fn was_off(site: SiteId) -> bool {
    is_there(site.0)
}

#[inline(always)]
fn is_there(entry: u64) -> bool {
    SWITCHED.get_ptr(&entry).is_some()
}
