use std::path::Path;

use super::command::{listed, listed_json};
use super::oracle::is_installed;
use super::program::Program;

/// What doesn't change from build to build.
fn identities(program: &Path) -> Vec<serde_json::Value> {
    let mut json = listed_json(program);
    let sites = json["files"][0]["sites"].as_array_mut().unwrap();
    for site in sites.iter_mut() {
        assert_eq!(site["attachable"], true, "{site}");
        let site = site.as_object_mut().unwrap();
        site.remove("copies");
        site.remove("probes");
    }
    std::mem::take(sites)
}

#[test]
fn people_read_it_so() {
    let program = Program::host(&[]);
    let expected = format!(
        "\
{}: 3 sites, {}
FUNCTION           KIND      PLACE           COPIES  ATTACHABLE
host::parse        span      src/main.rs:30       1  yes
host::work::fetch  async fn  src/work.rs:20       1  yes
host::work::load   fn        src/work.rs:10       1  yes
It may make more sites while it runs, as for `tracing`: `vivarium sites --pid` lists them.
",
        program.path().display(),
        std::env::consts::ARCH,
    );
    assert_eq!(listed(&[program.path()]), expected);
}

#[test]
fn optimised_stripped_or_aborting() {
    let expected = identities(Program::host(&[]).path());
    assert_eq!(expected.len(), 3);
    let builds: [&[&str]; 6] = [
        &["-O"],
        &["-Copt-level=z"],
        &["-O", "-Clto=fat"],
        &["-O", "-Ccodegen-units=1", "-Cstrip=symbols"],
        &["-O", "-Cpanic=abort"],
        &["-Crelocation-model=static"],
    ];
    for build in builds {
        assert_eq!(identities(Program::host(build).path()), expected, "{build:?}");
    }
}

#[test]
fn linked_by_whatever_linker() {
    let expected = identities(Program::host(&[]).path());
    for (linker, tool) in [("bfd", "ld.bfd"), ("lld", "ld.lld"), ("mold", "mold")] {
        if !is_installed(tool) {
            continue;
        }
        let program = Program::host(&["-O", &format!("-Clink-arg=-fuse-ld={linker}")]);
        assert_eq!(identities(program.path()), expected, "{linker}");
    }
}
