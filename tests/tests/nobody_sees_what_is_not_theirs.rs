//! Each way in is tried: processes of others, processes that have ended, processes that become somebody else.

use std::fs::{self, Permissions};
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::{Child, Command, Stdio};

use vivarium_daemon::daemon::Pidfd;
use vivarium_session::record::Pid;
use vivarium_tests::daemon::{Attached, Daemon, OTHER_USER, USER};
use vivarium_tests::observation::may_observe;
use vivarium_tests::tool;

/// What `vivarium attach` said to a user who asked for this process.
fn attach(daemon: &Daemon, user: u32, process: u32) -> (Option<i32>, String) {
    let vivarium = daemon.installed("vivarium-daemon", "vivarium");
    // One that is granted would last as long as the process.
    let words = ["timeout", "60", &vivarium, "attach", "--daemon", "--format", "jsonl", "--pid", &process.to_string()];
    let output = daemon.command(user, &words).output().expect("vivarium starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A process of a user that waits for its end.
fn waiting(daemon: &Daemon, user: u32) -> Child {
    daemon.command(user, &["/bin/sleep", "600"]).stdout(Stdio::null()).spawn().expect("sleep starts")
}

fn end(mut child: Child) {
    child.kill().expect("it can be killed");
    child.wait().expect("it can be waited for");
}

#[test]
fn the_process_of_another_user_is_refused() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    for owner in [OTHER_USER, 0] {
        let other = waiting(&daemon, owner);
        let (status, said) = attach(&daemon, USER, other.id());
        end(other);
        assert_eq!(status, Some(125), "{said}");
        assert!(said.contains("runs as another user"), "{said}");
    }
}

#[test]
fn a_process_that_has_ended_is_refused_whoever_has_its_number() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let mut child = waiting(&daemon, 0);
    let held = Pidfd::open(Pid(child.id())).expect("it runs");
    child.kill().expect("it can be killed");
    child.wait().expect("it can be waited for");
    let client = vivarium_protocol::Client::connect(&vivarium_protocol::SocketPath::new(daemon.socket()));
    let start = vivarium_protocol::Start::of([vivarium_protocol::Target::Process]);
    let refused = client.expect("it is answered").start(&start, Vec::new(), &[held.as_fd()]).expect_err("it has ended");
    assert!(refused.to_string().contains("no such process"), "{refused}");
}

#[test]
fn what_is_no_process_at_all_is_refused() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let file = fs::File::open("/dev/null").expect("it is there");
    let start = vivarium_protocol::Start::of([vivarium_protocol::Target::Process]);
    let place = vivarium_protocol::SocketPath::new(daemon.socket());
    for descriptors in [vec![], vec![file.as_fd()]] {
        let client = vivarium_protocol::Client::connect(&place).expect("it is answered");
        assert!(client.start(&start, Vec::new(), &descriptors).is_err(), "{descriptors:?}");
    }
}

/// A program of root that everyone may execute, as root.
fn set_uid_copy(daemon: &Daemon, program: &str, name: &str) -> String {
    let copy = daemon.folder().join(name);
    tool::copy_program(program, &copy);
    fs::set_permissions(&copy, Permissions::from_mode(0o4755)).expect("it can be set-uid");
    copy.to_str().expect("a plain name").to_owned()
}

/// A file that root alone may read.
fn secret(daemon: &Daemon, content: &str) -> String {
    let secret = daemon.folder().join("secret");
    fs::write(&secret, content).expect("it can be written");
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).expect("it can be private");
    secret.to_str().expect("a plain name").to_owned()
}

#[test]
fn a_child_that_runs_as_another_user_is_not_followed_and_the_verdict_says_so() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let set_uid = set_uid_copy(&daemon, "/bin/cat", "set-uid-cat");
    let secret = secret(&daemon, "nothing for others\n");

    let script = format!("{set_uid} {secret}; cat /dev/null");
    let seen = daemon.observe(USER, &["--strict"], &["/bin/sh", "-c", &script]);
    assert_eq!(seen.stdout, "nothing for others\n", "the program does what it does without us: {}", seen.stderr);
    let exec = |line: &&serde_json::Value| line["kind"] == "proc_exec" || line["kind"] == "path_open";
    let of_secret = seen.lines.iter().filter(exec).filter(|line| line["fields"]["path"] == *secret).count();
    assert_eq!(of_secret, 0, "what it opened is nobody's business");
    assert_eq!(seen.summary()["verdict"], "incomplete", "{}", seen.summary());
    assert!(seen.summary()["missing"].to_string().contains("another user"), "{}", seen.summary());
    assert_eq!(seen.status.code(), Some(3));
    let theirs = seen.events("path_open").filter(|open| open["fields"]["path"] == "/dev/null").count();
    assert_eq!(theirs, 1, "what comes afterwards is seen");

    let by_root = daemon.observe(0, &["--strict"], &["/bin/sh", "-c", &script]);
    let of_secret = by_root.events("path_open").filter(|open| open["fields"]["path"] == *secret).count();
    assert_eq!((of_secret, by_root.status.code()), (1, Some(0)), "root may see it: {}", by_root.summary());
}

