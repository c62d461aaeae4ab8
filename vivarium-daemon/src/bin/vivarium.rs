//! The command `vivarium`.

use std::process::ExitCode;

fn main() -> ExitCode {
    vivarium_daemon::cli::main()
}
