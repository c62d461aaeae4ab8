use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::command::{listed_json, skip};
use super::live::Live;
use super::program::Program;

const TRACING: &str = "/sys/kernel/tracing";

/// The kernel's own uprobe on a probe, made through tracefs: what counts in the semaphore is neither ours nor a copy.
struct Uprobe {
    name: String,
}

impl Uprobe {
    fn attach(name: &str, program: &Path, probe: u64, semaphore: u64) -> io::Result<Self> {
        let name = format!("vivarium_test_{}/{name}", std::process::id());
        let definition = format!("p:{name} {}:{probe:#x}({semaphore:#x})", program.display());
        append("uprobe_events", &definition)?;
        let uprobe = Self { name };
        uprobe.enable("1")?;
        Ok(uprobe)
    }

    fn enable(&self, value: &str) -> io::Result<()> {
        fs::write(format!("{TRACING}/events/{}/enable", self.name), value)
    }

    /// How often it was hit.
    fn hits(&self) -> u64 {
        let name = self.name.split_once('/').unwrap().1;
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            // The kernel gives the list in pieces, and may leave one out when others add and remove theirs meanwhile.
            let profile = fs::read_to_string(format!("{TRACING}/uprobe_profile")).unwrap();
            let mut lines = profile.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            if let Some(line) = lines.find(|line| line.get(1) == Some(&name)) {
                return line[2].parse().unwrap();
            }
            assert!(Instant::now() < deadline, "{name} is not in {profile}");
        }
    }
}

impl Drop for Uprobe {
    fn drop(&mut self) {
        let _ = self.enable("0");
        let _ = append("uprobe_events", &format!("-:{}", self.name));
    }
}

fn append(file: &str, line: &str) -> io::Result<()> {
    OpenOptions::new().append(true).open(format!("{TRACING}/{file}"))?.write_all(line.as_bytes())
}

/// The value of the semaphore of each site, by name.
fn semaphores(live: &Live) -> BTreeMap<String, u64> {
    let json = live.listed_json();
    let sites = json["files"][0]["sites"].as_array().unwrap().iter();
    sites.map(|site| (site["name"].as_str().unwrap().to_owned(), site["semaphore_value"].as_u64().unwrap())).collect()
}

#[test]
fn at_the_site_where_they_look_and_as_long_as_they_do() {
    let program = Program::host(&["-O"]);
    let json = listed_json(program.path());
    let sites = json["files"][0]["sites"].as_array().unwrap();
    let fetch = sites.iter().find(|site| site["name"] == "fetch").unwrap();
    let start = &fetch["probes"][0];
    let place = |name: &str| start[name].as_u64().unwrap();

    let mut live = Live::start(&program, &[""; 0]);
    let nobody: BTreeMap<_, _> = ["commit", "fetch", "load", "parse", "query"].map(|name| (name.to_owned(), 0)).into();
    assert_eq!(semaphores(&live), nobody);

    let uprobe = match Uprobe::attach("fetch", program.path(), place("offset"), place("semaphore_offset")) {
        Ok(uprobe) => uprobe,
        Err(error) => return skip(&format!("no uprobes through tracefs here: {error}")),
    };
    let mut observed = semaphores(&live);
    // Twice where the page with the probe is mapped twice.
    let fetch = observed.insert("fetch".to_owned(), 0).unwrap();
    assert!((1..=2).contains(&fetch), "the semaphore counts {fetch}");
    assert_eq!(observed, nobody);
    let row = live.listed();
    let row = row.lines().find(|line| line.starts_with("host::work::fetch")).unwrap();
    assert!(row.ends_with(&format!("yes ({fetch})")), "{row}");

    // The two offsets are right: the program sees that someone looks, and passes the probe.
    live.work();
    live.work();
    assert_eq!(uprobe.hits(), 2);

    drop(uprobe);
    assert_eq!(semaphores(&live), nobody);
}
