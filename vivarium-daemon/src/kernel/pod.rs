//! What the maps hold, as aya wants it: bytes that any process may see.

use aya::Pod;
use vivarium_sys::load::{Adoption, LossKey, SessionSet, ThreadState};
use vivarium_sys::wire::Counts;

/// Defines the values of maps.
macro_rules! values {
    ($($(#[doc = $doc:literal])+ $name:ident($of:ty);)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug)]
        #[repr(transparent)]
        pub(super) struct $name(pub(super) $of);

        // SAFETY: numbers alone, laid out as C does it and without room between them.
        unsafe impl Pod for $name {}
    )+};
}

values! {
    /// Of `ADOPT`.
    AdoptionValue(Adoption);
    /// Of `COUNTS`.
    CountsValue(Counts);
    /// Of `THREADS`.
    ThreadValue(ThreadState);
    /// Of `SETS`.
    SetValue(SessionSet);
    /// A key of `LOSSES`.
    LossKeyValue(LossKey);
}

// A hole would hold bytes of this process that are no one's business.
const _: () = {
    assert!(size_of::<Adoption>() == 8);
    assert!(size_of::<Counts>() == 4 * 8);
    assert!(size_of::<ThreadState>() == 8 + 16 * 4 + 2 * 8 + vivarium_sys::wire::MAX_DEPTH * 16);
    assert!(size_of::<SessionSet>() == 6 * 8);
    assert!(size_of::<LossKey>() == 2 * 8);
};
