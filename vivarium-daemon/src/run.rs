//! Running a command under observation.

mod attacher;
mod barrier;
mod command;
mod execution;
mod gate;
mod images;
mod inherited;
pub(crate) mod late;
pub(crate) mod newcomer;
mod observation;
mod observer;
mod program;
mod remote;
mod script;
mod signals;
mod untold;
mod user;

pub use command::{Launch, RunningCommand, shell_status};
pub use gate::{GateError, can_hold};
pub use inherited::Inherited;
pub use observation::{ObservationError, Observed};
pub use observer::{AtExec, End, Observer, ObserverError, ObserverOptions};
pub use program::{ProgramError, Unfit};
pub use remote::{RemoteObserver, RemoteOptions};
pub use signals::{Signals, Wish};
pub use user::{RunAs, UserError};
