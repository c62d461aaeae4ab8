//! Whether a file that the system does not know how to execute is one for the shell.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How much of a file tells, as bash has it.
const BEGINNING_BYTES: u64 = 80;
/// What programs begin with.
const ELF: &[u8] = b"\x7fELF";

/// Whether it can be a script: no program of another kind, and no zero byte in its first line. A shell would execute what happens
/// to look like a line of its own in anything else.
pub(super) fn can_be_one(file: &Path) -> bool {
    beginning(file).is_ok_and(|beginning| {
        let first_line = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
        !beginning.starts_with(ELF) && !first_line.contains(&0)
    })
}

fn beginning(file: &Path) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    File::open(file)?.take(BEGINNING_BYTES).read_to_end(&mut beginning)?;
    Ok(beginning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_be_a_script_and_binary_data_cannot() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let can = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            can_be_one(&path)
        };
        assert!(can(b"exit 3\n"));
        assert!(can(b""));
        assert!(can(b"tail -c +20 $0 | tar x\n\0\0\0"), "an archive that unpacks itself");
        assert!(can(&[b'#'; 80]));
        assert!(!can(b"\x7fELF garbage\n"));
        assert!(!can(b"MZ\0\0\n"));
        assert!(!can_be_one(&directory.path().join("nothing")));
    }
}
