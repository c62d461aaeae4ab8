//! Real programs with sites, built by the compiler and the linkers that users have.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

/// A program or a library, in a folder of its own that goes with it.
#[derive(Debug)]
pub(crate) struct Program {
    _folder: TempDir,
    path: PathBuf,
}

impl Program {
    /// The program in `programs/host.rs`.
    pub(crate) fn host(arguments: &[&str]) -> Self {
        Self::build("host", "bin", arguments).expect("the program builds")
    }

    /// The library in `programs/plugin.rs`.
    pub(crate) fn plugin() -> Self {
        Self::build("plugin", "cdylib", &[]).expect("the library builds")
    }

    /// Builds one of `programs`, or tells what the compiler says.
    pub(crate) fn build(name: &str, kind: &str, arguments: &[&str]) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let mut command = rustc();
        command.args(["--crate-name", name, "--crate-type", kind, "-o"]).arg(&path);
        command.arg("--extern").arg(format!("vivarium_sys={}", vivarium_sys().display()));
        command.args(arguments).arg(sources().join(name).with_extension("rs"));
        run(&mut command)?;
        Ok(Self { _folder: folder, path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/programs")
}

fn rustc() -> Command {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.args(["--edition", "2024"]);
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// The library with the sites, built once for each run of the tests.
fn vivarium_sys() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = tempfile::tempdir_in(kept).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vivarium-sys/src/lib.rs");
        let mut command = rustc();
        command.args(["--crate-name", "vivarium_sys", "--crate-type", "rlib", "-O", "--cfg", "feature=\"dynamic\""]);
        command.arg("--out-dir").arg(folder.path()).arg(source);
        run(&mut command).expect("vivarium-sys builds");
        let library = kept.join("libvivarium_sys.rlib");
        std::fs::rename(folder.path().join("libvivarium_sys.rlib"), &library).unwrap();
        library
    })
}