#[test]
fn nor_is_one_that_runs_in_another_group_or_that_its_user_may_not_read() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    for (name, mode, group) in [("set-gid-cat", 0o2755, 0), ("unreadable-cat", 0o711, USER)] {
        let copy = daemon.folder().join(name);
        tool::copy_program("/bin/cat", &copy);
        chown(&copy, Some(0), Some(group)).expect("it can be given away");
        fs::set_permissions(&copy, Permissions::from_mode(mode)).expect("its mode can be set");
        // What it makes is shut as well; what comes afterwards is not.
        let script = format!("{} /dev/zero </dev/null | head -c 1 >/dev/null; cat /dev/null", copy.display());
        let opens = |user: u32| {
            let seen = daemon.observe(user, &["--strict"], &["/bin/sh", "-c", &script]);
            let of = |path: &str| seen.events("path_open").filter(|open| open["fields"]["path"] == path).count();
            let counts = (of("/dev/zero"), of("/dev/null"));
            (counts, seen.summary()["missing"].to_string(), seen.status.code())
        };
        let (counts, missing, status) = opens(USER);
        assert_eq!((counts, status), ((0, 3), Some(3)), "{name}: {missing}");
        assert!(missing.contains("another group") && missing.contains("may not read"), "{name}: {missing}");
        let (counts, missing, status) = opens(0);
        assert_eq!((counts, status), ((1, 3), Some(0)), "{name}: {missing}");
    }
}

/// A shell of a user that has begun to wait, with the capability to become another user or without it.
fn shell(user: u32, may_change: bool, script: &str) -> Child {
    let id = user.to_string();
    let mut command = Command::new("/usr/bin/setpriv");
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups"]);
    if may_change {
        command.args(["--inh-caps", "+setuid", "--ambient-caps", "+setuid"]);
    }
    command.args(["--", "/bin/sh", "-c", &format!("echo ready; read go; {script}")]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("setpriv starts");
    let mut said = [0; 6];
    child.stdout.as_mut().expect("its output").read_exact(&mut said).expect("it says that it is ready");
    assert_eq!(&said, b"ready\n");
    child
}

/// Lets it go on, and gives what else it printed.
fn let_go(mut child: Child) -> String {
    drop(child.stdin.take());
    let output = child.wait_with_output().expect("it can be waited for");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn who_could_become_another_user_is_refused() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let becomes = format!("exec setpriv --reuid {OTHER_USER} id -u");
    let child = shell(USER, true, &becomes);
    let (status, said) = attach(&daemon, USER, child.id());
    assert_eq!(let_go(child), format!("{OTHER_USER}\n"), "it really could");
    assert_eq!(status, Some(125), "{said}");
    assert!(said.contains("has capabilities"), "{said}");
}

#[test]
fn a_process_that_comes_to_run_as_another_user_is_lost_to_the_first_one() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let set_uid = set_uid_copy(&daemon, "/bin/cat", "set-uid-cat");
    let secret = secret(&daemon, "secret\n");

    // The process itself changes, not one that it makes.
    let script = format!("cat /dev/null; exec {set_uid} {secret}");
    for (user, opens_of_secret) in [(USER, 0), (0, 1)] {
        let child = shell(USER, false, &script);
        let attached = Attached::begin(&daemon, user, &["--strict", "--pid", &child.id().to_string()]);
        assert_eq!(let_go(child), "secret\n");
        let seen = attached.end();
        let opens = |path: &str| seen.events("path_open").filter(|open| open["fields"]["path"] == path).count();
        assert_eq!(opens("/dev/null"), 1, "it was observed before: {}", seen.summary());
        assert_eq!(opens(&secret), opens_of_secret, "user {user}: {}", seen.summary());
        let verdict = if user == 0 { "complete" } else { "incomplete" };
        assert_eq!(seen.summary()["verdict"], verdict, "{}", seen.summary());
        if user != 0 {
            assert!(seen.summary()["missing"].to_string().contains("another user"), "{}", seen.summary());
        }
    }
}

#[test]
fn a_child_of_another_user_that_was_there_already_is_named() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let set_uid = set_uid_copy(&daemon, "/bin/sleep", "set-uid-sleep");
    let mut command = daemon.command(USER, &["/bin/sh", "-c"]);
    command.arg(format!("{set_uid} 600 & echo ready; read go; kill $!"));
    let mut shell = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell starts");
    shell.stdout.as_mut().expect("its output").read_exact(&mut [0; 6]).expect("it says that it is ready");
    // Until it has become what it is.
    let is_set_uid = |pid: &str| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.contains("Name:\tset-uid-sleep")
    };
    let children = format!("/proc/{0}/task/{0}/children", shell.id());
    while !fs::read_to_string(&children).expect("its children").split_whitespace().any(is_set_uid) {
        std::thread::yield_now();
    }
    let attached = Attached::begin(&daemon, USER, &["--strict", "--pid", &shell.id().to_string()]);
    drop(shell.stdin.take());
    shell.wait().expect("it can be waited for");
    let seen = attached.end();
    assert!(seen.summary()["missing"].to_string().contains("was there already"), "{}", seen.summary());
}
