//! A program that a guest runs, and the shell script that runs it there.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// Where a program's standard error goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorOutput {
    /// Among its standard output, in the order of writing.
    Merged,
    /// Apart from it.
    Apart,
}

/// A program of a guest, with all that it is started with.
#[derive(Debug, Clone)]
pub(crate) struct GuestProgram {
    /// Its path in the guest.
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(OsString, OsString)>,
    pub(crate) directory: PathBuf,
    pub(crate) errors: ErrorOutput,
}

/// A word with a zero byte in it, which no command line can hold.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} holds a zero byte, which no command line can")]
pub(crate) struct ZeroByte(OsString);

impl GuestProgram {
    /// The script that becomes the program. Its file descriptor 4 is the channel of errors.
    pub(super) fn script(&self) -> Result<Vec<u8>, ZeroByte> {
        let mut script = Vec::new();
        for (name, value) in &self.environment {
            script.extend(b"export ");
            script.extend(name.as_bytes());
            script.push(b'=');
            script.extend(quoted(value)?);
            script.push(b'\n');
        }
        script.extend(b"cd ");
        script.extend(quoted(self.directory.as_os_str())?);
        script.extend(b" || exit 126\nexec ");
        script.extend(quoted(self.path.as_os_str())?);
        for argument in &self.arguments {
            script.push(b' ');
            script.extend(quoted(argument)?);
        }
        script.extend(match self.errors {
            ErrorOutput::Merged => &b" 2>&1 4>&-\n"[..],
            ErrorOutput::Apart => b" 2>&4 4>&-\n",
        });
        Ok(script)
    }
}

fn quoted(word: &OsStr) -> Result<Vec<u8>, ZeroByte> {
    match shlex::bytes::try_quote(word.as_bytes()) {
        Ok(quoted) => Ok(quoted.into_owned()),
        Err(_) => Err(ZeroByte(word.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn program(path: &str, arguments: &[&str]) -> GuestProgram {
        GuestProgram {
            path: path.into(),
            arguments: arguments.iter().map(OsString::from).collect(),
            environment: vec![("GREETING".into(), "it's $HOME; `now`".into())],
            directory: "/tmp".into(),
            errors: ErrorOutput::Merged,
        }
    }

    #[test]
    fn a_shell_sees_every_word_as_it_was_given() {
        let words = ["%s|%s|%s|%s", "two words", "", "quo'te\"s", "new\nline $HOME"];
        let script = program("printf", &words).script().unwrap();
        let output = Command::new("sh").arg("-c").arg(OsStr::from_bytes(&script)).output().unwrap();
        assert_eq!(output.stdout, b"two words||quo'te\"s|new\nline $HOME");
    }

    #[test]
    fn the_environment_and_the_directory_are_set() {
        let script = program("sh", &["-c", "echo \"$GREETING\"; pwd; echo oops >&2"]).script().unwrap();
        let output = Command::new("sh").arg("-c").arg(OsStr::from_bytes(&script)).output().unwrap();
        assert_eq!(output.stdout, b"it's $HOME; `now`\n/tmp\noops\n");
    }

    #[test]
    fn a_zero_byte_is_refused() {
        let message = program("true", &["a\0b"]).script().unwrap_err().to_string();
        assert!(message.contains("zero byte"), "{message}");
    }
}
