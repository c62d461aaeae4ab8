use vivarium_daemon::sites::Obstacle;

use super::command::{listed_json, skip};
use super::elf_file::{ElfFile, SiteSpec, read};
use super::program::Program;

#[test]
fn where_two_sites_share_an_address() {
    let names = ["alone", "first", "second"];
    let mut file = ElfFile::with_sites(&names.map(|name| SiteSpec::new(name, 1)));
    file.probes[7].address = file.probes[4].address;
    let catalog = read(&file.bytes()).unwrap();
    let attachable: Vec<_> = catalog.sites.iter().map(|site| site.attachable()).collect();
    assert_eq!(attachable, [Ok(()), Err(Obstacle::Folded), Err(Obstacle::Folded)]);
}

#[test]
fn where_start_and_stop_share_an_address() {
    let mut file = ElfFile::with_sites(&[SiteSpec::new("folded", 1)]);
    file.probes[1].address = file.probes[0].address;
    assert_eq!(read(&file.bytes()).unwrap().sites[0].attachable(), Err(Obstacle::Folded));
}

#[test]
fn but_two_copies_at_one_address_are_one() {
    let mut site = SiteSpec::new("generic", 1);
    site.copies = 2;
    let mut file = ElfFile::with_sites(&[site]);
    for copy in 3..6 {
        file.probes[copy].address = file.probes[copy - 3].address;
    }
    let catalog = read(&file.bytes()).unwrap();
    assert_eq!(catalog.sites[0].attachable(), Ok(()));
    assert_eq!(catalog.sites[0].probes.len(), 3);
}

#[test]
fn but_no_linker_folds_the_probes_of_two_sites() {
    let program = match Program::build("host", "bin", &["-O", "-Clink-arg=-Wl,--icf=all"]) {
        Ok(program) => program,
        Err(_) => return skip("the linker of this platform folds no code"),
    };
    let json = listed_json(program.path());
    let sites = json["files"][0]["sites"].as_array().unwrap();
    assert_eq!(sites.len(), 3);
    for site in sites {
        assert_eq!(site["attachable"], true, "{site}");
    }
}
