//! The kernel's own trace of system calls is an oracle that nobody here wrote: of what both tell, there is as much.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use vivarium_sys::event::Backend;
use vivarium_tests::deeds::prepare_files;
use vivarium_tests::kinds::spec;
use vivarium_tests::observation::{Observation, may_observe, subject};
use vivarium_tests::tool;

/// Where the kernel keeps traces.
const TRACES: &str = "/sys/kernel/tracing/instances";

/// Kinds of event of which each call that succeeds makes one, whichever way they are seen; those in one row share calls.
const KINDS: &[&[&str]] = &[
    &["file_rename"],
    &["file_symlink"],
    &["file_hardlink"],
    &["file_mkdir"],
    &["file_unlink", "file_rmdir"],
    &["file_chmod"],
    &["file_chown"],
    &["file_truncate"],
    &["file_setxattr"],
    &["file_removexattr"],
    &["file_getdents"],
    &["setid_change"],
    &["setgid_change"],
    &["setgroups_change"],
    &["capset_change"],
];

#[test]
fn on_how_often_each_call_succeeded() {
    if !may_observe() {
        return;
    }
    let Some(trace) = Trace::begin() else { return };
    let observations =
        [("file", prepare_files as fn(&Path)), ("identity", prepare_programs)].map(|(family, prepare)| {
            let directory = tempfile::tempdir().expect("a temporary directory");
            prepare(directory.path());
            let directory = directory.path().to_str().expect("a plain name");
            let of_family = format!("@{family}");
            let observation = Observation::of(&["-e", &of_family], &[&subject("kinds"), family, directory]);
            assert!(observation.status.success(), "{}", observation.stderr);
            assert_eq!(observation.summary()["verdict"], "complete", "{}", observation.stderr);
            observation
        });
    let calls = trace.succeeded("kinds");
    let mut compared = 0;
    for row in KINDS {
        let mut hooks: Vec<_> = row.iter().flat_map(|kind| by_calls(kind).iter().copied()).collect();
        hooks.sort_unstable();
        hooks.dedup();
        let traced: usize = hooks.iter().filter_map(|call| calls.get::<str>(call)).sum();
        let seen: usize = row.iter().map(|kind| succeeded(&observations, kind)).sum();
        assert_eq!(seen, traced, "{row:?} by {hooks:?}, as the kernel traced {calls:?}");
        compared += traced;
    }
    assert!(compared > KINDS.len(), "too little happened to compare: {calls:?}");
}

/// The system calls that tell of a kind.
fn by_calls(kind: &str) -> &'static [&'static str] {
    spec(kind).sight(Backend::Syscalls).expect("they tell of it").hooks
}

/// How many events of a kind there are that didn't fail.
fn succeeded(observations: &[Observation], kind: &str) -> usize {
    let events = observations.iter().flat_map(|observation| observation.events(kind));
    let of_program = events.filter(|line| line["comm"] == "kinds");
    of_program.filter(|line| line["result"]["error"].is_null()).count()
}

/// Puts there what the deeds of others need.
fn prepare_programs(directory: &Path) {
    fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).expect("others may look");
    for name in ["plain", "capable"] {
        tool::copy_program(subject("kinds"), directory.join(name));
    }
}

/// A trace of our own, which ends with this value.
struct Trace(PathBuf);

impl Trace {
    /// Traces the returns of all calls that are compared, by anybody; none where the kernel has no such traces.
    fn begin() -> Option<Self> {
        let place = Path::new(TRACES).join(format!("vivarium-test-{}", std::process::id()));
        if let Err(error) = fs::create_dir(&place) {
            eprintln!("skipped: {}: {error}", place.display());
            return None;
        }
        let trace = Self(place);
        for call in KINDS.iter().flat_map(|row| row.iter()).flat_map(|kind| by_calls(kind)) {
            let switch = trace.0.join(format!("events/syscalls/sys_exit_{call}/enable"));
            // Older kernels don't have every call.
            if switch.exists() {
                fs::write(&switch, "1").expect("the call can be traced");
            }
        }
        Some(trace)
    }

    /// How often each call succeeded in tasks of this name.
    fn succeeded(&self, task: &str) -> BTreeMap<String, usize> {
        let text = fs::read_to_string(self.0.join("trace")).expect("the trace can be read");
        let mut counts = BTreeMap::new();
        for line in text.lines().filter(|line| line.trim_start().starts_with(&format!("{task}-"))) {
            let Some((call, result)) = line.split_once(": sys_").and_then(|(_, rest)| rest.split_once(" -> 0x")) else {
                continue;
            };
            let result = u64::from_str_radix(result.trim(), 16).expect("a number").cast_signed();
            *counts.entry(call.to_owned()).or_insert(0) += usize::from(result >= 0);
        }
        counts
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        // Where that fails, it stays until the machine is off, and costs a little.
        let _ = fs::remove_dir(&self.0);
    }
}
