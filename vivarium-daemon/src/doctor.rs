//! What this kernel and these privileges allow, found out by doing it.

mod check;
mod checkup;
mod daemon;
mod privileges;

pub use check::{BackendCheck, Check, Finding};
pub use checkup::Checkup;
pub use daemon::DaemonCheck;
