//! What this kernel and these privileges allow, found out by doing it.

mod check;
mod checkup;
mod privileges;

pub use check::{BackendCheck, Check, Finding};
pub use checkup::Checkup;
