//! Every kind of event about processes is seen, once for each time that it happens, with all of its fields.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};
use vivarium_sys::event::Backend;
use vivarium_tests::kinds::{Expected, backend, bits, check, child, failed, one_of, printed, program, seen};
use vivarium_tests::observation::{Observation, may_observe, subject};

#[test]
fn every_deed_is_seen_as_it_was_done() {
    if !may_observe() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().canonicalize().expect("its path");
    let kinds = Path::new(&subject("kinds")).canonicalize().expect("its path");
    let kinds = kinds.to_str().expect("a plain name");
    let script = directory.join("script");
    fs::write(&script, format!("#!{kinds} rest\n")).expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it may be executed");
    let directory = directory.to_str().expect("a plain name");
    let observation = Observation::of(&["-e", "@process"], &[kinds, "process", directory]);
    check(&observation, "process", &expected(&observation, directory, kinds));
}

fn expected(observation: &Observation, directory: &str, kinds: &str) -> Vec<Expected> {
    [lived(observation, directory, kinds), touched(observation)].concat()
}

/// What comes, becomes something else, and goes.
fn lived(observation: &Observation, directory: &str, kinds: &str) -> Vec<Expected> {
    let made = child(observation, "fork_a_process");
    let thread: u64 = printed(observation, "thread").parse().expect("a number");
    let core: bool = printed(observation, "core").parse().expect("yes or no");
    let executed = |path: &str, arguments: &[&str], interpreter: Value| {
        json!({
            "path": path, "arguments": arguments, "count": arguments.len(), "interpreter": interpreter,
            "directory": directory
        })
    };
    let script = format!("{directory}/script");
    let signal =
        |number: i32, name: &str, core: bool| json!({ "status": { "signal": one_of(number, name), "core": core } });
    vec![
        seen("fork_a_process", "proc_fork", [json!({ "child": made, "thread": made, "kind": one_of(0, "process") })]),
        seen("fork_a_process", "proc_exit", [json!({ "status": { "code": 0 } })]),
        seen(
            "start_a_thread",
            "proc_fork",
            [json!({ "child": program(observation), "thread": thread, "kind": one_of(1, "thread") })],
        ),
        seen("start_a_thread", "proc_exit", []),
        seen("execute_a_program", "proc_exec", [executed(kinds, &[kinds, "rest", "two words"], Value::Null)]),
        seen("execute_a_script", "proc_exec", [executed(&script, &[kinds, "rest", &script], json!(kinds))]),
        seen("execute_memory", "proc_exec", [executed("/memfd:brain (deleted)", &["brain", "rest"], Value::Null)]),
        failed(
            "execute_nothing",
            "proc_exec",
            json!({
                "path": format!("{directory}/nothing"), "arguments": null, "count": null, "interpreter": null,
                "directory": directory
            }),
            "ENOENT",
        ),
        seen("exit_with_a_code", "proc_exit", [json!({ "status": { "code": 7 } })]),
        seen("die_of_a_signal", "proc_exit", [signal(libc::SIGKILL, "SIGKILL", false)]),
        seen("dump_core", "proc_exit", [signal(libc::SIGABRT, "SIGABRT", core)]),
    ]
}

/// What they do to each other and to themselves.
fn touched(observation: &Observation) -> Vec<Expected> {
    let nameless = json!({ "value": 0, "name": null });
    let sent =
        |deed: &str, signal: Value| json!({ "target": child(observation, deed), "command": "kinds", "signal": signal });
    let attach = bits(0x12, &["PTRACE_MODE_ATTACH", "PTRACE_MODE_REALCREDS"]);
    let checked = |deed: &str| json!({ "target": child(observation, deed), "command": "kinds", "mode": attach });
    let memory = |writes: bool| json!({ "target": child(observation, "read_and_write_a_child"), "command": "kinds", "writes": writes });
    let (kill, terminate) = (one_of(libc::SIGKILL, "SIGKILL"), one_of(libc::SIGTERM, "SIGTERM"));
    vec![
        seen("send_signals", "task_kill", [sent("send_signals", nameless), sent("send_signals", terminate.clone())]),
        failed(
            "send_a_signal_to_nobody",
            "task_kill",
            json!({ "target": i32::MAX, "command": null, "signal": terminate }),
            "ESRCH",
        ),
        seen("be_stopped", "task_kill", []),
        seen("die_of_a_signal", "task_kill", [sent("die_of_a_signal", kill)]),
        seen("trace_a_child", "ptrace_check", [checked("trace_a_child")]),
        seen("be_traced", "ptrace_traceme", [json!({ "tracer": program(observation), "command": "kinds" })]),
        seen("read_and_write_a_child", "process_vm", [memory(false), memory(true)]),
        match backend() {
            // Each call asks whether the process may be traced.
            Backend::Lsm | Backend::Fentry => {
                seen("read_and_write_a_child", "ptrace_check", ["read_and_write_a_child"; 2].map(checked))
            }
            Backend::Syscalls => seen("read_and_write_a_child", "ptrace_check", []),
        },
        seen(
            "change_protections",
            "task_prctl",
            [
                json!({ "option": one_of(libc::PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), "argument": 1 }),
                json!({ "option": one_of(libc::PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS"), "argument": 1 }),
            ],
        ),
    ]
}
