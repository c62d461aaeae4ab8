//! readelf, gdb, bpftrace and perf, which know nothing of us, see each probe of the specimen where `vivarium sites` does.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use vivarium_sys::probe::Probe;
use vivarium_tests::listing::{Site, Vivarium};
use vivarium_tests::specimen::{Build, Profile, Specimen};
use vivarium_tests::{readelf, tool};

fn specimen() -> &'static Specimen {
    static SPECIMEN: OnceLock<Specimen> = OnceLock::new();
    SPECIMEN.get_or_init(|| Build::new(Profile::Dev).run().expect("the specimen can be built"))
}

/// The program and the library that it loads.
fn files() -> [&'static Path; 2] {
    [&specimen().program, specimen().plugin.as_deref().expect("it has a plugin")]
}

/// What `vivarium sites` lists.
fn sites(file: &Path) -> Vec<Site> {
    let vivarium = Vivarium::build().expect("the command can be built");
    vivarium.sites_of_file(file).expect("the file has sites")
}

/// Name, address of the instruction and of the semaphore.
type Places = BTreeSet<(String, u64, u64)>;

fn places(file: &Path) -> Places {
    let probes = sites(file).into_iter().flat_map(|site| site.probes);
    probes.map(|probe| (probe.name, probe.address, probe.semaphore)).collect()
}

fn hexadecimal(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("a number")
}

#[test]
fn readelf_reads_the_notes() {
    if !tool::is_installed("readelf", "binutils") {
        return;
    }
    for file in files() {
        let probes = readelf::stap_probes(file).expect("readelf reads them");
        let seen: Places = probes.into_iter().map(|probe| (probe.name, probe.location, probe.semaphore)).collect();
        assert!(seen.len() >= 3);
        assert_eq!(seen, places(file));
    }
}

#[test]
fn gdb_lists_the_probes() {
    if !tool::is_installed("gdb", "gdb") {
        return;
    }
    for file in files() {
        let mut gdb = Command::new("gdb");
        let output = tool::run(gdb.args(["-batch", "-nx", "-ex", "info probes stap vivarium"]).arg(file));
        let text = tool::printed(&output.stdout);
        let probes = text.lines().filter_map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["stap", "vivarium", name, address, semaphore, ..] => {
                Some((name.to_owned(), hexadecimal(address), hexadecimal(semaphore)))
            }
            _ => None,
        });
        assert_eq!(probes.collect::<Places>(), places(file), "{text}");
    }
}

/// What each function of the program does, as the survival matrix has it: starts, stops and raises.
fn expected_hits() -> BTreeMap<String, [usize; 3]> {
    let table = include_str!("../specimen/expected/sites.tsv");
    let rows = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let hits = rows.filter(|row| row[..2] == ["program", "used"]).map(|row| {
        let number = |at: usize| row[at].parse().expect("a number");
        (row[6].to_owned(), [number(7), number(8), number(9)])
    });
    hits.filter(|(_, hits)| hits.iter().sum::<usize>() > 0).collect()
}

#[test]
fn gdb_stops_at_each_call_with_its_arguments() {
    if !tool::is_installed("gdb", "gdb") {
        return;
    }
    let mut script = tempfile::NamedTempFile::new().expect("there is room for a script");
    writeln!(script, "set pagination off\nset language c").expect("there is room for a script");
    for probe in Probe::ALL {
        let name = probe.name();
        // The second argument of each is the id of the site.
        let commands =
            format!("silent\nprintf \"{name} %016lx %d\\n\", (long)$_probe_arg1, (long)$_probe_arg0 != 0\ncontinue");
        writeln!(script, "break -probe-stap vivarium:{name}\ncommands\n{commands}\nend")
            .expect("there is room for a script");
    }
    writeln!(script, "run").expect("there is room for a script");
    let mut gdb = Command::new("gdb");
    let output = tool::run(gdb.args(["-batch", "-nx", "-x"]).arg(script.path()).arg(&specimen().program));
    let text = tool::printed(&output.stdout);
    let mut hits = BTreeMap::<String, [usize; 3]>::new();
    for line in text.lines() {
        let [probe, site, instance] = line.split(' ').collect::<Vec<_>>()[..] else { continue };
        if let Some(at) = Probe::ALL.iter().position(|known| known.name() == probe) {
            assert_eq!(instance, "1", "each has an instance: {line}");
            hits.entry(site.to_owned()).or_default()[at] += 1;
        }
    }
    assert_eq!(hits, expected_hits(), "{text}");
}

#[test]
fn bpftrace_lists_the_probes() {
    if !tool::is_installed("bpftrace", "bpftrace") || !tool::is_root() {
        return;
    }
    for file in files() {
        let shown = |name: &str| format!("usdt:{}:vivarium:{name}", file.display());
        let output = tool::run(Command::new("bpftrace").args(["-l", &shown("*")]));
        let listed: BTreeSet<_> = tool::printed(&output.stdout).lines().map(str::to_owned).collect();
        assert_eq!(listed, Probe::ALL.iter().map(|probe| shown(probe.name())).collect());
    }
}

/// perf with a cache of its own, into which the program has been put.
struct Perf(tempfile::TempDir);

impl Perf {
    fn with(file: &Path) -> Self {
        let perf = Self(tempfile::tempdir().expect("there is room for a cache"));
        perf.run(&["buildid-cache", "--add", &file.display().to_string()]);
        perf
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut perf = Command::new("perf");
        let output = tool::run(perf.arg("--buildid-dir").arg(self.0.path()).args(arguments));
        tool::printed(&output.stdout)
    }
}

#[test]
fn perf_lists_the_probes() {
    if !tool::is_installed("perf", "linux-perf") {
        return;
    }
    let text = Perf::with(&specimen().program).run(&["list", "sdt"]);
    let listed: BTreeSet<_> = text.split_whitespace().filter_map(|word| word.strip_prefix("sdt_vivarium:")).collect();
    assert_eq!(listed, Probe::ALL.iter().map(|probe| probe.name()).collect(), "{text}");
}

/// perf reckons these places from the section `.stapsdt.base`; a wrong one would be in the middle of an instruction.
#[test]
fn perf_would_attach_where_the_probes_are() {
    if !tool::is_installed("perf", "linux-perf") || !tool::is_root() {
        return;
    }
    let program = &specimen().program;
    let perf = Perf::with(program);
    let mut seen = Places::new();
    for probe in Probe::ALL {
        // It says what it would tell the kernel.
        let text = perf.run(&["probe", "--definition", &format!("%sdt_vivarium:{}", probe.name())]);
        for definition in text.lines() {
            let place = definition.rsplit_once(&format!("{}:", program.display())).map(|(_, place)| place);
            let place = place.and_then(|place| place.split(')').next()?.split_once('('));
            let (offset, semaphore) = place.unwrap_or_else(|| panic!("no place in {definition}"));
            seen.insert((probe.name().to_owned(), hexadecimal(offset), hexadecimal(semaphore)));
        }
    }
    let probes = sites(program).into_iter().flat_map(|site| site.probes);
    let expected = probes.map(|probe| {
        let [offset, semaphore] = [probe.offset, probe.semaphore_offset].map(|place| place.expect("it is in the file"));
        (probe.name, offset, semaphore)
    });
    assert_eq!(seen, expected.collect());
}
