//! Which object was built from which sources: a list of files and their hashes, as `sha256sum --check` reads it.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// Why the object does not belong to the sources, or nobody can tell.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DigestError {
    #[error("cannot read {path}")]
    Unreadable { path: String, source: io::Error },
    #[error("line {0} of the digest is neither a comment nor a hash and a path; run `cargo xtask bpf`")]
    Malformed(usize),
    #[error("the digest names no file; run `cargo xtask bpf`")]
    Empty,
    #[error(
        "the BPF object was not built from these sources; run `cargo xtask bpf` and commit what it writes. Changed since:\n  {}",
        .0.join("\n  ")
    )]
    Parted(Vec<String>),
}

/// The object and its sources as they were when it was built.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    /// What built it, for people to read.
    built_by: String,
    files: Vec<HashedFile>,
}

/// A file, by its path from the root of the repository, and the SHA-256 of what it holds, in hexadecimal.
#[derive(Debug, PartialEq, Eq)]
struct HashedFile {
    hash: String,
    path: String,
}

const BUILT_BY: &str = "# Built by ";

impl Digest {
    /// The digest of `files` as they are now.
    pub(crate) fn of<'a>(
        root: &Path,
        files: impl IntoIterator<Item = &'a str>,
        built_by: &str,
    ) -> Result<Self, DigestError> {
        let hashed = |path: &str| {
            let hash =
                hash(&root.join(path)).map_err(|source| DigestError::Unreadable { path: path.to_owned(), source })?;
            Ok(HashedFile { hash, path: path.to_owned() })
        };
        Ok(Self { built_by: built_by.to_owned(), files: files.into_iter().map(hashed).collect::<Result<_, _>>()? })
    }

    /// Whether every file still holds what it held.
    pub(crate) fn verify(&self, root: &Path) -> Result<(), DigestError> {
        if self.files.is_empty() {
            return Err(DigestError::Empty);
        }
        let parted: Vec<_> = self
            .files
            .iter()
            .filter(|file| hash(&root.join(&file.path)).ok().as_ref() != Some(&file.hash))
            .map(|file| file.path.clone())
            .collect();
        if parted.is_empty() { Ok(()) } else { Err(DigestError::Parted(parted)) }
    }
}

fn hash(path: &Path) -> io::Result<String> {
    Ok(base16ct::lower::encode_string(&Sha256::digest(fs::read(path)?)))
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Written by `cargo xtask bpf`: the BPF object and the sources that it was built from.")?;
        writeln!(f, "{BUILT_BY}{}", self.built_by)?;
        self.files.iter().try_for_each(|HashedFile { hash, path }| writeln!(f, "{hash}  {path}"))
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let built_by = text.lines().find_map(|line| line.strip_prefix(BUILT_BY));
        let file = |(index, line): (usize, &str)| {
            line.split_once("  ")
                .map(|(hash, path)| HashedFile { hash: hash.to_owned(), path: path.to_owned() })
                .ok_or(DigestError::Malformed(index + 1))
        };
        Ok(Self {
            built_by: built_by.unwrap_or_default().to_owned(),
            files: text
                .lines()
                .enumerate()
                .filter(|(_, line)| !line.starts_with('#'))
                .map(file)
                .collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use tempfile::TempDir;

    use super::*;

    /// Two files, and their digest.
    fn digested() -> (TempDir, Digest) {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.rs"), "fn a() {}").unwrap();
        fs::write(root.path().join("a.o"), [0, 1, 2]).unwrap();
        let digest = Digest::of(root.path(), ["a.rs", "a.o"], "a compiler").unwrap();
        (root, digest)
    }

    #[test]
    fn untouched_files_pass() {
        let (root, digest) = digested();
        digest.verify(root.path()).unwrap();
    }

    #[test]
    fn a_changed_file_is_named() {
        let (root, digest) = digested();
        fs::write(root.path().join("a.rs"), "fn b() {}").unwrap();
        let Err(DigestError::Parted(parted)) = digest.verify(root.path()) else {
            panic!("a change went unseen");
        };
        assert_eq!(parted, ["a.rs"]);
    }

    #[test]
    fn a_removed_file_is_named() {
        let (root, digest) = digested();
        fs::remove_file(root.path().join("a.o")).unwrap();
        let Err(DigestError::Parted(parted)) = digest.verify(root.path()) else {
            panic!("a removal went unseen");
        };
        assert_eq!(parted, ["a.o"]);
    }

    #[test]
    fn reads_what_it_writes() {
        let (_root, digest) = digested();
        assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
    }

    #[test]
    fn an_empty_digest_vouches_for_nothing() {
        let root = tempfile::tempdir().unwrap();
        let digest: Digest = "# nothing\n".parse().unwrap();
        assert!(matches!(digest.verify(root.path()), Err(DigestError::Empty)));
    }

    #[test]
    fn a_line_that_is_no_entry_is_named() {
        let parsed = "# fine\nnot an entry\n".parse::<Digest>();
        assert!(matches!(parsed, Err(DigestError::Malformed(2))));
    }

    #[test]
    fn sha256sum_reads_it_too() {
        let (root, digest) = digested();
        fs::write(root.path().join("digest"), digest.to_string()).unwrap();
        let status = Command::new("sha256sum")
            .args(["--check", "--strict", "digest"])
            .current_dir(root.path())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
    }
}
