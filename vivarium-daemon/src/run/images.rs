//! The files that a command's code will come from, as far as they can be told before it runs.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::elf::{ElfError, Image};

/// How many scripts may run each other before the system refuses.
const MAX_SCRIPTS: usize = 5;
/// How much of a script tells what runs it.
const FIRST_LINE_BYTES: u64 = 256;
/// The section that names the loader of a program.
const LOADER_SECTION: &str = ".interp";
/// How long that may be: the longest path.
const LOADER_LIMIT: u64 = 4096;

/// The program that is executed for a file: itself, or what the first line of a script names.
pub(super) fn executed(file: &Path) -> PathBuf {
    chain(file).pop().unwrap_or_else(|| file.to_owned())
}

/// The files that the kernel opens to execute a file: scripts and what they name, the program, and its loader.
pub(super) fn opened(file: &Path) -> Vec<PathBuf> {
    let mut files = chain(file);
    files.extend(files.last().and_then(|program| loader(program)));
    files
}

/// A file, and what executes it, and what executes that, up to the program.
fn chain(file: &Path) -> Vec<PathBuf> {
    let mut program = file.to_owned();
    let mut chain = Vec::new();
    for _ in 0..MAX_SCRIPTS {
        match (Image::open(&program), interpreter(&program)) {
            (Err(ElfError::Script), Ok(Some(interpreter))) => chain.push(std::mem::replace(&mut program, interpreter)),
            _ => break,
        }
    }
    chain.push(program);
    chain
}

/// What the first line of a script names.
fn interpreter(script: &Path) -> io::Result<Option<PathBuf>> {
    let mut beginning = Vec::new();
    File::open(script)?.take(FIRST_LINE_BYTES).read_to_end(&mut beginning)?;
    let line = beginning.strip_prefix(b"#!").and_then(|rest| rest.split(|byte| *byte == b'\n').next());
    let mut words = line.unwrap_or_default().split(|byte| b" \t\r".contains(byte)).filter(|word| !word.is_empty());
    Ok(words.next().map(path))
}

/// What loads the libraries of a program; a static one has none.
pub(super) fn loader(program: &Path) -> Option<PathBuf> {
    let content = Image::open(program).ok()?.section_content(LOADER_SECTION, LOADER_LIMIT).ok()??;
    content.split(|byte| *byte == 0).next().filter(|name| !name.is_empty()).map(path)
}

/// The libraries in what a loader lists: `name => path (address)`.
pub(super) fn listed(list: &[u8]) -> Vec<PathBuf> {
    const ARROW: &[u8] = b" => ";
    let lines = list.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| {
            let arrow = line.windows(ARROW.len()).position(|window| window == ARROW)?;
            let rest = &line[arrow + ARROW.len()..];
            let end = rest.iter().rposition(|byte| *byte == b'(')?;
            Some(rest[..end].trim_ascii_end()).filter(|name| name.starts_with(b"/")).map(path)
        })
        .collect()
}

fn path(bytes: &[u8]) -> PathBuf {
    Path::new(OsStr::from_bytes(bytes)).to_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_script_is_executed_by_what_its_first_line_names() {
        let directory = tempfile::tempdir().unwrap();
        let (inner, outer) = (directory.path().join("inner"), directory.path().join("outer"));
        fs::write(&inner, "#! \t/proc/self/exe --flag\necho").unwrap();
        fs::write(&outer, format!("#!{}\r\n", inner.display())).unwrap();
        assert_eq!(executed(&outer), Path::new("/proc/self/exe"));
        assert_eq!(opened(&outer)[..3], [outer.as_path(), &inner, Path::new("/proc/self/exe")]);
        assert_eq!(executed(Path::new("/proc/self/exe")), Path::new("/proc/self/exe"));
    }

    #[test]
    fn scripts_that_run_each_other_come_to_an_end() {
        let directory = tempfile::tempdir().unwrap();
        let script = directory.path().join("script");
        fs::write(&script, format!("#!{}\n", script.display())).unwrap();
        assert_eq!(executed(&script), script);
    }

    #[test]
    fn libraries_are_listed_as_loaders_do_it() {
        let glibc = b"\tlinux-vdso.so.1 (0x00007ffc)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n\
            \tlibgone.so => not found\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n";
        assert_eq!(listed(glibc), [Path::new("/lib/x86_64-linux-gnu/libc.so.6")]);
        let odd = b"\tlibodd.so => /tmp/with space (1)/libodd.so (0x1)\n";
        assert_eq!(listed(odd), [Path::new("/tmp/with space (1)/libodd.so")]);
        assert_eq!(listed(b""), Vec::<PathBuf>::new());
    }

    #[test]
    fn this_program_has_a_loader_unless_it_is_static() {
        let loader = loader("/proc/self/exe".as_ref());
        assert_eq!(loader.is_some(), cfg!(not(target_feature = "crt-static")));
    }
}
