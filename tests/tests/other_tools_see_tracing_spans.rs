//! gdb and bpftrace, which know nothing of us, see the spans of `tracing` through the probes that all of them share.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::io::Write;
use std::process::Command;

use vivarium_tests::tool;

const PROGRAM: &str = env!("CARGO_BIN_EXE_traced");

/// What a tool must see of each of the three requests: `read` twice, a pause between, and the future dropped in the span.
/// The numbers are those of `StartFlags` and `StopFlags`.
const REQUEST: [&str; 16] = [
    "start traced::request #1 1",
    "start traced::read #2 1",
    "stop #2 4",
    "start traced::read #2 2",
    "stop #2 1",
    "stop #1 4",
    "start traced::request #1 1",
    "start traced::read #3 1",
    "stop #3 4",
    "start traced::read #3 2",
    "stop #3 1",
    "stop #1 4",
    "start traced::request #1 1",
    "stop #1 4",
    "start traced::request #1 2",
    "stop #1 1",
];

/// What a tool writes that prints a line as above for each probe, but with instances where they have numbers.
fn lines_of(tool: &mut Command) -> Vec<String> {
    let seen = tool::printed(&tool::run(tool.env("LC_ALL", "C")).stdout);
    let lines = seen.lines().filter(|line| line.starts_with("start ") || line.starts_with("stop "));
    lines.map(str::to_owned).collect()
}

/// Replaces each instance by its number in the request.
fn numbered(request: &[String]) -> Vec<String> {
    let instance_in = |line: &str| line.split(' ').find(|word| word.starts_with('#')).map(str::to_owned);
    let mut instances: Vec<_> = request.iter().filter_map(|line| instance_in(line)).collect();
    // They count up, in the order of their starts.
    instances.sort();
    instances.dedup();
    let numbered = |line: &String| {
        let instance = instance_in(line).expect("each line has one");
        let number = 1 + instances.iter().position(|known| *known == instance).expect("it is there");
        line.replace(&instance, &format!("#{number}"))
    };
    request.iter().map(numbered).collect()
}

fn assert_three_requests(lines: &[String]) {
    assert_eq!(lines.len(), 3 * REQUEST.len(), "{lines:#?}");
    for request in lines.chunks(REQUEST.len()) {
        assert_eq!(numbered(request), REQUEST);
    }
}

#[test]
fn gdb_stops_at_them() {
    if !tool::is_installed("gdb", "gdb") {
        return;
    }
    let mut script = tempfile::NamedTempFile::new().expect("there is room for a script");
    let text = r#"
        set pagination off
        set language c
        break -probe-stap vivarium:span_start
        commands
            silent
            printf "start %s #%lx %d\n", (char *)$_probe_arg3, (long)$_probe_arg0, (int)$_probe_arg2
            continue
        end
        break -probe-stap vivarium:span_stop
        commands
            silent
            printf "stop #%lx %d\n", (long)$_probe_arg0, (int)$_probe_arg2
            continue
        end
        run
    "#;
    script.write_all(text.as_bytes()).expect("there is room for a script");
    assert_three_requests(&lines_of(Command::new("gdb").args(["-batch", "-nx", "-x"]).arg(script.path()).arg(PROGRAM)));
}

#[test]
fn bpftrace_counts_them() {
    if !tool::is_installed("bpftrace", "bpftrace") || !tool::is_root() {
        return;
    }
    let script = format!(
        r#"
        usdt:{PROGRAM}:vivarium:span_start {{ printf("start %s #%lx %d\n", str(arg3), arg0, arg2); }}
        usdt:{PROGRAM}:vivarium:span_stop {{ printf("stop #%lx %d\n", arg0, arg2); }}
        "#
    );
    assert_three_requests(&lines_of(Command::new("bpftrace").args(["-q", "-e", &script, "-c", PROGRAM])));
}
