//! Starting the command, as if vivarium weren't there.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use nix::unistd::Pid;

use super::barrier::Barrier;
use super::execution::Execution;
use super::{Inherited, ProgramError, RunAs, images, program, script};

/// What runs scripts that do not say what runs them, as every shell has it.
const SHELL: &str = "/bin/sh";

/// A command that can be started.
#[derive(Clone, Debug)]
pub struct Launch<'a> {
    /// The file.
    program: PathBuf,
    /// What it was called, and its arguments.
    words: &'a [OsString],
    /// As whom.
    user: Option<RunAs>,
    /// A variable of the environment that it does without.
    left_out: Option<&'a str>,
}

/// A command that runs.
#[derive(Debug)]
pub struct RunningCommand(Child);

impl<'a> Launch<'a> {
    /// Finds the program that the first of `words` names.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(words: &'a [OsString], user: Option<RunAs>) -> Result<Self, ProgramError> {
        let name = words.first().map_or(OsStr::new(""), OsString::as_os_str);
        Ok(Self::of_file(program::find(name)?, words, user))
    }

    /// This file, with `words` for what it is called and its arguments.
    #[must_use]
    pub fn of_file(program: PathBuf, words: &'a [OsString], user: Option<RunAs>) -> Self {
        Self { program, words, user, left_out: None }
    }

    /// The same, without this variable in its environment.
    #[must_use]
    pub fn without_variable(mut self, name: &'a str) -> Self {
        self.left_out = Some(name);
        self
    }

    /// What it was called, and its arguments.
    #[must_use]
    pub fn words(&self) -> &[OsString] {
        self.words
    }

    /// The files that its code will come from, as far as they can be told before it runs.
    #[must_use]
    pub fn images(&self) -> Vec<PathBuf> {
        let program = images::executed(&self.program);
        let libraries = images::loader(&program).map(|loader| self.libraries(&loader, &program));
        std::iter::once(program).chain(libraries.unwrap_or_default()).collect()
    }

    /// The files that are opened to execute it, also if the system leaves that to the shell.
    #[must_use]
    pub fn opened(&self) -> Vec<PathBuf> {
        let files = [self.program.as_path(), Path::new(SHELL)];
        files.into_iter().flat_map(images::opened).collect()
    }

    /// Asks the loader of a program for its libraries, as the user who will run it.
    fn libraries(&self, loader: &Path, program: &Path) -> Vec<PathBuf> {
        let mut command = Command::new(loader);
        command.arg("--list").arg(program).stdin(Stdio::null()).stderr(Stdio::null());
        match self.prepare(&mut command, None).output() {
            Ok(listed) if listed.status.success() => images::listed(&listed.stdout),
            // They are attached to when they are loaded.
            _ => Vec::new(),
        }
    }

    /// Starts it: in this directory, with these open files, signals and limits, as its user.
    ///
    /// # Errors
    /// When the system does not execute it.
    pub fn start(&self, inherited: &Inherited) -> Result<RunningCommand, ProgramError> {
        let start = |(mut command, words): (Command, Vec<&OsStr>)| {
            Execution::of(self.prepare(&mut command, Some(*inherited)), words)?;
            command.spawn()
        };
        let started = match start(self.itself()) {
            Err(error) if self.is_for_shell(&error) => start(self.by_shell()),
            started => started,
        };
        started.map(RunningCommand).map_err(|error| self.refuse(error))
    }

    /// Starts it as [`start`](Self::start) does, but before it executes anything, `held` sees its process.
    ///
    /// # Errors
    /// When the system does not execute it, or `held` fails; it is not executed then.
    pub fn start_held<T, E: From<ProgramError>>(
        &self,
        inherited: &Inherited,
        mut held: impl FnMut(Pid) -> Result<T, E>,
    ) -> Result<(RunningCommand, T), E> {
        match self.spawn_held(self.itself(), *inherited, &mut held)? {
            (Err(error), _) if self.is_for_shell(&error) => {
                let (started, given) = self.spawn_held(self.by_shell(), *inherited, &mut held)?;
                Ok((RunningCommand(started.map_err(|error| self.refuse(error))?), given))
            }
            (started, given) => Ok((RunningCommand(started.map_err(|error| self.refuse(error))?), given)),
        }
    }

    /// Starts a command that waits in front of its first program until `held` is done.
    fn spawn_held<T, E: From<ProgramError>>(
        &self,
        (mut command, words): (Command, Vec<&OsStr>),
        inherited: Inherited,
        held: &mut impl FnMut(Pid) -> Result<T, E>,
    ) -> Result<(io::Result<Child>, T), E> {
        let (barrier, mut door, bell) = Barrier::new().map_err(|error| self.refuse(error))?;
        self.prepare(&mut command, Some(inherited));
        // SAFETY: only system calls are made, nothing is allocated, and no lock is taken.
        unsafe { command.pre_exec(move || barrier.wait()) };
        Execution::of(&mut command, words).map_err(|error| self.refuse(error))?;
        // Starting it takes until it has executed its program, so it is watched from here meanwhile.
        thread::scope(|scope| {
            let starting = scope.spawn(|| {
                let started = command.spawn();
                bell.ring();
                started
            });
            let given = door.process().map(|process| held(Pid::from_raw(process)));
            if matches!(given, Some(Ok(_))) {
                door.open();
            }
            drop(door);
            let started = starting.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
            match (given, started) {
                (Some(Ok(given)), started) => Ok((started, given)),
                (Some(Err(error)), _) => Err(error),
                (None, Err(error)) => Err(self.refuse(error).into()),
                (None, Ok(_)) => Err(self.refuse(io::ErrorKind::Other.into()).into()),
            }
        })
    }

    /// The program, and what it is called with its arguments.
    fn itself(&self) -> (Command, Vec<&OsStr>) {
        (Command::new(&self.program), self.words.iter().map(OsString::as_os_str).collect())
    }

    /// The shell that executes it.
    fn by_shell(&self) -> (Command, Vec<&OsStr>) {
        let arguments = self.words.iter().skip(1).map(OsString::as_os_str);
        (Command::new(SHELL), [OsStr::new(SHELL), self.program.as_os_str()].into_iter().chain(arguments).collect())
    }

    /// Whether the shell executes it, since the system does not know how.
    fn is_for_shell(&self, error: &io::Error) -> bool {
        error.raw_os_error() == Some(libc::ENOEXEC) && script::can_be_one(&self.program)
    }

    fn refuse(&self, error: io::Error) -> ProgramError {
        ProgramError::NotExecutable { path: self.program.clone(), reason: error.into() }
    }

    /// Lets the command run as the user, with what is inherited.
    fn prepare<'c>(&self, command: &'c mut Command, inherited: Option<Inherited>) -> &'c mut Command {
        for (name, value) in self.user.iter().flat_map(RunAs::environment) {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(name) = self.left_out {
            command.env_remove(name);
        }
        let user = self.user.clone();
        let before_exec = move || {
            if let Some(user) = &user {
                user.become_user()?;
            }
            match &inherited {
                Some(inherited) => Ok(inherited.restore()?),
                None => Ok(()),
            }
        };
        // SAFETY: only system calls are made, nothing is allocated, and no lock is taken.
        unsafe { command.pre_exec(before_exec) }
    }
}

impl RunningCommand {
    /// The process.
    #[must_use]
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.0.id().cast_signed())
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// When someone else has waited for it.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.0.try_wait()
    }
}

/// The status that shells give for how a command ended.
#[must_use]
pub fn shell_status(status: ExitStatus) -> u8 {
    let number = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    // Both fit, codes by definition and signals with room to spare.
    number.to_le_bytes()[0]
}
