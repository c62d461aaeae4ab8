//! Sites of a running session are switched off and on, by whoever it belongs to, and nothing of what happens is lost.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use vivarium_tests::daemon::{Attached, Daemon, OTHER_USER, USER};
use vivarium_tests::observation::{Observation, backend, may_observe};

/// How long a site may take to be what it was switched to; it is much faster.
const LONG: Duration = Duration::from_secs(60);

/// The program whose functions are switched, of a user.
struct Subject {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    folder: PathBuf,
}

impl Subject {
    fn start(daemon: &Daemon) -> Self {
        let program = daemon.installed("vivarium-programs", "switchable");
        let folder = daemon.folder().join("files");
        fs::create_dir_all(&folder).expect("a folder");
        for name in ["outer", "outer-after", "middle", "middle-after", "inner", "inner-after", "endless"] {
            fs::write(folder.join(name), "").expect("a file");
        }
        let mut command = daemon.command(USER, &[&program, folder.to_str().expect("a plain name")]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let (input, output) = (child.stdin.take().expect("its input"), child.stdout.take().expect("its output"));
        let mut subject = Self { child, input, output: BufReader::new(output), folder };
        subject.hear("ready");
        subject
    }

    fn pid(&self) -> String {
        self.child.id().to_string()
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.input, "{line}").expect("it reads");
    }

    fn hear(&mut self, expected: &str) {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it speaks");
        assert_eq!(line.trim_end(), expected);
    }

    fn call(&mut self) {
        self.tell("call");
        self.hear("done");
    }

    fn end(self) {
        let Self { mut child, input, .. } = self;
        drop(input);
        assert!(child.wait().expect("it can be waited for").success());
    }

    /// What the semaphore of each of its functions counts, as `vivarium sites --pid` shows it.
    fn semaphores(&self, daemon: &Daemon) -> BTreeMap<String, u64> {
        let (status, said) = sites(daemon, USER, &["--json", "--pid", &self.pid()]);
        assert_eq!(status, Some(0), "{said}");
        let listed: Value = serde_json::from_str(&said).expect("JSON");
        let sites = listed["files"].as_array().expect("files").iter();
        let sites = sites.flat_map(|file| file["sites"].as_array().expect("sites"));
        sites
            .filter(|site| site["module"] == "switchable")
            .map(|site| {
                let name = site["name"].as_str().expect("a name").to_owned();
                (name, site["semaphore_value"].as_u64().expect("its memory can be read"))
            })
            .collect()
    }

