//! Processes that run already, chosen in each way, through the daemon and without one.

use std::fs;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use vivarium_tests::daemon::{Attached, Daemon, USER};
use vivarium_tests::observation::{Observation, backend, may_observe};
use vivarium_tests::tool::{copy_program, skip};
use vivarium_tests::waiting::Waiting;

fn start(daemon: &Daemon, user: u32, words: &[&str]) -> Waiting {
    Waiting::start(&mut daemon.command(user, words))
}

fn let_go(running: Waiting) {
    assert!(running.let_go().status.success());
}

/// A shell with a name of its own, as `ps -o comm` shows it.
fn shell(daemon: &Daemon, name: &str) -> String {
    let copy = daemon.folder().join(name);
    if !copy.exists() {
        copy_program("/bin/sh", &copy);
    }
    copy.into_os_string().into_string().expect("a plain name")
}

/// What the shell does itself, and what it has a child do.
const SCRIPT: &str = "echo ready; read go; : </dev/zero; cat /dev/null; :";

fn opens(seen: &Observation, path: &str) -> usize {
    seen.events("path_open").filter(|open| open["fields"]["path"] == path).count()
}

fn is_complete(seen: &Observation) {
    assert_eq!(seen.status.code(), Some(0), "{} {}", seen.stderr, seen.summary());
    assert_eq!(seen.summary()["verdict"], "complete", "{}", seen.summary());
}

/// Who attaches, and whether it asks the daemon.
const WAYS: [(u32, &[&str]); 2] = [(USER, &["--daemon"]), (0, &[])];

fn options<'a>(way: &[&'a str], more: &[&'a str], backend: &'a str) -> Vec<&'a str> {
    [way, &["--strict", "--backend", backend], more].concat()
}

#[test]
fn threads_that_make_others_all_the_time_are_all_found() {
    if !may_observe() {
        return;
    }
    const CHAINS: usize = 8;
    let daemon = Daemon::start();
    let chains = daemon.installed("vivarium-programs", "chains");
    for (user, way) in WAYS {
        let running = start(&daemon, user, &[&chains, "/dev/zero", &CHAINS.to_string()]);
        let pid = running.pid().to_string();
        let attached = Attached::start(&daemon, user, &options(way, &["--pid", &pid], &backend()));
        attached.wait();
        let_go(running);
        let seen = attached.end();
        is_complete(&seen);
        assert_eq!(opens(&seen, "/dev/zero"), CHAINS, "as user {user}: {}", seen.summary());
        let in_span = seen.events("path_open").filter(|open| open["attribution"] == "innermost").count();
        assert_eq!(in_span, CHAINS, "each in its function: {}", seen.summary());
    }
}

#[test]
fn they_are_chosen_by_name_with_their_children_or_without() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let (named, other) = (shell(&daemon, "viv-named"), shell(&daemon, "viv-other"));
    for (user, way) in WAYS {
        for (more, of_children) in [(&["--comm", "viv-named"][..], 2), (&["--comm", "viv-named", "--no-children"], 0)] {
            let two = [(); 2].map(|()| start(&daemon, user, &[&named, "-c", SCRIPT]));
            let third = start(&daemon, user, &[&other, "-c", SCRIPT]);
            let attached = Attached::start(&daemon, user, &options(way, more, &backend()));
            attached.wait();
            let_go(third);
            two.into_iter().for_each(let_go);
            let seen = attached.end();
            is_complete(&seen);
            assert_eq!(opens(&seen, "/dev/zero"), 2, "as user {user} {more:?}: {}", seen.summary());
            assert_eq!(opens(&seen, "/dev/null"), of_children, "as user {user} {more:?}: {}", seen.summary());
        }
    }
}

#[test]
fn several_choices_add_up() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let (named, other) = (shell(&daemon, "viv-added"), shell(&daemon, "viv-more"));
    let one = start(&daemon, USER, &[&named, "-c", SCRIPT]);
    let another = start(&daemon, USER, &[&other, "-c", SCRIPT]);
    let pid = another.pid().to_string();
    let attached = Attached::begin(&daemon, USER, &["--strict", "--comm", "viv-added", "--pid", &pid]);
    let_go(one);
    let_go(another);
    let seen = attached.end();
    is_complete(&seen);
    assert_eq!(opens(&seen, "/dev/zero"), 2, "{}", seen.summary());
}

#[test]
fn those_of_a_control_group_are_chosen() {
    if !may_observe() {
        return;
    }
    let name = format!("vivarium-test-{}", std::process::id());
    those_of_a_group_are_chosen_by(&name, |path| vec!["--cgroup".to_owned(), path.to_owned()]);
}

