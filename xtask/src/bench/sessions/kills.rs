//! What is left when the daemon is killed at any moment.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::time::{ClockId, clock_gettime};

use super::bars::Bar;
use super::many::{ended, watch};
use super::scene::Scene;

/// How often the program opens a file on each of its threads, as fast as it can.
const TIMES: u64 = 20_000;
/// At which moment it is killed at the latest.
const MOMENTS: u64 = 100;
/// How many sessions there are.
const SESSIONS: u64 = 6;
/// How long what the kernel has of a dead process may take to go.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Found {
    late: usize,
    worst: f64,
    dishonest: usize,
    noticed: usize,
    left: usize,
}

pub(super) fn measure(scene: &Scene, kills: u32) -> anyhow::Result<Vec<Bar>> {
    let mut found = Found::default();
    for _ in 0..kills {
        round(scene, &mut found)?;
    }
    let pins = fs::read_dir("/sys/fs/bpf")
        .map_or(0, |pins| pins.flatten().filter(|pin| pin.file_name().to_string_lossy().contains("vivarium")).count());
    let sessions = SESSIONS * u64::from(kills);
    Ok(vec![
        Bar::below(1000.0, found.worst, "ms", format!("until the last of {sessions} clients knew, at worst")),
        Bar::none(found.late, "clients that knew it after a second"),
        Bar::none(found.dishonest, format!("sessions of {sessions} that were called complete and were not")),
        Bar::none(found.noticed, format!("observed programs of {} that ended otherwise", 2 * kills)),
        Bar::none(found.left, "programs with functions that stayed observed"),
        Bar::none(pins, "pins"),
    ])
}

fn round(scene: &Scene, found: &mut Found) -> anyhow::Result<()> {
    let daemon = scene.daemon()?;
    let opener = |times: u64| {
        let words = ["/dev/null".to_owned(), times.to_string(), "2".to_owned()];
        scene.started("opener", &words, "ready")
    };
    // One does much, the other shows who is attached.
    let mut programs = [opener(TIMES)?, opener(1)?];
    let mut observers = watch(scene, SESSIONS, &programs)?;
    programs[0].go()?;
    let random = RandomState::new().hash_one(daemon.pid());
    thread::sleep(Duration::from_millis(random % MOMENTS));
    let killed = Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC)?);
    drop(daemon);
    let sessions = ended(&observers.end()?.0)?;
    found.dishonest += usize::try_from(SESSIONS)? - sessions.len();
    for session in sessions {
        let after = Duration::from_nanos(session.at).saturating_sub(killed).as_secs_f64() * 1e3;
        found.worst = found.worst.max(after);
        found.late += usize::from(after >= 1000.0);
        found.dishonest += usize::from(session.is_complete);
    }
    let deadline = Instant::now() + PATIENCE;
    while semaphores(scene, programs[1].pid())? > 0 {
        if Instant::now() > deadline {
            found.left += 1;
            break;
        }
    }
    programs[1].go()?;
    for program in &mut programs {
        let (said, is_well) = program.end()?;
        found.noticed += usize::from(!is_well || said != "done\n");
    }
    Ok(())
}

/// What the semaphores of a process count together.
fn semaphores(scene: &Scene, pid: u32) -> anyhow::Result<u64> {
    let said = scene.output("vivarium", &["sites", "--json", "--pid", &pid.to_string()].map(str::to_owned))?;
    let listing: serde_json::Value = serde_json::from_str(&said)?;
    let files = listing["files"].as_array().context("files")?.iter();
    let sites = files.filter_map(|file| file["sites"].as_array()).flatten();
    Ok(sites.filter_map(|site| site["semaphore_value"].as_u64()).sum())
}
