use vivarium_daemon::sites::Obstacle;
use vivarium_sys::probe::Probe;

use super::elf_file::{ElfFile, SiteSpec, read};

#[test]
fn where_other_instructions_stand() {
    let mut file = ElfFile::with_sites(&[SiteSpec::new("whole", 1), SiteSpec::new("patched", 2)]);
    // The first byte of the second site's stop probe, as a breakpoint.
    let stop = file.probes[4].clone();
    assert_eq!(stop.probe, Probe::Stop);
    file.text[4 * 16] = 0xcc;

    let catalog = read(&file.bytes()).unwrap();
    let [patched, whole] = &catalog.sites[..] else { panic!("{catalog:?}") };
    assert_eq!(whole.attachable(), Ok(()));
    assert_eq!(patched.attachable(), Err(Obstacle::OtherInstructions));
    let flawed: Vec<_> = patched.probes.iter().filter(|probe| probe.attach.is_err()).collect();
    assert_eq!(flawed.len(), 1);
    assert_eq!(flawed[0].address.0, stop.address);
}

#[test]
fn where_the_file_has_no_code() {
    let file = ElfFile::with_sites(&[SiteSpec::new("only_in_memory", 1)]);
    let mut parts = file.lay_out();
    parts.segments[0].p_filesz = object::U64::new(object::LittleEndian, 0);
    let catalog = read(&parts.bytes()).unwrap();
    assert_eq!(catalog.sites[0].attachable(), Err(Obstacle::NoCode));
}

#[test]
fn where_the_semaphore_is_not_in_writable_data() {
    let mut file = ElfFile::with_sites(&[SiteSpec::new("lost", 1)]);
    let code = file.probes[0].address;
    file.probes[2].semaphore = code;
    let catalog = read(&file.bytes()).unwrap();
    assert_eq!(catalog.sites[0].attachable(), Err(Obstacle::NoSemaphore));
}

#[test]
fn where_the_start_probe_is_missing() {
    let mut file = ElfFile::with_sites(&[SiteSpec::new("headless", 1)]);
    file.probes.retain(|probe| probe.probe != Probe::Start);
    let catalog = read(&file.bytes()).unwrap();
    assert_eq!(catalog.sites[0].attachable(), Err(Obstacle::NoStart));
}

#[test]
fn but_a_function_that_neither_returns_nor_raises_is() {
    let mut file = ElfFile::with_sites(&[SiteSpec::new("forever", 1)]);
    file.probes.retain(|probe| probe.probe == Probe::Start);
    let catalog = read(&file.bytes()).unwrap();
    assert_eq!(catalog.sites[0].attachable(), Ok(()));
}
