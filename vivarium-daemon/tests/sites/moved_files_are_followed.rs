use super::elf_file::{BASE, ElfFile, SiteSpec, read};

#[test]
fn when_the_base_is_not_where_the_linker_put_it() {
    let mut file = ElfFile::with_sites(&[SiteSpec::new("moved", 3)]);
    let expected = read(&file.bytes()).unwrap();
    // The notes keep the addresses that the linker gave out; everything else was moved up, as prelink does.
    let distance = 0x10_0000;
    for probe in &mut file.probes {
        probe.address -= distance;
        probe.semaphore -= distance;
        probe.base = BASE - distance;
    }
    assert_eq!(read(&file.bytes()).unwrap(), expected);
    assert_eq!(expected.sites[0].attachable(), Ok(()));
}
