//! How much memory the tree takes, whatever the program does.

/// How many bytes the branches of a tree may take.
const LIMIT: usize = 12 << 20;

/// How many bytes the branches of a tree take.
#[derive(Debug, Default)]
pub(super) struct Budget {
    used: usize,
}

impl Budget {
    /// Whether there is room for more.
    pub(super) const fn has_room(&self) -> bool {
        self.used < LIMIT
    }

    pub(super) const fn take(&mut self, bytes: usize) {
        self.used += bytes;
    }

    pub(super) const fn give_back(&mut self, bytes: usize) {
        self.used = self.used.saturating_sub(bytes);
    }
}
