//! strace is an oracle that nobody here wrote: for programs that nobody here wrote, both see the same files opened,
//! connections made, programs executed and names changed.
//!
//! The security hooks see that from the kernel's side. A call that the kernel refuses before it asks them, as for a file
//! that isn't there, they never see. What the kernel opens by itself, to execute it, only they see. For what was done
//! they see all that strace sees, and more only of this kind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use vivarium_sys::event::Backend;
use vivarium_tests::kinds::backend;
use vivarium_tests::observation::{Observation, is_guest, may_observe};
use vivarium_tests::strace::{self, Call, described, string};
use vivarium_tests::tool;

/// What was done, to what, and whether it worked.
type Deed = (&'static str, String, bool);
/// A set, since a program may do the same thing in another order.
type Deeds = BTreeSet<Deed>;

const CALLS: &str = "trace=open,openat,openat2,creat,connect,execve,execveat,rename,renameat,renameat2,unlink,unlinkat";

/// All at once, for guests, in which each start of an observer takes long.
#[test]
fn a_shell_that_does_it_all() {
    if !tool::is_installed("git", "git") {
        return;
    }
    let script =
        "git -C inner status >/dev/null; tar -cf tree.tar inner; exec 3<>/dev/tcp/127.0.0.1/9 || ls . >/dev/null";
    compare(&["bash", "-c", script], |directory| {
        let inner = directory.join("inner");
        std::fs::create_dir(&inner).expect("a directory");
        run(&inner, &["git", "init", "-q"]);
        std::fs::write(inner.join("file"), "text").expect("a file");
    });
}

#[test]
fn git_status() {
    if is_guest() {
        return;
    }
    if !tool::is_installed("git", "git") {
        return;
    }
    compare(&["git", "status"], |directory| {
        run(directory, &["git", "init", "-q"]);
        std::fs::write(directory.join("file"), "text").expect("a file");
    });
}

#[test]
fn tar_of_a_tree() {
    if is_guest() {
        return;
    }
    compare(&["tar", "-cf", "../tree.tar", "."], |directory| {
        std::fs::create_dir_all(directory.join("a/b")).expect("a directory");
        for name in ["one", "a/two", "a/b/three"] {
            std::fs::write(directory.join(name), name).expect("a file");
        }
    });
}

#[test]
fn python_with_a_socket() {
    if is_guest() {
        return;
    }
    if !tool::is_installed("python3", "python3") {
        return;
    }
    let script = "import json, os, socket; s = socket.socket(); s.connect_ex(('127.0.0.1', 9)); \
                  u = socket.socket(socket.AF_UNIX); u.connect_ex('no-such-socket'); \
                  open('made', 'w').close(); os.rename('made', 'moved'); os.unlink('moved')";
    compare(&["python3", "-B", "-c", script], |_| {});
}

#[test]
fn a_shell_that_executes() {
    if is_guest() {
        return;
    }
    compare(&["bash", "-c", "/usr/bin/ls . >/dev/null; /usr/bin/tar --version >/dev/null"], |_| {});
}

#[test]
fn a_shell_that_connects() {
    if is_guest() {
        return;
    }
    compare(&["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9 || ls . >/dev/null"], |_| {});
}

/// Both must tell the same of `command`, each in a directory of the same name that `prepare` filled.
fn compare(command: &[&str], prepare: impl Fn(&Path)) {
    if !may_observe() {
        return;
    }
    if !tool::is_installed("strace", "strace") {
        return;
    }
    let base = tempfile::tempdir().expect("a temporary directory");
    let fresh = || {
        let directory = base.path().join("work");
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir(&directory).expect("a directory");
        prepare(&directory);
        directory
    };
    let expected = traced(&fresh(), command);
    let seen = observed(&fresh(), command);
    let missing: Vec<_> = expected.difference(&seen).filter(|deed| !is_refused_unasked(deed)).collect();
    let invented: Vec<_> = seen.difference(&expected).filter(|deed| !is_the_kernels(deed, &seen)).collect();
    assert!(missing.is_empty() && invented.is_empty(), "only strace saw {missing:#?}\nonly vivarium saw {invented:#?}");
    assert!(expected.len() > 3, "too little happened to compare: {expected:#?}");
}

/// Whether the kernel refuses this before it asks the security hooks, so that they can't see it.
fn is_refused_unasked((_, _, worked): &Deed) -> bool {
    backend() != Backend::Syscalls && !worked
}

/// Whether the kernel does this by itself, for which there is no system call: it opens what it executes, and with that
/// the loader of dynamic programs.
fn is_the_kernels((what, file, worked): &Deed, seen: &Deeds) -> bool {
    let is_executed = || seen.contains(&("exec", file.clone(), true)) || file.contains("/ld-linux");
    backend() != Backend::Syscalls && *what == "open" && *worked && is_executed()
}

fn run(directory: &Path, command: &[&str]) {
    let status = Command::new(command[0]).args(&command[1..]).current_dir(directory).status();
    assert!(status.is_ok_and(|status| status.success()), "{command:?} fails");
}

/// What strace saw.
fn traced(directory: &Path, command: &[&str]) -> Deeds {
    let log = directory.with_file_name("strace.log");
    let status = Command::new("strace")
        .args(["-f", "-qq", "-y", "-s", "65536", "-e", CALLS, "-e", "signal=none", "-o"])
        .arg(&log)
        .args(command)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("strace runs");
    assert!(status.success(), "{command:?} fails under strace");
    let text = std::fs::read_to_string(&log).expect("strace wrote its log");
    strace::calls(&text).iter().filter_map(|call| deed_of_call(call, directory)).collect()
}

fn deed_of_call(call: &Call, directory: &Path) -> Option<Deed> {
    let argument = |index: usize| call.arguments[index].as_str();
    let plain = |index| absolute(directory, string(argument(index)));
    let at = |directory: usize, name: usize| {
        absolute(Path::new(described(argument(directory)).expect("-y was given")), string(argument(name)))
    };
    let (what, to) = match call.name.as_str() {
        "open" | "creat" => ("open", call.opened.clone().unwrap_or_else(|| plain(0))),
        "openat" | "openat2" => ("open", call.opened.clone().unwrap_or_else(|| at(0, 1))),
        "unlink" => ("unlink", plain(0)),
        "unlinkat" if !argument(2).contains("AT_REMOVEDIR") => ("unlink", at(0, 1)),
        "rename" => ("rename", format!("{} -> {}", plain(0), plain(1))),
        "renameat" | "renameat2" => ("rename", format!("{} -> {}", at(0, 1), at(2, 3))),
        "execve" if call.result == 0 => {
            let file = PathBuf::from(string(argument(0))).canonicalize().expect("it was executed");
            ("exec", file.display().to_string())
        }
        "execve" => ("exec", plain(0)),
        "connect" => ("connect", address(argument(1))?),
        _ => return None,
    };
    Some((what, to, call.result >= 0))
}

/// `{sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")}` as `127.0.0.1:9`.
fn address(shown: &str) -> Option<String> {
    let between = |before: &str, after: &str| Some(shown.split_once(before)?.1.split_once(after)?.0);
    match between("sa_family=", ",")? {
        "AF_INET" => Some(format!("{}:{}", between("inet_addr(\"", "\"")?, between("htons(", ")")?)),
        "AF_UNIX" => between("sun_path=\"", "\"").map(str::to_owned),
        _ => None,
    }
}

/// What vivarium saw.
fn observed(directory: &Path, command: &[&str]) -> Deeds {
    let report = directory.with_file_name("report.jsonl");
    let output = Observation::command(&["--strict"], &report, command)
        .current_dir(directory)
        .stdout(Stdio::null())
        .output()
        .expect("vivarium starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&report).expect("a report");
    text.lines().filter_map(|line| deed_of_line(&serde_json::from_str(line).expect("a JSON line"))).collect()
}

fn deed_of_line(line: &Value) -> Option<Deed> {
    let field = |name: &str| line["fields"][name].as_str().map(|path| absolute(Path::new("/"), path));
    let worked = line["result"]["value"].as_i64().is_none_or(|result| result >= 0);
    let (what, to) = match line["kind"].as_str()? {
        "path_open" => ("open", field("path")?),
        "file_unlink" => ("unlink", field("path")?),
        "file_rename" => ("rename", format!("{} -> {}", field("from")?, field("to")?)),
        "proc_exec" => ("exec", field("path")?),
        "sock_connect" | "unix_connect" => ("connect", shown_address(&line["fields"]["address"])?),
        _ => return None,
    };
    Some((what, to, worked))
}

fn shown_address(address: &Value) -> Option<String> {
    let text = |name: &str| address[name].as_str();
    match address["family"].as_str()? {
        "AF_INET" => Some(format!("{}:{}", text("ip")?, address["port"])),
        "AF_UNIX" => text("path").map(str::to_owned),
        _ => None,
    }
}

/// `name` from `directory`, without the dots and slashes that change nothing.
fn absolute(directory: &Path, name: &str) -> String {
    directory.join(name).components().collect::<PathBuf>().display().to_string()
}
