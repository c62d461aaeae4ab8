//! Running a command under observation.

mod command;
mod images;
mod inherited;
mod late;
mod newcomer;
mod observation;
mod observer;
mod program;
mod signals;
mod user;

pub use command::{Launch, RunningCommand, shell_status};
pub use inherited::Inherited;
pub use observation::{ObservationError, Observed};
pub use observer::{End, Observer, ObserverError, ObserverOptions};
pub use program::{ProgramError, Unfit};
pub use signals::{Signals, Wish};
pub use user::{RunAs, UserError};
