use super::live::Live;
use super::program::Program;

#[test]
fn its_program_its_libraries_and_the_sites_that_it_made() {
    let (program, library) = (Program::host(&["-O"]), Program::plugin());
    let live = Live::start(&program, &[library.path()]);
    let list = live.listed();

    let (host, plugin) = (program.path().display().to_string(), library.path().display().to_string());
    let mut parts: Vec<_> = list.split("\n\n").collect();
    // Files are listed by path, which is different in each run.
    parts.sort_by_key(|part| !part.starts_with(&host));
    let [of_program, of_library] = parts[..] else { panic!("{list}") };
    let (head, table) = of_program.split_once('\n').unwrap();
    let expected_head = format!("{host}: 5 sites, {}, mapped at 0x", std::env::consts::ARCH);
    assert!(head.starts_with(&expected_head), "{head}");
    let expected = "\
FUNCTION           KIND      PLACE           COPIES  ATTACHABLE  OBSERVED
host::parse        span      src/main.rs:30       1  yes         no
host::work::fetch  async fn  src/work.rs:20       1  yes         no
host::work::load   fn        src/work.rs:10       1  yes         no
host::db::commit   tracing   src/db.rs:50         -  yes         no
host::db::query    tracing   src/db.rs:40         -  yes         no";
    assert_eq!(table.trim_end(), expected);
    assert!(of_library.starts_with(&plugin), "{of_library}");
    assert!(of_library.trim_end().ends_with("plugin::plugin_entry  fn    src/plugin.rs:7       1  yes         no"));
}

#[test]
fn and_without_sites_how_to_add_them() {
    let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
    let pid = child.id().to_string();
    let list = super::command::listed(&["--pid", &pid]);
    child.kill().unwrap();
    child.wait().unwrap();
    let expected = format!("process {pid}: no sites in the ");
    assert!(list.starts_with(&expected) && list.ends_with("build it again\n"), "{list}");
}
