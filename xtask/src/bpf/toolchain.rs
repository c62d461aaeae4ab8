//! A compiler that can build `core` for the kernel's virtual machine.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustc_version::VersionMeta;
use semver::Version;

/// The oldest compiler that builds the programs.
const OLDEST: Version = Version::new(1, 88, 0);

/// Why there is nothing to build the programs with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolchainError {
    #[error(
        "no Rust compiler of this machine can build for BPF:\n  rustup's nightly: {nightly}\n  Debian's rustc: {debian}\n\
         Do one of:\n  rustup toolchain install nightly --component rust-src\n  apt-get install rustc-web rust-web-src"
    )]
    NoCompiler { nightly: Unfit, debian: Unfit },
    #[error("bpf-linker is not installed; install it with `cargo install bpf-linker --version 0.10.3 --locked`")]
    NoLinker,
}

/// Why one compiler does not do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("not installed")]
    Missing,
    #[error("{found} is older than {OLDEST}")]
    TooOld { found: Version },
    #[error("has no rust-src in {}", .sysroot.display())]
    NoSource { sysroot: PathBuf },
}

/// What builds the programs.
#[derive(Debug)]
pub(crate) struct Toolchain {
    pub(crate) rustc: PathBuf,
    /// The cargo beside the compiler, or the one that runs this.
    pub(crate) cargo: PathBuf,
    rustc_version: String,
    linker_version: String,
}

impl Toolchain {
    /// The first that does: rustup's nightly, then Debian's compiler for its browsers.
    pub(crate) fn find() -> Result<Self, ToolchainError> {
        let linker_version = first_line(Command::new("bpf-linker").arg("--version")).ok_or(ToolchainError::NoLinker)?;
        let (rustc, rustc_version) = compiler()?;
        let beside = rustc.with_file_name("cargo");
        let cargo =
            if beside.is_file() { beside } else { env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from) };
        Ok(Self { rustc, cargo, rustc_version, linker_version })
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rustc_version, linker_version, .. } = self;
        write!(f, "{rustc_version}, {linker_version}")
    }
}

fn compiler() -> Result<(PathBuf, String), ToolchainError> {
    let nightly = first_line(Command::new("rustup").args(["which", "--toolchain", "nightly", "rustc"]))
        .ok_or(Unfit::Missing)
        .and_then(|rustc| fit(Path::new(&rustc)));
    let nightly = match nightly {
        Ok(compiler) => return Ok(compiler),
        Err(unfit) => unfit,
    };
    fit(Path::new("/usr/bin/rustc")).map_err(|debian| ToolchainError::NoCompiler { nightly, debian })
}

/// The compiler and its version, if it can build the programs.
fn fit(rustc: &Path) -> Result<(PathBuf, String), Unfit> {
    let version = VersionMeta::for_command(Command::new(rustc)).map_err(|_| Unfit::Missing)?;
    // A nightly of a version comes before it: 1.88.0-nightly is not older than 1.88.0 to us.
    let found = Version::new(version.semver.major, version.semver.minor, version.semver.patch);
    if found < OLDEST {
        return Err(Unfit::TooOld { found });
    }
    let sysroot = first_line(Command::new(rustc).args(["--print", "sysroot"])).ok_or(Unfit::Missing)?;
    let sysroot = PathBuf::from(sysroot);
    if !sysroot.join("lib/rustlib/src/rust/library/core/src/lib.rs").is_file() {
        return Err(Unfit::NoSource { sysroot });
    }
    Ok((rustc.to_owned(), version.short_version_string))
}

/// The first line that a command prints, if it can be run and succeeds.
fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A compiler that only says which it is.
    fn rustc_saying(version: &str, directory: &Path) -> PathBuf {
        let rustc = directory.join("rustc");
        let script = format!(
            "#!/bin/sh\ncase $1 in --print) echo {};; *) printf 'rustc {version}\\nbinary: rustc\\ncommit-hash: unknown\\n\
             commit-date: unknown\\nhost: x86_64-unknown-linux-gnu\\nrelease: {version}\\n';; esac\n",
            directory.display()
        );
        fs::write(&rustc, script).unwrap();
        fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).unwrap();
        rustc
    }

    #[test]
    fn an_old_compiler_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let found = Version::new(1, 63, 0);
        assert_eq!(fit(&rustc_saying("1.63.0", directory.path())), Err(Unfit::TooOld { found }));
    }

    #[test]
    fn a_compiler_without_the_source_of_core_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let sysroot = directory.path().to_owned();
        assert_eq!(fit(&rustc_saying("1.97.0-nightly", directory.path())), Err(Unfit::NoSource { sysroot }));
    }

    #[test]
    fn a_compiler_with_the_source_of_core_is_taken() {
        let directory = tempfile::tempdir().unwrap();
        let rustc = rustc_saying("1.88.0-nightly", directory.path());
        let core = directory.path().join("lib/rustlib/src/rust/library/core/src");
        fs::create_dir_all(&core).unwrap();
        fs::write(core.join("lib.rs"), "").unwrap();
        assert_eq!(fit(&rustc), Ok((rustc, "rustc 1.88.0-nightly".to_owned())));
    }

    #[test]
    fn no_compiler_is_missing() {
        assert_eq!(fit(Path::new("/nonexistent/rustc")), Err(Unfit::Missing));
    }
}
