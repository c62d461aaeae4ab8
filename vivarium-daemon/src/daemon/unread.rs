//! How much the clients of one user leave unread, together.

use std::cell::Cell;
use std::rc::Rc;

/// How many bytes wait for the clients of one user.
#[derive(Clone, Debug, Default)]
pub(super) struct Unread(Rc<Cell<usize>>);

impl Unread {
    /// How many they are.
    pub(super) fn bytes(&self) -> usize {
        self.0.get()
    }

    /// So many waited for one of them, and now so many do.
    pub(super) fn change(&self, from: usize, to: usize) {
        self.0.set(self.0.get() - from + to);
    }
}
