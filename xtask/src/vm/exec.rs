//! `cargo xtask vm-exec`: one program of this machine, run in a guest.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{self, Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::guest::{ErrorOutput, GuestImageBuilder, GuestProgram};
use super::kernel::{Cache, Freshness, KernelLine};
use super::qemu::{Channel, GuestEvent, LsmList, Machine, Qemu};

/// The exit status that tells a failure of the guest from one of the program.
const GUEST_FAILED: u8 = 125;

/// Run a program of this machine as root in a guest, with its own output and exit status (125: the guest failed)
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The kernel of the guest
    #[arg(long)]
    kernel: KernelLine,
    /// The security modules to boot with, in place of the kernel's own list
    #[arg(long, value_name = "LIST")]
    lsm: Option<String>,
    /// More words for the kernel's command line, such as `preempt=full`
    #[arg(long, value_name = "WORDS")]
    append: Option<String>,
    /// A file to put into the guest; may be given more than once
    #[arg(long, value_name = "GUEST=HOST")]
    file: Vec<GuestFile>,
    /// A variable that the program sees; may be given more than once
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<Variable>,
    /// How long the program may run, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    limit: u64,
    /// The program, with its arguments. It is at its own path in the guest, with its libraries
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    command: Vec<OsString>,
}

/// A file of the host and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct GuestFile {
    guest: PathBuf,
    host: PathBuf,
}

impl From<OsString> for GuestFile {
    /// A path alone stands for itself.
    fn from(text: OsString) -> Self {
        let (guest, host) = split_at_equals(&text).unwrap_or((&text, &text));
        Self { guest: guest.into(), host: host.into() }
    }
}

/// A variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    name: OsString,
    value: OsString,
}

impl From<OsString> for Variable {
    /// A name alone takes the value that it has here.
    fn from(text: OsString) -> Self {
        match split_at_equals(&text) {
            Some((name, value)) => Self { name: name.into(), value: value.into() },
            None => Self { value: env::var_os(&text).unwrap_or_default(), name: text },
        }
    }
}

fn split_at_equals(text: &OsStr) -> Option<(&OsStr, &OsStr)> {
    let bytes = text.as_bytes();
    let equals = bytes.iter().position(|byte| *byte == b'=')?;
    Some((OsStr::from_bytes(&bytes[..equals]), OsStr::from_bytes(&bytes[equals + 1..])))
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match run_in_guest(args) {
        Ok(status) => Ok(ExitCode::from(status)),
        Err(error) => {
            eprintln!("Error: {error:#}");
            Ok(ExitCode::from(GUEST_FAILED))
        }
    }
}

fn run_in_guest(args: &Args) -> anyhow::Result<u8> {
    let qemu = Qemu::find()?;
    let kernel = Cache::of_this_user()?.kernel(args.kernel, Freshness::Kept)?;
    let (name, arguments) = args.command.split_first().context("no program is given")?;
    let program = find_program(name)?;

    let mut image = GuestImageBuilder::new(&kernel.busybox)?;
    image.modules(&kernel)?;
    image.file(&program, &program)?;
    for file in &args.file {
        image.file(&file.guest, &file.host)?;
    }
    image.program(&GuestProgram {
        path: program,
        arguments: arguments.to_vec(),
        environment: args.env.iter().map(|Variable { name, value }| (name.clone(), value.clone())).collect(),
        directory: env::current_dir()?,
        errors: ErrorOutput::Apart,
    })?;
    let image = image.build()?;

    let machine = Machine {
        vmlinux: &kernel.vmlinux,
        image: &image.path(),
        lsm: args.lsm.clone().map_or(LsmList::Default, LsmList::Only),
        append: args.append.clone(),
        environment: Vec::new(),
        program_limit: Duration::from_secs(args.limit),
    };
    let mut status = None;
    let mut written = Ok(());
    let mut started = Instant::now();
    qemu.boot(&machine, &mut |event| match event {
        GuestEvent::Started => started = Instant::now(),
        GuestEvent::Ended { status: ended_with } => {
            status = Some(ended_with);
            if started.elapsed() >= machine.program_limit {
                eprintln!("the program was ended after {} s; see --limit", args.limit);
            }
        }
        GuestEvent::Wrote(channel, bytes) => {
            let result = pass_on(channel, &bytes);
            if written.is_ok() {
                written = result;
            }
        }
        GuestEvent::Ready => {}
    })?;
    written.context("cannot pass on what the program wrote")?;
    status.context("the guest ended without the program's exit status")
}

fn pass_on(channel: Channel, bytes: &[u8]) -> io::Result<()> {
    match channel {
        Channel::Console => Ok(()),
        Channel::Output => {
            let mut stdout = io::stdout().lock();
            stdout.write_all(bytes)?;
            stdout.flush()
        }
        Channel::Errors => io::stderr().write_all(bytes),
    }
}

/// The program that a shell would run by this name.
fn find_program(name: &OsStr) -> anyhow::Result<PathBuf> {
    if name.as_bytes().contains(&b'/') {
        return Ok(path::absolute(name)?);
    }
    let directories = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&directories).map(|directory| directory.join(name)).find(|path| path.is_file());
    match found {
        Some(path) => Ok(path),
        None => bail!("there is no program {} on the PATH", Path::new(name).display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_where_it_is_told_or_to_its_own_path() {
        let file = GuestFile::from(OsString::from("/etc/a=b=c"));
        assert_eq!(file, GuestFile { guest: "/etc/a".into(), host: "b=c".into() });
        let file = GuestFile::from(OsString::from("/usr/bin/strace"));
        assert_eq!(file.guest, file.host);
    }

    #[test]
    fn a_variable_has_the_value_that_is_given_or_the_one_of_this_process() {
        let variable = Variable::from(OsString::from("A=b=c"));
        assert_eq!(variable, Variable { name: "A".into(), value: "b=c".into() });
        let path = Variable::from(OsString::from("PATH"));
        assert_eq!(Some(path.value), env::var_os("PATH"));
    }

    #[test]
    fn a_program_is_found_as_a_shell_finds_it() {
        assert!(find_program(OsStr::new("sh")).unwrap().is_absolute());
        assert_eq!(find_program(OsStr::new("/opt/tool")).unwrap(), Path::new("/opt/tool"));
        assert!(find_program(OsStr::new("no-such-program-anywhere")).is_err());
    }
}
