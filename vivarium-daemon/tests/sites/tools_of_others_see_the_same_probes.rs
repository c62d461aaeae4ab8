use std::collections::BTreeSet;
use std::path::Path;

use super::command::listed_json;
use super::oracle::{hexadecimal, output_of};
use super::program::Program;

/// Name, address and address of the semaphore.
type Seen = BTreeSet<(String, u64, u64)>;

/// The library serves here, since the program has probes for sites that it makes while it runs, which aren't listed.
fn by_vivarium(file: &Path) -> Seen {
    let json = listed_json(file);
    let sites = json["files"][0]["sites"].as_array().unwrap();
    let probes = sites.iter().flat_map(|site| site["probes"].as_array().unwrap());
    let number = |value: &serde_json::Value| value.as_u64().unwrap();
    probes
        .map(|probe| {
            (probe["probe"].as_str().unwrap().to_owned(), number(&probe["address"]), number(&probe["semaphore"]))
        })
        .collect()
}

#[test]
fn readelf_sees_them() {
    let library = Program::plugin();
    let Some(notes) = output_of("readelf", &["--notes", "--wide"], library.path()) else { return };
    let mut seen = Seen::new();
    let mut name = "";
    for line in notes.lines().map(str::trim) {
        if let Some(found) = line.strip_prefix("Name: ") {
            name = found;
        }
        if let Some(places) = line.strip_prefix("Location: ") {
            let numbers: Vec<_> =
                places.split(", ").map(|place| hexadecimal(place.rsplit(' ').next().unwrap())).collect();
            seen.insert((name.to_owned(), numbers[0], numbers[2]));
        }
    }
    // The notes of discarded functions are still there, at addresses close to zero.
    seen.retain(|(_, address, _)| *address > 0x100);
    assert_eq!(seen.len(), 3, "{notes}");
    assert_eq!(by_vivarium(library.path()), seen);
}

#[test]
fn gdb_sees_them() {
    let library = Program::plugin();
    let script = ["-batch", "-nx", "-ex", "info probes stap vivarium"];
    let Some(probes) = output_of("gdb", &script, library.path()) else { return };
    let mut seen = Seen::new();
    for line in probes.lines() {
        // A probe of a discarded function has no semaphore, so there is a column less.
        if let ["stap", "vivarium", name, address, semaphore, _] = line.split_whitespace().collect::<Vec<_>>()[..] {
            seen.insert((name.to_owned(), hexadecimal(address), hexadecimal(semaphore)));
        }
    }
    assert_eq!(seen.len(), 3, "{probes}");
    assert_eq!(by_vivarium(library.path()), seen);
}
