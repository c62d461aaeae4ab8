//! Executing a program by the system call alone. The libc's function gives to the shell whatever the system does not know how to
//! execute, also what is no script.

use std::ffi::{CString, OsStr, OsString, c_char};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::{env, ptr};

/// What is executed, made before there is a process to do it, which may not allocate.
pub(super) struct Execution {
    file: CString,
    words: Strings,
    /// As the process has it, if nothing is changed: it may hold what is no variable.
    environment: Option<Strings>,
}

/// Strings as the system takes them: where each of them is, and a null at the end.
struct Strings {
    _owned: Vec<CString>,
    places: Vec<*const c_char>,
}

// SAFETY: the places are in the strings that come along, which are never changed and stay where they are when this moves.
unsafe impl Send for Strings {}
// SAFETY: the same.
unsafe impl Sync for Strings {}

impl Strings {
    fn new<S: AsRef<OsStr>>(strings: impl IntoIterator<Item = S>) -> io::Result<Self> {
        let strings = strings.into_iter().map(|string| Ok(CString::new(string.as_ref().as_bytes())?));
        let owned = strings.collect::<io::Result<Vec<_>>>()?;
        let places = owned.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect();
        Ok(Self { _owned: owned, places })
    }
}

impl Execution {
    /// Lets `command` execute its program as this, called by the first of `words`, as the last of what it does before.
    pub(super) fn of<S: AsRef<OsStr>>(command: &mut Command, words: impl IntoIterator<Item = S>) -> io::Result<()> {
        let execution = Self {
            file: CString::new(command.get_program().as_bytes())?,
            words: Strings::new(words)?,
            environment: environment(command).map(Strings::new).transpose()?,
        };
        // SAFETY: only one system call is made.
        unsafe { command.pre_exec(move || Err(execution.execute())) };
        Ok(())
    }

    /// Executes it; what comes back is why not.
    fn execute(&self) -> io::Error {
        // SAFETY: nothing changes the environment in a process that has just been made.
        let inherited = unsafe { environ };
        let environment = self.environment.as_ref().map_or(inherited, |strings| strings.places.as_ptr());
        // SAFETY: all of these are as the system takes them.
        unsafe { libc::execve(self.file.as_ptr(), self.words.places.as_ptr(), environment) };
        io::Error::last_os_error()
    }
}

/// The environment of a command, if it is another.
fn environment(command: &Command) -> Option<Vec<OsString>> {
    let changes: Vec<_> = command.get_envs().collect();
    if changes.is_empty() {
        return None;
    }
    let is_kept = |name: &OsStr| changes.iter().all(|(changed, _)| *changed != name);
    let kept = env::vars_os().filter(|(name, _)| is_kept(name));
    let set = changes.iter().filter_map(|(name, value)| Some(((*name).to_owned(), (*value)?.to_owned())));
    Some(kept.chain(set).map(|(name, value)| [name, value].join(OsStr::new("="))).collect())
}

unsafe extern "C" {
    /// The environment of the process.
    static environ: *const *const c_char;
}
