//! The sites that this process has made while it runs, as `vivarium sites --pid` finds them.

use vivarium_daemon::process::{Observed, Process, RegisteredSite};
use vivarium_daemon::sites::Catalog;
use vivarium_session::pid::Pid;

/// Those of that name.
#[must_use]
pub fn named(name: &str) -> Vec<RegisteredSite> {
    let process = Process::open(Pid(std::process::id())).expect("this process is there");
    let memory = process.memory().expect("a process may read its own memory");
    let own = std::env::current_exe().expect("this process has a file");
    let files = process.files().expect("this process may look at itself");
    let file = files.into_iter().find(|file| file.path.to_string() == own.to_string_lossy()).expect("it is mapped");
    let catalog = Catalog::read(&file.image.expect("it can be read")).expect("its notes are sound");
    let observed = Observed::read(&memory, &catalog, file.biases[0]).expect("its memory can be read");
    assert_eq!(observed.registry.flaw, None);
    observed.registry.sites.into_iter().filter(|site| site.name.to_string() == name).collect()
}
