//! `endings FILE PIPE`: spans in which something happens and spans in which nothing does, and that end in every way there is; the
//! same each time. FILE is opened in some of them, and PIPE is a named pipe: one process stays in a span until its writers are gone.

use std::ffi::CString;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::panic::{catch_unwind, set_hook};
use std::path::Path;
use std::process::exit;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, close, execv, fork, gettid, pause};

/// Deeper than the kernel's stack of spans.
const DEPTH: u32 = 70;

#[vivarium::observe]
#[inline(never)]
fn nothing(number: u32) {
    black_box(number);
}

#[vivarium::observe]
fn something_between(file: &str) {
    nothing(1);
    nothing(2);
    drop(File::open(file).expect("the file can be opened"));
    nothing(3);
}

#[vivarium::observe]
fn nothing_but_others() {
    nothing(4);
}

#[vivarium::observe]
fn deep(left: u32) {
    nothing(left);
    if left > 0 {
        deep(left - 1);
    }
}

#[vivarium::observe]
fn panics() {
    panic!("as it is meant to");
}

#[vivarium::observe(err)]
fn fails() -> io::Result<()> {
    Err(io::ErrorKind::Other.into())
}

#[vivarium::observe]
fn makes_a_thread() {
    thread::spawn(|| nothing(5)).join().expect("it ends");
}

#[vivarium::observe]
fn vanishes(tell: &Sender<Pid>) {
    tell.send(gettid()).expect("somebody waits");
    // SAFETY: nothing of this thread is needed any more.
    unsafe { libc::syscall(libc::SYS_exit, 0) };
}

#[vivarium::observe]
fn waits_to_be_killed(mut ready: &UnixStream) {
    ready.write_all(&[1]).expect("somebody waits");
    loop {
        pause();
    }
}

#[vivarium::observe]
fn executes(program: &str) {
    let program = CString::new(program).expect("a plain name");
    let error = execv(&program, &[&program]);
    unreachable!("{error:?}");
}

#[vivarium::observe]
fn stays(mut ready: &UnixStream, pipe: &mut File) {
    ready.write_all(&[1]).expect("somebody waits");
    pipe.read_to_end(&mut Vec::new()).expect("it can be read");
}

#[vivarium::observe]
fn makes_a_process(does: impl FnOnce()) -> Pid {
    // SAFETY: there is no other thread.
    match unsafe { fork() }.expect("a process can be made") {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            does();
            // SAFETY: nothing of this process is needed any more.
            unsafe { libc::_exit(0) }
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().expect("a file and a pipe");
    let (file, pipe) = (argument(), argument());
    set_hook(Box::new(|_| ()));

    something_between(&file);
    nothing_but_others();
    deep(DEPTH);
    assert!(catch_unwind(panics).is_err());
    assert!(fails().is_err());
    makes_a_thread();
    let (tell, told) = channel();
    thread::spawn(move || vanishes(&tell));
    let thread = told.recv().expect("it tells");
    while fs::exists(Path::new("/proc/self/task").join(thread.to_string())).expect("there is a /proc") {
        thread::yield_now();
    }

    let (ours, theirs) = UnixStream::pair().expect("there are sockets");
    let is_ready = || (&ours).read_exact(&mut [0]).expect("it tells");
    let ends = |child| _ = waitpid(child, None).expect("it ends");
    ends(makes_a_process(|| nothing(6)));
    ends(makes_a_process(|| executes("/bin/true")));
    let victim = makes_a_process(|| waits_to_be_killed(&theirs));
    is_ready();
    kill(victim, Signal::SIGKILL).expect("it can be killed");
    ends(victim);
    // Before it is in the span, so that nothing happens there.
    let mut pipe = File::open(pipe).expect("the pipe can be opened");
    makes_a_process(|| {
        // Whoever reads what this program prints doesn't wait for it.
        [1, 2].into_iter().for_each(|output| close(output).expect("it is open"));
        stays(&theirs, &mut pipe);
    });
    is_ready();
    exit(0);
}
