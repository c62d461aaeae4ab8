use vivarium_daemon::elf::Architecture;

use super::command::listed;
use super::elf_file::{ElfFile, SiteSpec};

#[test]
fn with_the_architecture_that_they_need() {
    let foreign = match Architecture::HOST {
        Some(Architecture::X86_64) => Architecture::Aarch64,
        _ => Architecture::X86_64,
    };
    let folder = tempfile::tempdir().unwrap();
    let path = ElfFile::for_architecture(foreign, &[SiteSpec::new("far", 3)]).write(folder.path());
    let list = listed(&[&path]);
    assert!(list.contains(&format!(": 1 site, {}\n", foreign.name())), "{list}");
    let reason = format!("no: it is built for {}, which this machine is not\n", foreign.name());
    assert!(list.contains("app::part::far") && list.contains(&reason), "{list}");
}
