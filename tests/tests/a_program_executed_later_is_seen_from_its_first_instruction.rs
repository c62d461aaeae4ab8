//! A program that an observed one executes is held until its sites are attached to: nothing of it is missed. Nobody is held for
//! long, not even by an observer that is stopped.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::Value;
use vivarium_tests::observation::{Observation, may_observe, subject};
use vivarium_tests::tool::skip;

/// How many programs that nobody has seen before are executed.
const PROGRAMS: usize = 5;

fn signal(child: &Child, signal: libc::c_int) {
    let pid = libc::pid_t::try_from(child.id()).expect("a pid");
    // SAFETY: our own child, which we haven't waited for.
    assert_eq!(unsafe { libc::kill(pid, signal) }, 0, "the signal can be sent");
}

/// A shell that executes copies of a marked program in its folder, each of which opens this file once.
fn script(directory: &Path, programs: usize, file: &str) -> String {
    let (opener, directory) = (subject("opener"), directory.display());
    (0..programs).map(|n| format!("cp {opener} {directory}/p{n} && {directory}/p{n} {file} 1 1 </dev/null\n")).collect()
}

#[test]
fn every_function_of_it_is_known() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("opened").display().to_string();
    std::fs::write(&file, "").expect("a file");
    let script = script(directory.path(), PROGRAMS, &file);
    let observed = Observation::of(&[], &["/bin/sh", "-c", &script]);
    assert!(observed.status.success(), "{}", observed.stderr);
    let opens: Vec<_> = observed.events("path_open").filter(|open| open["fields"]["path"] == file).collect();
    assert_eq!(opens.len(), PROGRAMS);
    for open in opens {
        assert_eq!(open["attribution"], "innermost", "{open}");
        assert_eq!(open["site"]["name"], "open_and_close", "{open}");
    }
    let unknown = observed.lines.iter().find(|line| line["attribution"] == "unknown");
    assert!(unknown.is_none(), "{unknown:?}");
    assert_eq!(observed.summary()["verdict"], "complete");
}

#[test]
fn it_is_in_all_spans_of_whichever_thread_executes_it() {
    if !may_observe() {
        return;
    }
    let file = "/nonexistent/successor";
    let observed = Observation::of(&["--span", "let_execute"], &[&*subject("successor"), "/bin/cat", file]);
    let starts: Vec<_> = observed.lines.iter().filter(|line| line["type"] == "span_start").collect();
    let names: Vec<_> = starts.iter().map(|start| start["site"]["name"].clone()).collect();
    assert_eq!(names, ["let_execute", "execute"], "each starts once");
    let opens: Vec<_> = observed.events("path_open").filter(|open| open["fields"]["path"] == file).collect();
    assert_eq!(opens.len(), 1, "{}", observed.stderr);
    assert_eq!(opens[0]["stack"], Value::from_iter(starts.iter().map(|start| start["span"].clone())));
    assert_eq!(observed.summary()["verdict"], "complete");
}

#[test]
fn it_goes_on_also_while_its_observer_is_stopped() {
    if may_observe() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        run_while_stopped(directory.path(), &script(directory.path(), 2, "/dev/null"));
    }
}

#[test]
fn of_one_that_was_gone_before_it_could_be_looked_at_nothing_is_claimed() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let script = format!("{}rm {}/p?\n", script(directory.path(), 2, "/dev/null"), directory.path().display());
    let lines = run_while_stopped(directory.path(), &script);
    let is_open = |line: &&Value| line["kind"] == "path_open" && line["fields"]["path"] == "/dev/null";
    let of_copies = lines.iter().filter(is_open).filter(|open| open["comm"].as_str().is_some_and(is_copy));
    let attributions: Vec<_> = of_copies.map(|open| open["attribution"].clone()).collect();
    // Each reads from there as well.
    assert!(attributions.len() >= 2, "{attributions:?}");
    assert!(attributions.iter().all(|attribution| attribution == "unknown"), "{attributions:?}");
    let summary = lines.last().expect("a summary");
    assert_eq!(summary["verdict"], "incomplete", "{summary}");
    assert!(summary["missing"].to_string().contains("it was gone"), "{summary}");
}

