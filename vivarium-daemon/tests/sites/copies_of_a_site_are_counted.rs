use vivarium_sys::probe::Probe;

use super::command::listed_json;
use super::elf_file::{ElfFile, SiteSpec};

#[test]
fn and_listed_once_with_all_their_probes() {
    let mut site = SiteSpec::new("generic", 5);
    site.copies = 3;
    let file = ElfFile::with_sites(&[SiteSpec::new("single", 9), site]);
    let folder = tempfile::tempdir().unwrap();
    let json = listed_json(&file.write(folder.path()));
    let sites = json["files"][0]["sites"].as_array().unwrap();
    assert_eq!(sites.len(), 2);
    let generic = &sites[0];
    assert_eq!((&generic["name"], &generic["copies"]), (&"generic".into(), &3.into()));
    let starts = generic["probes"].as_array().unwrap().iter().filter(|probe| probe["probe"] == Probe::Start.name());
    let noted = file.probes.iter().skip(3).filter(|probe| probe.probe == Probe::Start);
    let addresses: Vec<_> = starts.map(|probe| probe["address"].as_u64().unwrap()).collect();
    assert_eq!(addresses, noted.map(|probe| probe.address).collect::<Vec<_>>());
    assert_eq!(addresses.len(), 3);
}
