//! Processes are known by what holds them: a number that is used again, or is another one elsewhere, gains nothing.

use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use vivarium_daemon::daemon::Pidfd;
use vivarium_protocol::{Client, SocketPath, Start, Target};
use vivarium_session::record::Pid;
use vivarium_tests::daemon::{Daemon, USER};
use vivarium_tests::observation::may_observe;
use vivarium_tests::tool::{printed, skip};

/// How often it is tried to get a number: others make processes meanwhile.
const TRIES: usize = 500;

fn end(mut child: Child) {
    child.kill().expect("it can be killed");
    child.wait().expect("it can be waited for");
}

/// A process of root with this number.
fn with_number(number: u32) -> Option<Child> {
    for _ in 0..TRIES {
        fs::write("/proc/sys/kernel/ns_last_pid", (number - 1).to_string()).ok()?;
        let child = Command::new("/bin/sleep").arg("600").spawn().expect("sleep starts");
        if child.id() == number {
            return Some(child);
        }
        end(child);
    }
    None
}

#[test]
fn who_gets_the_number_of_another_one_is_not_taken_for_it() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let child = daemon.command(USER, &["/bin/sleep", "600"]).spawn().expect("sleep starts");
    let number = child.id();
    let held = Pidfd::open(Pid(number)).expect("it runs");
    let place = SocketPath::new(daemon.socket());
    let start = || {
        let client = Client::connect(&place).expect("it is answered");
        client.start(&Start::of([Target::Process]), Vec::new(), &[held.as_fd()])
    };
    drop(start().expect("it is granted as long as it runs"));
    end(child);
    let Some(other) = with_number(number) else {
        return skip("nobody here can choose the numbers of processes");
    };
    let refused = start();
    end(other);
    let refused = refused.expect_err("the one that was meant has ended");
    assert!(refused.to_string().contains("no such process"), "{refused}");
}

#[test]
fn in_another_namespace_numbers_mean_what_they_mean_there() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let vivarium = daemon.installed("vivarium-daemon", "vivarium");
    let folder = tempfile::tempdir_in(daemon.folder()).expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("the folder is open to all");
    // The daemon is not there. The shell waits for what it reads from the fifo, and is number 2 or 3, which here is of root.
    let script = format!(
        "{vivarium} attach --daemon --pid {daemon_pid} 2>&1; echo status $?
        mkfifo go; (read x <go; exec cat /dev/null) & inner=$!
        {vivarium} attach --daemon --strict --format jsonl -o seen --pid $inner & attached=$!
        until [ -s seen ]; do kill -0 $attached || exit; sleep 0.01; done
        echo inner $inner; echo >go; wait $inner; wait $attached; echo strict $?",
        daemon_pid = daemon.pid(),
    );
    let user = USER.to_string();
    let output = Command::new("unshare")
        .args([
            "--pid",
            "--fork",
            "--mount-proc",
            "setpriv",
            "--reuid",
            &user,
            "--regid",
            &user,
            "--clear-groups",
            "--",
        ])
        .args(["/bin/sh", "-c", &script])
        .current_dir(folder.path())
        .env("VIVARIUM_SOCKET", daemon.socket())
        .stdin(Stdio::null())
        .output()
        .expect("unshare starts");
    let said = printed(&output.stdout);
    assert!(said.contains("there is no process") && said.contains("status 2"), "{said}{output:?}");
    assert!(said.contains("strict 0"), "{said}{output:?}");
    let inner: u32 = said.lines().find_map(|line| line.strip_prefix("inner ")?.parse().ok()).expect("its number");
    assert!(inner < 100, "it is one of the first there: {inner}");
    let seen = fs::read_to_string(folder.path().join("seen")).expect("what was seen");
    let seen: Vec<serde_json::Value> = seen.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
    let open = seen.iter().find(|line| line["kind"] == "path_open" && line["fields"]["path"] == "/dev/null");
    let open = open.expect("it was the one that was meant");
    assert_ne!(open["pid"], inner, "here it has another number");
}