    /// Waits until a function is observed, or is not.
    fn wait_for(&self, daemon: &Daemon, function: &str, is_observed: bool) {
        let deadline = Instant::now() + LONG;
        while (self.semaphores(daemon)[function] > 0) != is_observed {
            assert!(Instant::now() < deadline, "{function} is to be observed: {is_observed}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// In which functions its files were opened, by the names of the files, one after the other.
    fn places(&self, seen: &Observation) -> Vec<(String, String)> {
        let spans: BTreeMap<u64, &str> = seen
            .lines
            .iter()
            .filter(|line| line["type"] == "span_start")
            .map(|line| (line["span"].as_u64().expect("a span"), line["site"]["name"].as_str().unwrap_or("?")))
            .collect();
        let folder = self.folder.to_str().expect("a plain name");
        seen.events("path_open")
            .filter_map(|open| {
                let path = open["fields"]["path"].as_str()?.strip_prefix(folder)?.trim_start_matches('/');
                let place = open["span"].as_u64().map_or("-", |span| spans.get(&span).copied().unwrap_or("lost"));
                Some((path.to_owned(), place.to_owned()))
            })
            .collect()
    }
}

/// What `vivarium sites` says to a user.
fn sites(daemon: &Daemon, user: u32, options: &[&str]) -> (Option<i32>, String) {
    let vivarium = daemon.installed("vivarium-daemon", "vivarium");
    let output = daemon.command(user, &[&[vivarium.as_str(), "sites"], options].concat()).output().expect("it starts");
    let said = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

fn switched(daemon: &Daemon, options: &[&str]) -> String {
    let (status, said) = sites(daemon, USER, options);
    assert_eq!(status, Some(0), "{said}");
    said
}

fn attach(daemon: &Daemon, user: u32, subject: &Subject, more: &[&str]) -> Attached {
    Attached::begin(daemon, user, &[&["--strict", "--backend", &backend(), "--pid", &subject.pid()], more].concat())
}

/// Every span that was told to start was told to stop, and nothing is missing.
fn is_whole(seen: &Observation) {
    let spans = |kind: &str| -> Vec<u64> {
        let of_kind = seen.lines.iter().filter(|line| line["type"] == kind);
        let last = of_kind.filter(|line| kind == "span_start" || line["last"] == true);
        let mut spans: Vec<_> = last.map(|line| line["span"].as_u64().expect("a span")).collect();
        spans.sort_unstable();
        spans.dedup();
        spans
    };
    assert_eq!(spans("span_start"), spans("span_stop"), "no span is half open");
    assert_eq!(seen.summary()["verdict"], "complete", "{}", seen.summary());
    assert_eq!(seen.status.code(), Some(0), "{}", seen.stderr);
}

/// Where the files of one call are opened when `middle` is on, or off.
fn one_call(middle: bool) -> Vec<(String, String)> {
    let middle = if middle { "middle" } else { "outer" };
    [
        ("outer", "outer"),
        ("middle", middle),
        ("inner", "inner"),
        ("inner-after", "inner"),
        ("middle-after", middle),
        ("outer-after", "outer"),
    ]
    .map(|(file, place)| (file.to_owned(), place.to_owned()))
    .into()
}

#[test]
fn a_function_that_is_off_costs_nothing_and_what_it_does_is_told_of_the_one_around() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let mut subject = Subject::start(&daemon);
    assert_eq!(subject.semaphores(&daemon)["middle"], 0);
    let attached = attach(&daemon, USER, &subject, &[]);
    assert!(subject.semaphores(&daemon)["middle"] > 0);
    subject.call();
    let said = switched(&daemon, &["--pid", &subject.pid(), "--disable", "mid*"]);
    assert!(said.lines().any(|line| line.contains("switchable::middle") && line.ends_with(" off")), "{said}");
    subject.wait_for(&daemon, "middle", false);
    let semaphores = subject.semaphores(&daemon);
    assert!(semaphores["outer"] > 0 && semaphores["inner"] > 0, "{semaphores:?}");
    subject.call();
    switched(&daemon, &["--enable", "/^middle$/"]);
    subject.wait_for(&daemon, "middle", true);
    subject.call();
    attached.interrupt();
    let seen = attached.end();
    let expected = [one_call(true), one_call(false), one_call(true)].concat();
    assert_eq!(subject.places(&seen), expected);
    is_whole(&seen);
    assert!(seen.summary()["notes"].to_string().contains("switched off"), "{}", seen.summary());
    subject.end();
}

#[test]
fn a_span_that_is_open_when_its_function_is_switched_off_goes_on_to_its_end() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let mut subject = Subject::start(&daemon);
    let attached = attach(&daemon, USER, &subject, &[]);
    subject.tell("hold");
    subject.hear("held");
    let said = switched(&daemon, &["--disable", "switchable::*"]);
    assert!(said.contains("off, in use yet"), "{said}");
    assert!(subject.semaphores(&daemon)["inner"] > 0, "its end is waited for");
    subject.tell("");
    subject.hear("done");
    for function in ["outer", "middle", "inner"] {
        subject.wait_for(&daemon, function, false);
    }
    subject.call();
    attached.interrupt();
    let seen = attached.end();
    let outside = one_call(true).into_iter().map(|(file, _)| (file, "-".to_owned())).collect();
    assert_eq!(subject.places(&seen), [one_call(true), outside].concat());
    is_whole(&seen);
    subject.end();
}

#[test]
fn a_future_that_waits_when_its_function_is_switched_off_is_closed_and_comes_again() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let mut subject = Subject::start(&daemon);
    let attached = attach(&daemon, USER, &subject, &[]);
    let poll = |subject: &mut Subject| {
        subject.tell("poll");
        subject.hear("done");
    };
    poll(&mut subject);
    switched(&daemon, &["--disable", "endless"]);
    subject.wait_for(&daemon, "endless", false);
    poll(&mut subject);
    switched(&daemon, &["--enable", "endless"]);
    subject.wait_for(&daemon, "endless", true);
    poll(&mut subject);
    attached.interrupt();
    let seen = attached.end();
    let places: Vec<_> = subject.places(&seen).into_iter().map(|(_, place)| place).collect();
    assert_eq!(places, ["endless", "-", "endless"]);
    is_whole(&seen);
    let closed = seen.lines.iter().filter(|line| line["type"] == "span_stop" && line["how"] == "switched_off").count();
    assert_eq!(closed, 1);
    subject.end();
}

#[test]
fn another_session_on_the_same_process_goes_on_with_everything() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let mut subject = Subject::start(&daemon);
    let (one, other) = (attach(&daemon, USER, &subject, &[]), attach(&daemon, 0, &subject, &[]));
    // Of the two only one is theirs, so it need not be said which.
    switched(&daemon, &["--disable", "middle"]);
    assert!(subject.semaphores(&daemon)["middle"] > 0, "the other one wants it");
    subject.call();
    other.interrupt();
    let other = other.end();
    assert_eq!(subject.places(&other), one_call(true));
    is_whole(&other);
    subject.wait_for(&daemon, "middle", false);
    subject.call();
    one.interrupt();
    let one = one.end();
    assert_eq!(subject.places(&one), [one_call(false), one_call(false)].concat());
    is_whole(&one);
    subject.end();
}

