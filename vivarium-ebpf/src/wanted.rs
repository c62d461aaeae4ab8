//! What the sessions want.

use aya_ebpf::btf_maps::Array;
use aya_ebpf::macros::btf_map;
use vivarium_sys::load::{self, SessionSet, SetId};

#[btf_map]
static SETS: Array<SessionSet, { load::SETS as usize }> = Array::new();

/// What the sessions of a set want together, as long as there are any.
#[inline(always)]
pub(crate) fn set(id: SetId) -> Option<&'static SessionSet> {
    SETS.get(id.index()).filter(|set| set.id == id && id != SetId::NONE)
}
