//! The daemon `vivariumd`.

use std::process::ExitCode;

fn main() -> ExitCode {
    vivarium_daemon::daemon::main()
}
