//! Programs of the host that the harness calls and waits for.

use std::io;
use std::process::{Command, ExitStatus, Stdio};

/// Why a program of the host did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HostCommandError {
    /// The program could not be started at all.
    #[error("cannot start `{program}`; install it with `apt-get install {package}`")]
    NotStarted { program: String, package: &'static str, source: io::Error },
    /// The program ran and said that it failed.
    #[error("`{command}` ended with {status}:\n{stderr}")]
    Failed { command: String, status: ExitStatus, stderr: String },
}

/// Runs `command`, a program of the Debian package `package`, to its end, and gives what it wrote to its standard output.
pub(crate) fn output_of(command: &mut Command, package: &'static str) -> Result<Vec<u8>, HostCommandError> {
    let output = command.stdin(Stdio::null()).output().map_err(|source| HostCommandError::NotStarted {
        program: command.get_program().to_string_lossy().into_owned(),
        package,
        source,
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(HostCommandError::Failed {
        command: shown(command),
        status: output.status,
        stderr: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
    })
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_standard_output() {
        let output = output_of(Command::new("echo").arg("hello"), "coreutils").unwrap();
        assert_eq!(output, b"hello\n");
    }

    #[test]
    fn a_failure_shows_the_command_and_its_complaint() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo no luck >&2; exit 3"]);
        let message = output_of(&mut command, "dash").unwrap_err().to_string();
        assert!(message.contains("exit 3"), "{message}");
        assert!(message.contains("exit status: 3"), "{message}");
        assert!(message.contains("no luck"), "{message}");
    }

    #[test]
    fn a_missing_program_names_the_package_to_install() {
        let mut command = Command::new("no-such-program-anywhere");
        let message = output_of(&mut command, "some-package").unwrap_err().to_string();
        assert!(message.contains("apt-get install some-package"), "{message}");
    }
}