/// A container and a unit are control groups with names that whoever runs them gives.
#[test]
fn those_of_a_container_and_of_a_unit_are_chosen() {
    if !may_observe() {
        return;
    }
    let id = format!("{:064x}", 0x00c0_ffee_0000_0000_u64 + u64::from(std::process::id()));
    let (short, unit) = (&id[..60], format!("vivarium-test-{}", std::process::id()));
    for name in [format!("docker-{id}.scope"), format!("libpod-{id}.scope"), format!("cri-containerd-{id}.scope")] {
        those_of_a_group_are_chosen_by(&name, |_| vec!["--container".to_owned(), short.to_owned()]);
    }
    those_of_a_group_are_chosen_by(&format!("{unit}.service"), |_| vec!["--unit".to_owned(), unit.clone()]);
}

/// Of two processes of one name that one is observed which is in a control group of this name, when it is chosen so.
fn those_of_a_group_are_chosen_by(name: &str, choice: impl FnOnce(&str) -> Vec<String>) {
    let Some(group) = Group::make(name) else {
        return skip("no control group can be made here");
    };
    let daemon = Daemon::start();
    let named = shell(&daemon, "viv-grouped");
    let within = start(&daemon, USER, &[&named, "-c", SCRIPT]);
    let outside = start(&daemon, USER, &[&named, "-c", SCRIPT]);
    fs::write(group.0.join("cgroup.procs"), within.pid().to_string()).expect("it can be moved");
    let line = fs::read_to_string(format!("/proc/{}/cgroup", within.pid())).expect("its groups");
    let path = line.lines().filter_map(|line| line.splitn(3, ':').nth(2)).find(|path| path.ends_with(name));
    let choice = choice(path.expect("it is there"));
    let options: Vec<_> = ["--strict"].into_iter().chain(choice.iter().map(String::as_str)).collect();
    let attached = Attached::begin(&daemon, USER, &options);
    let_go(outside);
    let_go(within);
    let seen = attached.end();
    is_complete(&seen);
    assert_eq!(opens(&seen, "/dev/zero"), 1, "{name}: {}", seen.summary());
}

/// A control group of a test's own.
struct Group(PathBuf);

impl Group {
    fn make(name: &str) -> Option<Self> {
        let hierarchies = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/pids"];
        let groups = hierarchies.map(|hierarchy| PathBuf::from(hierarchy).join(name));
        groups.into_iter().find(|group| fs::create_dir(group).is_ok() && group.join("cgroup.procs").exists()).map(Self)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Whoever was in it has ended; if not, the next boot takes it away.
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn one_that_is_not_there_yet_is_waited_for_and_its_successors_are_followed() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let named = shell(&daemon, "viv-later");
    for (user, way) in WAYS {
        let more = ["--comm", "viv-later", "--wait", "--follow"];
        let attached = Attached::start(&daemon, user, &options(way, &more, &backend()));
        for file in ["/dev/zero", "/dev/full"] {
            // It does something until it has been seen.
            let script = format!("echo ready; while : <{file}; do sleep 0.01; done");
            let running = start(&daemon, user, &[&named, "-c", &script]);
            attached.wait_for(file);
            drop(running);
        }
        attached.interrupt();
        let seen = attached.end();
        is_complete(&seen);
        assert!(opens(&seen, "/dev/zero") > 0 && opens(&seen, "/dev/full") > 0, "{}", seen.summary());
    }
}

#[test]
fn one_may_be_waited_for_longer_than_the_daemon_keeps_those_who_want_nothing() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let named = shell(&daemon, "viv-late");
    let begin = |(user, way): (u32, &[&'static str])| {
        Attached::start(&daemon, user, &options(way, &["--comm", "viv-late", "--wait"], &backend()))
    };
    let attached = WAYS.map(begin);
    // Who came after them and wants nothing is let go of.
    let mut idle = UnixStream::connect(daemon.socket()).expect("it listens");
    idle.read_to_end(&mut Vec::new()).expect("the daemon closes it");
    let running = start(&daemon, USER, &[&named, "-c", SCRIPT]);
    attached.iter().for_each(Attached::wait);
    let_go(running);
    for attached in attached {
        let seen = attached.end();
        is_complete(&seen);
        assert_eq!(opens(&seen, "/dev/zero"), 1, "{}", seen.summary());
    }
}

#[test]
fn without_waiting_nobody_is_an_error_that_names_who_was_meant() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let seen = Attached::start(&daemon, USER, &["--daemon", "--comm", "viv-nobody"]).end();
    assert_eq!(seen.status.code(), Some(2), "{}", seen.stderr);
    assert!(seen.stderr.contains("viv-nobody") && seen.stderr.contains("--wait"), "{}", seen.stderr);
}
