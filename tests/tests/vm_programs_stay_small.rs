//! No BPF program comes near what the verifier looks at, and `cargo xtask vm` shows how far each of them goes and what one
//! run of it takes.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Stdio};

use aya::sys::{Stats, enable_stats};
use vivarium_sys::event::EventKind;
use vivarium_sys::load::PROGRAMS;
use vivarium_tests::observation::{Observation, may_observe};
use vivarium_tests::programs::{LoadedProgram, loaded_by};

/// The verifier gives up after a million instructions; what needs half of that may be too much for the next kernel.
const MOST: u64 = 500_000;

/// A bit of everything, a few times.
const DEEDS: &str = "cd \"$0\" || exit 1
    for round in 1 2 3 4 5; do
        : >one; : >>one; mv one two; ln two three; ln -s two four; mkdir five; rmdir five; mkfifo six
        chmod 600 two; chown 1 two; truncate -s 3 two; ls -l . >seven; kill -0 $$; (cd /)
        rm two three four six seven
    done
    echo done; read line";

#[test]
fn in_the_verifier_of_this_kernel() {
    if !may_observe() {
        return;
    }
    // For as long as this is open.
    let _counted = enable_stats(Stats::RunTime).expect("the kernel counts what programs take");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let programs = observe_deeds(directory.path());
    for LoadedProgram { name, verified, runs, time } in &programs {
        let each = time.checked_div(*runs).unwrap_or(0);
        println!("@program {name} {verified} {runs} {each}");
    }
    let too_large: Vec<_> = programs.iter().filter(|program| program.verified >= MOST).collect();
    assert!(too_large.is_empty(), "the verifier looks at too much: {too_large:?}");
    assert!(programs.iter().any(|program| program.name == "task_fork" && program.runs > 0), "{programs:?}");
}

/// The programs that observe everything, after it happened.
fn observe_deeds(directory: &Path) -> Vec<LoadedProgram> {
    let report = directory.join("report");
    let text = directory.to_str().expect("a plain name");
    let every = EventKind::all().map(|row| row.name).collect::<Vec<_>>().join(",");
    let mut vivarium = Observation::command(&["-e", &every], &report, &["sh", "-c", DEEDS, text])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("vivarium starts");
    wait_for_deeds(&mut vivarium);
    let known = |program: &LoadedProgram| PROGRAMS.iter().any(|row| row.name == program.name);
    let programs = loaded_by(vivarium.id()).into_iter().filter(known).collect();
    // The shell reads to the end.
    drop(vivarium.stdin.take().map(|mut input| input.write_all(b"\n")));
    assert!(vivarium.wait().expect("it ends").success());
    programs
}

fn wait_for_deeds(vivarium: &mut Child) {
    let output = BufReader::new(vivarium.stdout.take().expect("its output"));
    let said = output.lines().map_while(Result::ok).find(|line| line == "done");
    assert!(said.is_some(), "the deeds failed");
}
