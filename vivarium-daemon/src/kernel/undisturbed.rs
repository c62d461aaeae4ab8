//! Maps that are used without letting another task in between.

use super::sys::Ahead;

/// A map, or some of them. While it is used nobody's programs are skipped for that: see [`Ahead`].
#[derive(Debug)]
pub(super) struct Undisturbed<M>(M);

impl<M> Undisturbed<M> {
    pub(super) fn new<E>(map: impl TryInto<M, Error = E>) -> Result<Self, E> {
        map.try_into().map(Self)
    }

    /// Asks it.
    pub(super) fn ask<R>(&self, what: impl FnOnce(&M) -> R) -> R {
        let _ahead = Ahead::of_others();
        what(&self.0)
    }

    /// Changes it.
    pub(super) fn change<R>(&mut self, how: impl FnOnce(&mut M) -> R) -> R {
        let _ahead = Ahead::of_others();
        how(&mut self.0)
    }
}
