//! Marked functions that other crates call, and one that they make several functions of.

/// The largest of some values. Each crate that calls it makes its own copies.
#[vivarium::observe]
pub fn largest<T: PartialOrd + Copy>(of: &[T]) -> Option<T> {
    of.iter().copied().reduce(|one, other| if other > one { other } else { one })
}

/// Amounts, one after the other.
#[derive(Default)]
pub struct Ledger {
    amounts: Vec<i64>,
}

#[vivarium::observe]
impl Ledger {
    /// Adds an amount.
    pub fn enter(&mut self, amount: i64) {
        self.amounts.push(amount);
    }

    /// The sum.
    pub fn balance(&self) -> i64 {
        self.amounts.iter().sum()
    }
}

/// No one calls it, so that its site lasts only where the linker keeps everything.
#[vivarium::observe]
pub fn forgotten(number: u64) -> u64 {
    number.rotate_left(7)
}