#[test]
fn functions_that_are_called_all_the_time_are_switched_without_a_loss() {
    if !may_observe() {
        return;
    }
    const ROUNDS: usize = 8;
    let daemon = Daemon::start();
    let mut subject = Subject::start(&daemon);
    let attached = attach(&daemon, USER, &subject, &[]);
    let mut calls = 0;
    thread::scope(|scope| {
        let switching = scope.spawn(|| {
            for _ in 0..ROUNDS {
                switched(&daemon, &["--disable", "middle"]);
                switched(&daemon, &["--disable", "inner", "--enable", "middle"]);
                switched(&daemon, &["--enable", "*"]);
            }
        });
        while !switching.is_finished() {
            subject.call();
            calls += 1;
            // No faster than a debug build reads on a busy machine.
            thread::sleep(Duration::from_micros(500));
        }
        switching.join().expect("it is switched");
    });
    attached.interrupt();
    let seen = attached.end();
    is_whole(&seen);
    let places = subject.places(&seen);
    assert_eq!(places.len(), 6 * calls, "each file of each call");
    for (file, place) in places {
        let allowed: &[&str] = match file.as_str() {
            "outer" | "outer-after" => &["outer"],
            "middle" | "middle-after" => &["middle", "outer"],
            _ => &["inner", "middle", "outer"],
        };
        assert!(allowed.contains(&place.as_str()), "{file} in {place}");
    }
    subject.end();
}

#[test]
fn what_is_disabled_at_the_beginning_is_never_seen() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let subject = Subject::start(&daemon);
    let program = daemon.installed("vivarium-programs", "switchable");
    let folder = subject.folder.to_str().expect("a plain name");
    let words = [program.as_str(), folder, "call", "call"];
    let options = ["--strict", "--disable", "/^(middle|inner)$/", "--enable", "inner", "--disable", "midle"];
    let of_user = daemon.observe(USER, &options, &words);
    let by_itself = Observation::of(&options, &words);
    for seen in [of_user, by_itself] {
        is_whole(&seen);
        assert_eq!(subject.places(&seen), [one_call(false), one_call(false)].concat());
        assert!(seen.summary()["notes"].to_string().contains("did you mean middle"), "{}", seen.summary());
    }
    subject.end();
}

