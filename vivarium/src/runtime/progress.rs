//! How far a future is.

use vivarium_sys::InstanceId;

use crate::runtime::instance;

/// How far a future is, in one word: no one has seen it, or which instance it is, or it is done.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Progress(u64);

impl Progress {
    /// No one has looked yet.
    pub(super) const UNSEEN: Self = Self(0);
    /// There is nothing left in it that could run.
    pub(super) const DONE: Self = Self(u64::MAX);

    /// It is this instance, or unseen where that is none.
    pub(super) const fn of(instance: InstanceId) -> Self {
        Self(instance.0)
    }

    #[inline(always)]
    pub(super) const fn is_done(self) -> bool {
        self.0 == Self::DONE.0
    }

    /// The instance that the future is, from now on if it wasn't one. `None` where it is done.
    pub(super) fn instance(&mut self) -> Option<InstanceId> {
        if self.0 == Self::UNSEEN.0 {
            *self = Self::of(instance::next());
        }
        (!self.is_done()).then_some(InstanceId(self.0))
    }
}
