//! Processes: how they come, what they become, what they do to each other, how they go.

use std::ffi::CString;
use std::io::Write;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::{fs, ptr};

use crate::child::{Child, in_child};
use crate::deed::{Deed, c_string, deeds, done, fails, path};

pub(crate) const DEEDS: &[Deed] = deeds! {
    "proc_fork": fork_a_process, start_a_thread;
    "proc_exec": execute_a_program, execute_a_script, execute_memory, execute_nothing;
    "proc_exit": exit_with_a_code, die_of_a_signal, dump_core;
    "task_kill": send_signals, send_a_signal_to_nobody, be_stopped;
    "ptrace_check": trace_a_child;
    "ptrace_traceme": be_traced;
    "process_vm": read_and_write_a_child;
    "task_prctl": change_protections;
};

#[vivarium::observe]
fn fork_a_process(_: &Path) {
    in_child(|| {});
}

#[vivarium::observe]
fn start_a_thread(_: &Path) {
    // SAFETY: it has no preconditions.
    let thread = std::thread::spawn(|| unsafe { libc::gettid() });
    println!("thread {}", thread.join().expect("the thread does not panic"));
}

/// The file of this program.
fn this_program() -> CString {
    c_string(std::env::current_exe().expect("the program knows its file").as_os_str().as_bytes())
}

/// Executes a file in the directory, in place of the running program, with its own name and these arguments.
pub(crate) fn execute(directory: &Path, file: &CString, arguments: &[&CString]) -> i32 {
    let pointers: Vec<_> =
        [file].iter().chain(arguments).map(|argument| argument.as_ptr()).chain([ptr::null()]).collect();
    // SAFETY: texts that end with a zero byte, and a list of such that ends with null.
    unsafe {
        done(libc::chdir(path(directory, "").as_ptr()));
        libc::execv(file.as_ptr(), pointers.as_ptr())
    }
}

#[vivarium::observe]
fn execute_a_program(directory: &Path) {
    let program = this_program();
    in_child(|| {
        done(execute(directory, &program, &[&c_string(b"rest"), &c_string(b"two words")]));
    });
}

#[vivarium::observe]
fn execute_a_script(directory: &Path) {
    let script = path(directory, "script");
    in_child(|| {
        done(execute(directory, &script, &[]));
    });
}

#[vivarium::observe]
fn execute_memory(directory: &Path) {
    let program = fs::read(std::env::current_exe().expect("the program knows its file")).expect("it can be read");
    // SAFETY: a name that ends with a zero byte, and a descriptor that nobody else has.
    let mut memory = unsafe { fs::File::from_raw_fd(done(libc::memfd_create(c"brain".as_ptr(), libc::MFD_CLOEXEC))) };
    memory.write_all(&program).expect("there is memory");
    let arguments = [c"brain".as_ptr(), c"rest".as_ptr(), ptr::null()];
    let environment = [ptr::null::<libc::c_char>()];
    in_child(|| {
        // SAFETY: texts that end with a zero byte, and lists of such that end with null.
        unsafe {
            done(libc::chdir(path(directory, "").as_ptr()));
            let (arguments, environment) = (arguments.as_ptr(), environment.as_ptr());
            let flags = libc::AT_EMPTY_PATH;
            done(libc::syscall(libc::SYS_execveat, memory.as_raw_fd(), c"".as_ptr(), arguments, environment, flags));
        }
    });
}

#[vivarium::observe]
fn execute_nothing(directory: &Path) {
    let nothing = path(directory, "nothing");
    in_child(|| fails(execute(directory, &nothing, &[]), libc::ENOENT));
}

#[vivarium::observe]
fn exit_with_a_code(_: &Path) {
    // SAFETY: ends the child at once.
    let status = Child::that(|| unsafe { libc::_exit(7) }).wait();
    assert_eq!(libc::WEXITSTATUS(status), 7);
}

#[vivarium::observe]
fn die_of_a_signal(_: &Path) {
    Child::waiting().kill();
}

#[vivarium::observe]
fn dump_core(directory: &Path) {
    let all = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    let status = Child::that(|| {
        // SAFETY: texts that end with a zero byte, and limits that outlive the call. The child ends by the signal.
        unsafe {
            done(libc::chdir(path(directory, "").as_ptr()));
            done(libc::setrlimit(libc::RLIMIT_CORE, &raw const all));
            libc::abort()
        }
    })
    .wait();
    println!("core {}", libc::WCOREDUMP(status));
}

#[vivarium::observe]
fn send_signals(_: &Path) {
    let child = Child::waiting();
    // SAFETY: our own child, which has not been waited for.
    unsafe {
        done(libc::kill(child.0, 0));
        done(libc::syscall(libc::SYS_tgkill, child.0, child.0, libc::SIGTERM));
    }
    child.wait();
}

#[vivarium::observe]
fn send_a_signal_to_nobody(_: &Path) {
    // SAFETY: there is no process of this number.
    fails(unsafe { libc::kill(i32::MAX, libc::SIGTERM) }, libc::ESRCH);
}

/// Filters that stop a call: by a signal that could be handled, and by one that can't.
#[vivarium::observe]
fn be_stopped(_: &Path) {
    for answer in [libc::SECCOMP_RET_TRAP, libc::SECCOMP_RET_KILL_PROCESS] {
        let status = Child::that(|| {
            forbid_signals(answer);
            // SAFETY: nothing is sent, even where it is allowed to.
            unsafe { libc::kill(libc::getppid(), 0) };
        })
        .wait();
        assert_eq!(libc::WTERMSIG(status), libc::SIGSYS);
    }
}

/// From now on, `kill` gets this answer.
fn forbid_signals(answer: u32) {
    let step = |code: u32, jt, jf, k| libc::sock_filter { code: code as u16, jt, jf, k };
    let mut filter = [
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, libc::SYS_kill as u32),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, answer),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: a filter that outlives the call.
    unsafe {
        done(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        done(libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter));
    }
}

#[vivarium::observe]
fn trace_a_child(_: &Path) {
    let child = Child::waiting();
    // SAFETY: our own child, which is killed before it does anything.
    done(unsafe { libc::ptrace(libc::PTRACE_SEIZE, child.0, 0, 0) });
    child.kill();
}

#[vivarium::observe]
fn be_traced(_: &Path) {
    in_child(|| {
        // SAFETY: it takes nothing else.
        done(unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) });
    });
}

#[vivarium::observe]
fn read_and_write_a_child(_: &Path) {
    let mut number = 17_u64;
    let child = Child::waiting();
    let here = libc::iovec { iov_base: (&raw mut number).cast(), iov_len: 8 };
    // SAFETY: the child is a copy of this process: what is there is a number, here and in the child.
    unsafe {
        done(libc::process_vm_readv(child.0, &raw const here, 1, &raw const here, 1, 0) as i64);
        done(libc::process_vm_writev(child.0, &raw const here, 1, &raw const here, 1, 0) as i64);
    }
    child.kill();
}

#[vivarium::observe]
fn change_protections(_: &Path) {
    in_child(|| {
        // SAFETY: it takes numbers, and a name that ends with a zero byte.
        unsafe {
            done(libc::prctl(libc::PR_SET_DUMPABLE, 1, 0, 0, 0));
            done(libc::prctl(libc::PR_SET_NAME, c"child".as_ptr(), 0, 0, 0));
            done(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        }
    });
}
