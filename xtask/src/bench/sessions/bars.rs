//! What must hold.

use std::fmt;

/// A bar, and what was measured against it.
pub(super) struct Bar {
    what: String,
    /// Nothing where what was measured is only told.
    limit: Option<f64>,
    measured: f64,
    unit: &'static str,
}

impl Bar {
    /// It must be below this.
    pub(super) fn below(limit: f64, measured: f64, unit: &'static str, what: impl Into<String>) -> Self {
        Self { what: what.into(), limit: Some(limit), measured, unit }
    }

    /// There must be none.
    pub(super) fn none(count: usize, what: impl Into<String>) -> Self {
        Self::below(1.0, count as f64, "", what)
    }

    /// It is only told.
    pub(super) fn told(measured: f64, unit: &'static str, what: impl Into<String>) -> Self {
        Self { what: what.into(), limit: None, measured, unit }
    }

    pub(super) fn holds(&self) -> bool {
        self.limit.is_none_or(|limit| self.measured < limit)
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.limit {
            None => "",
            Some(_) if self.holds() => "holds",
            Some(_) => "FAILS",
        };
        let digits = match self.unit {
            "" => 0,
            "MiB" => 2,
            _ => 1,
        };
        let shown = |value: f64| format!("{value:.digits$} {}", self.unit).trim_end().to_owned();
        let limit = self.limit.map(|limit| format!("(below {})", shown(limit))).unwrap_or_default();
        write!(f, "{word:<5}  {:>14}  {limit:<18}  {}", shown(self.measured), self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_holds_below_its_limit_and_none_means_none() {
        assert!(Bar::below(2.0, 1.9, "MiB", "it").holds());
        assert!(!Bar::below(2.0, 2.0, "MiB", "it").holds());
        assert!(!Bar::below(2.0, f64::NAN, "MiB", "what was not measured").holds());
        assert!(Bar::none(0, "it").holds() && !Bar::none(1, "it").holds());
        assert!(Bar::told(9.0, "MiB", "it").holds());
    }
}