#[test]
fn what_means_no_site_is_refused_with_what_is_near() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let subject = Subject::start(&daemon);
    let pid = subject.pid();
    let (status, said) = sites(&daemon, USER, &["--pid", &pid, "--disable", "middle"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("no session of yours"), "{said}");
    let attached = attach(&daemon, USER, &subject, &[]);
    for (pattern, meant) in [("midle", "did you mean middle?"), ("xyzzy*", "names no site"), ("/(/", "is no pattern")] {
        let (status, said) = sites(&daemon, USER, &["--disable", pattern]);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(meant), "{said}");
    }
    let (_, said) = sites(&daemon, USER, &["--disable", "outer", "--disable", "midle"]);
    assert!(said.contains("did you mean"), "{said}");
    assert!(subject.semaphores(&daemon).values().all(|value| *value > 0), "all of it or nothing");
    attached.interrupt();
    is_whole(&attached.end());
    subject.end();
}

#[test]
fn a_session_is_switched_by_whom_it_belongs_to_and_by_root_alone() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let subject = Subject::start(&daemon);
    let attached = attach(&daemon, USER, &subject, &[]);
    let (_, listed) = sites(&daemon, USER, &["--sessions", "--json"]);
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    let id = listed[0]["id"].as_u64().expect("a number").to_string();
    assert_eq!(listed[0]["processes"][0].to_string(), subject.pid());

    let (_, theirs) = sites(&daemon, OTHER_USER, &["--sessions"]);
    assert_eq!(theirs, "no sessions\n");
    for options in [&["--session", &id][..], &["--session", &id, "--disable", "*"]] {
        let (status, said) = sites(&daemon, OTHER_USER, options);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(&format!("you have no session {id}")), "as of one that there is not: {said}");
    }
    let (status, said) = sites(&daemon, OTHER_USER, &["--pid", &subject.pid(), "--disable", "*"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(subject.semaphores(&daemon).values().all(|value| *value > 0));
    // Who does not ask first is refused as well.
    for user in [OTHER_USER, USER] {
        let said = ask_by_hand(&daemon, user, &format!(r#"{{"session": {id}, "on": false, "sites": []}}"#));
        assert_eq!(&said, if user == USER { b"SHWN" } else { b"ERRO" }, "user {user}");
    }

    let (status, said) = sites(&daemon, 0, &["--session", &id, "--disable", "outer"]);
    assert_eq!(status, Some(0), "{said}");
    subject.wait_for(&daemon, "outer", false);
    attached.interrupt();
    is_whole(&attached.end());
    subject.end();
}

/// Sends a frame that switches sites as this user, whatever `vivarium` would say; the tag of the answer.
fn ask_by_hand(daemon: &Daemon, user: u32, content: &str) -> [u8; 4] {
    let script = format!(
        "import socket,struct,sys,os\n\
         s=socket.socket(socket.AF_UNIX); s.connect(os.environ['VIVARIUM_SOCKET'])\n\
         f=lambda t,c: s.sendall(t+struct.pack('<I',len(c))+c)\n\
         def n(k):\n\
         \x20 b=b''\n\
         \x20 while len(b)<k: b+=s.recv(k-len(b))\n\
         \x20 return b\n\
         def m():\n\
         \x20 h=n(8); n(struct.unpack('<I',h[4:])[0]); return h[:4]\n\
         f(b'HELO',struct.pack('<I',1)+b'test'); m(); f(b'SWCH',{content:?}.encode()); print(m().decode(),end='')"
    );
    let output = daemon.command(user, &["python3", "-c", &script]).output().expect("python3 starts");
    output.stdout.try_into().unwrap_or_else(|said| panic!("{said:?} {}", String::from_utf8_lossy(&output.stderr)))
}
