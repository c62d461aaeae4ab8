use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::command::{copy_vivarium, text};
use super::live::Live;
use super::program::Program;

/// The identity of a user who owns nothing.
const NOBODY: u32 = 65534;

/// A program that an ordinary user runs, and that user's own look at it: the files that it has mapped can be opened only
/// by their paths.
struct Scene {
    program: Program,
    library: Program,
    live: Live,
    folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        let (program, library, folder) = (Program::host(&["-O"]), Program::plugin(), tempfile::tempdir().unwrap());
        copy_vivarium(&folder.path().join("vivarium"));
        for folder in [folder.path(), program.path().parent().unwrap(), library.path().parent().unwrap()] {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let live = Live::spawn(without_privileges(Command::new(program.path()).arg(library.path())));
        Self { program, library, live, folder }
    }

    fn list(&self) -> Output {
        let mut command = Command::new(self.folder.path().join("vivarium"));
        let pid = self.live.pid().to_string();
        without_privileges(command.args(["sites", "--json", "--pid", &pid])).output().unwrap()
    }
}

/// Makes a command run as a user without privileges, as it does anyhow unless the tests have some.
fn without_privileges(command: &mut Command) -> &mut Command {
    // SAFETY: the call has no preconditions.
    if unsafe { libc::geteuid() } == 0 {
        command.uid(NOBODY).gid(NOBODY).current_dir("/");
    }
    command
}

/// The sites of the file in which there is one of that name.
fn sites_beside(output: &Output, name: &str) -> Vec<serde_json::Value> {
    let json: serde_json::Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    let files = json["files"].as_array().unwrap().iter();
    let sites = files.filter_map(|file| file["sites"].as_array());
    sites.filter(|sites| sites.iter().any(|site| site["name"] == name)).flatten().cloned().collect()
}

#[test]
fn also_after_the_program_was_deleted() {
    let scene = Scene::new();
    let before = scene.list();
    assert_eq!((before.status.code(), text(&before.stderr).as_str()), (Some(0), ""));
    assert_eq!(sites_beside(&before, "plugin_entry").len(), 1);
    let of_program = sites_beside(&before, "fetch");
    assert_eq!(of_program.len(), 5);
    assert!(of_program.iter().all(|site| site["semaphore_value"] == 0), "{of_program:?}");

    std::fs::remove_file(scene.program.path()).unwrap();
    let after = scene.list();
    assert_eq!((after.status.code(), text(&after.stderr).as_str()), (Some(0), ""));
    assert_eq!(sites_beside(&after, "fetch"), of_program);
}

#[test]
fn but_is_told_of_a_library_that_was_replaced() {
    let scene = Scene::new();
    let path = scene.library.path();
    // The old file is still mapped while the new one is made, so that is another one.
    std::fs::copy(path, path.with_extension("new")).unwrap();
    std::fs::rename(path.with_extension("new"), path).unwrap();

    let output = scene.list();
    let expected = "was deleted or replaced after the process mapped it: \
                    run vivarium with sudo to read the one that is mapped\n";
    let stderr = text(&output.stderr);
    assert!(stderr.starts_with("vivarium: ") && stderr.ends_with(expected), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    // The rest is listed all the same.
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(sites_beside(&output, "fetch").len(), 5);
    assert_eq!(sites_beside(&output, "plugin_entry").len(), 0);
}
