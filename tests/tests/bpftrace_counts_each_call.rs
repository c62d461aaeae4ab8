//! A bpftrace script attaches to the probes of a site, counts its calls exactly, and prints what the probes carry.
//!
//! The program has one site: of all the sites that a file has bpftrace raises the semaphore of the first, so that it sees
//! that one alone. `docs/sites.md` tells how it sees them all.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::process::Command;

use vivarium_tests::listing::Vivarium;
use vivarium_tests::{cargo, tool};

const TIMES: usize = 500;
const THREADS: usize = 2;

#[test]
fn and_prints_the_arguments() {
    if !tool::is_installed("bpftrace", "bpftrace") || !tool::is_root() {
        return;
    }
    let program = cargo::program("vivarium-programs", "parser").expect("the program can be built");
    let path = program.display();
    let sites = Vivarium::build().expect("the command can be built").sites_of_file(&program).expect("it has sites");
    let [site] = sites.as_slice() else { panic!("it has one site: {sites:?}") };
    let script = format!(
        r#"
        usdt:{path}:vivarium:span_start {{ @start[arg1, arg2, str(arg3)] = count(); @open[arg0] = 1; }}
        usdt:{path}:vivarium:span_stop {{ @stop[arg1, arg2] = count(); if (@open[arg0]) {{ delete(@open[arg0]); }} }}
        usdt:{path}:vivarium:span_raise {{ @raise[arg1, arg2, str(arg3)] = count(); }}
        "#
    );
    let mut bpftrace = Command::new("bpftrace");
    bpftrace.env("LC_ALL", "C").env("BPFTRACE_MAP_KEYS_MAX", (2 * TIMES * THREADS).to_string());
    let output = tool::run(bpftrace.args(["-q", "-e", &script, "-c", &format!("{path} {TIMES} {THREADS}")]));
    let text = tool::printed(&output.stdout);
    let mut seen: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
    seen.sort_unstable();
    let (id, calls) = (u64::from_str_radix(&site.identity.id, 16).expect("an id is a number"), TIMES * THREADS);
    let failed = calls / 5;
    // No instance is left open: each stop has the instance of a start. The second numbers: an error, no flags, the last stop.
    let expected = [
        format!("@raise[{id}, 2, invalid digit found in string]: {failed}"),
        format!("@start[{id}, 0, parser::parse]: {calls}"),
        format!("@stop[{id}, 1]: {calls}"),
        format!("failed: {failed}"),
    ];
    assert_eq!(seen, expected, "{text}{}", tool::printed(&output.stderr));
}
