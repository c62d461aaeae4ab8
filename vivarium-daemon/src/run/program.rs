//! Which file a command names.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use vivarium_session::text::Text;

use crate::cli::Failure;
use crate::exit::Exit;

/// Where programs are looked for where nothing says so.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Why a command names no program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// Nothing is named.
    #[error("'': the name of the command is empty")]
    NoName,
    /// Nothing has that name.
    #[error("{}: there is no such command in PATH{}", Text::new(.0.as_encoded_bytes()), hint())]
    NoSuchCommand(OsString),
    /// Nothing has that path.
    #[error("{}: there is no such file", Text::new(.0.as_encoded_bytes()))]
    NoSuchFile(OsString),
    /// There is something, but it cannot be executed.
    #[error("{}: {reason}", Text::from(.path.as_path()))]
    NotExecutable {
        /// What was found.
        path: PathBuf,
        /// Why not.
        reason: Unfit,
    },
}

/// What surprises those who find their commands without sudo.
fn hint() -> &'static str {
    match env::var_os("SUDO_COMMAND") {
        Some(_) => " (sudo has a PATH of its own: give the whole path)",
        None => "",
    }
}

/// Why something cannot be executed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// A directory.
    #[error("is a directory, not a program")]
    Directory,
    /// Nobody may execute it.
    #[error("is not executable: is it a program? then `chmod +x` makes it so")]
    Mode,
    /// The user may not execute it.
    #[error("permission denied: the user that it runs as may not execute it, or not reach it")]
    Permission,
    /// A script whose interpreter isn't there, or a program for another system.
    #[error("its interpreter is not there: see its first line, or `readelf -l`, for which one it is")]
    NoInterpreter,
    /// A program for another machine, or no program.
    #[error("is no program that this machine can execute")]
    Format,
    /// Something else.
    #[error("cannot be executed: {0}")]
    Other(io::Error),
}

impl From<io::Error> for Unfit {
    fn from(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(libc::EACCES) => Self::Permission,
            Some(libc::ENOENT) => Self::NoInterpreter,
            Some(libc::ENOEXEC) => Self::Format,
            _ => Self::Other(error),
        }
    }
}

impl Failure for ProgramError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoName | Self::NoSuchCommand(_) | Self::NoSuchFile(_) => Exit::NotFound,
            Self::NotExecutable { .. } => Exit::NotExecutable,
        }
    }
}

/// Finds the file that a shell would execute for `command`.
pub(super) fn find(command: &OsStr) -> Result<PathBuf, ProgramError> {
    let search_path = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
    find_in(command, &search_path)
}

fn find_in(command: &OsStr, search_path: &OsStr) -> Result<PathBuf, ProgramError> {
    if command.is_empty() {
        return Err(ProgramError::NoName);
    }
    if command.as_encoded_bytes().contains(&b'/') {
        return match unfit(Path::new(command)) {
            Ok(None) => Ok(command.into()),
            Ok(Some(reason)) => Err(ProgramError::NotExecutable { path: command.into(), reason }),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Err(ProgramError::NotExecutable { path: command.into(), reason: error.into() })
            }
            Err(_) => Err(ProgramError::NoSuchFile(command.into())),
        };
    }
    let mut found = None;
    for candidate in env::split_paths(search_path).map(|directory| directory.join(command)) {
        match unfit(&candidate) {
            Ok(None) => return Ok(candidate),
            Ok(Some(Unfit::Directory)) | Err(_) => {}
            Ok(Some(reason)) => {
                found.get_or_insert(ProgramError::NotExecutable { path: candidate, reason });
            }
        }
    }
    Err(found.unwrap_or_else(|| ProgramError::NoSuchCommand(command.into())))
}

/// What can be seen from outside of why a file is not executable; an error where there is no file.
fn unfit(path: &Path) -> io::Result<Option<Unfit>> {
    let metadata = fs::metadata(path)?;
    Ok(match metadata.permissions().mode() & 0o111 {
        _ if metadata.is_dir() => Some(Unfit::Directory),
        0 => Some(Unfit::Mode),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with an executable, a plain file and a directory.
    fn directory() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("folder")).unwrap();
        for (name, mode) in [("program", 0o755), ("text", 0o644)] {
            let path = directory.path().join(name);
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        directory
    }

    #[test]
    fn the_first_executable_of_the_name_is_found() {
        let (first, second) = (directory(), directory());
        fs::remove_file(first.path().join("program")).unwrap();
        fs::create_dir(first.path().join("program")).unwrap();
        let search_path = env::join_paths([Path::new("/nowhere"), first.path(), second.path()]).unwrap();
        assert_eq!(find_in("program".as_ref(), &search_path).unwrap(), second.path().join("program"));
    }

    #[test]
    fn each_way_to_fail_has_the_status_that_shells_give() {
        let directory = directory();
        let exit = |command: &str| find_in(command.as_ref(), directory.path().as_ref()).unwrap_err().exit();
        assert_eq!(exit("nothing"), Exit::NotFound);
        assert_eq!(exit(""), Exit::NotFound);
        assert_eq!(exit("folder"), Exit::NotFound);
        assert_eq!(exit("text"), Exit::NotExecutable);
        assert_eq!(exit("/nowhere/program"), Exit::NotFound);
        assert_eq!(exit(directory.path().join("folder").to_str().unwrap()), Exit::NotExecutable);
        assert_eq!(exit(directory.path().join("text").to_str().unwrap()), Exit::NotExecutable);
    }

    #[test]
    fn an_empty_name_is_said_to_be_empty() {
        let error = find_in("".as_ref(), directory().path().as_ref()).unwrap_err();
        assert_eq!(error.to_string(), "'': the name of the command is empty");
    }

    #[test]
    fn a_path_is_taken_as_it_is() {
        let directory = directory();
        let program = directory.path().join("program");
        assert_eq!(find_in(program.as_os_str(), "".as_ref()).unwrap(), program);
    }
}
