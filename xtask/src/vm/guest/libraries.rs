//! The shared libraries that a program of the host needs to run elsewhere.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why the libraries of a program are not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LibrariesError {
    #[error("cannot run `ldd`; install it with `apt-get install libc-bin`")]
    NoLdd(#[from] io::Error),
    #[error("{program} needs {library}, which this machine does not have; install it first")]
    Missing { program: PathBuf, library: String },
}

/// The shared libraries of `program`, and its interpreter: none where it is static or not a program at all.
pub(crate) fn libraries_of(program: &Path) -> Result<Vec<PathBuf>, LibrariesError> {
    let ldd = Command::new("ldd").arg(program).env("LC_ALL", "C").output()?;
    if !ldd.status.success() {
        return Ok(Vec::new());
    }
    listed(&String::from_utf8_lossy(&ldd.stdout))
        .map_err(|library| LibrariesError::Missing { program: program.to_owned(), library })
}

/// The paths in what `ldd` prints, or the name of the first library that it did not find.
fn listed(listing: &str) -> Result<Vec<PathBuf>, String> {
    let mut paths = Vec::new();
    for line in listing.lines() {
        let (name, path) = line.split_once(" => ").unwrap_or((line, line));
        if path.trim() == "not found" {
            return Err(name.trim().to_owned());
        }
        let path = path.rsplit_once(" (0x").map_or(path, |(path, _)| path).trim();
        // The kernel's own `linux-vdso.so.1` has a name and no path.
        if path.starts_with('/') {
            paths.push(PathBuf::from(path));
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_libraries_and_the_interpreter_but_not_what_the_kernel_maps() {
        let listing = "\tlinux-vdso.so.1 (0x00007ffd0a5f2000)\n\
                       \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f2f1c000000)\n\
                       \t/lib64/ld-linux-x86-64.so.2 (0x00007f2f1c3d0000)\n";
        assert_eq!(
            listed(listing).unwrap(),
            [Path::new("/lib/x86_64-linux-gnu/libc.so.6"), Path::new("/lib64/ld-linux-x86-64.so.2")]
        );
    }

    #[test]
    fn a_static_program_has_none() {
        assert_eq!(listed("\tstatically linked\n"), Ok(Vec::new()));
    }

    #[test]
    fn a_library_that_is_not_there_is_named() {
        assert_eq!(listed("\tlibgone.so.2 => not found\n"), Err("libgone.so.2".to_owned()));
    }

    #[test]
    fn the_test_itself_needs_libc() {
        let libraries = libraries_of(&std::env::current_exe().unwrap()).unwrap();
        assert!(libraries.iter().any(|path| path.ends_with("libc.so.6")), "{libraries:?}");
    }
}