#[test]
fn where_it_came_from_can_be_unmounted_as_if_nobody_observed() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let reports = tempfile::tempdir().expect("a temporary directory");
    let (report, place, opener) = (reports.path().join("report"), directory.path().display(), subject("opener"));
    let run = format!("cp {opener} {place}/program && {place}/program /dev/null 1 1 </dev/null");
    // What it does is reported after it was attached to.
    let wait = format!("until grep -q '\"comm\":\"program\"' {}; do sleep 0.01; done", report.display());
    let unmount = format!("umount {place} || {{ umount -l {place}; exit 8; }}");
    let script = format!("mount -t tmpfs none {place} || exit 9; {run}; {wait}; {unmount}");
    let mut command = Observation::command(&[], &report, &["/bin/sh", "-c", &script]);
    let status = command.stdout(Stdio::null()).status().expect("vivarium starts");
    if status.code() == Some(9) {
        return skip("nothing can be mounted here");
    }
    assert_eq!(status.code(), Some(0));
    let report = std::fs::read_to_string(report).expect("a report");
    let summary = report.lines().last().expect("a summary");
    assert!(summary.contains("/program was in use before"), "it was attached to: {summary}");
}

#[test]
fn where_nothing_is_held_it_is_told_what_may_be_missing() {
    if !may_observe() {
        return;
    }
    let (opener, strict) = (subject("opener"), ["--strict", "--no-hold"]);
    // The second one is as late as the first, though all is attached by the time when it is heard of.
    let script = format!("{opener} /dev/null 1 1 </dev/null\n{opener} /dev/null 1 1 </dev/null\ntrue\n");
    let observed = Observation::of(&strict, &["/bin/sh", "-c", &script]);
    assert_eq!(observed.status.code(), Some(3), "{}", observed.summary());
    let missing = observed.summary()["missing"].as_array().expect("a list").clone();
    let said: Vec<_> = missing.iter().filter_map(|missing| missing["why"].as_str()).collect();
    let [said] = said[..] else { panic!("it is said once: {missing:?}") };
    assert!(said.contains("was in use before its ") && said.contains(&opener), "{said}");
    let opens = observed.events("path_open").filter(|open| open["fields"]["path"] == "/dev/null");
    let claimed: Vec<_> = opens.filter(|open| open["comm"] == "opener" && open["attribution"] == "outside").collect();
    assert!(claimed.is_empty(), "{claimed:?}");
}

/// Whether a process is called as the copies are.
fn is_copy(comm: &str) -> bool {
    matches!(comm, "p0" | "p1")
}

/// What is reported of a shell that executes two programs while its observer is stopped.
fn run_while_stopped(directory: &Path, programs: &str) -> Vec<Value> {
    let report = directory.join("report.jsonl");
    let script = format!("echo ready; read line; {programs}\necho over\n");
    let mut vivarium = Observation::command(&[], &report, &["/bin/sh", "-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("vivarium starts");
    let mut printed = BufReader::new(vivarium.stdout.take().expect("its output")).lines();
    let next = |printed: &mut Lines<_>| printed.next().expect("the program goes on").expect("its output is text");
    assert_eq!(next(&mut printed), "ready");
    signal(&vivarium, libc::SIGSTOP);
    vivarium.stdin.take().expect("its input").write_all(b"\n").expect("it reads");
    for word in ["ready", "done", "ready", "done"] {
        assert_eq!(next(&mut printed), word, "of the programs that the shell executes");
    }
    assert_eq!(next(&mut printed), "over");
    signal(&vivarium, libc::SIGCONT);
    assert!(vivarium.wait().expect("vivarium ends").success());
    let report = std::fs::read_to_string(report).expect("a report");
    report.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}
