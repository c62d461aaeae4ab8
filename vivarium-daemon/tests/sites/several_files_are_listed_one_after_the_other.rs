use super::command::{listed, text, vivarium};
use super::elf_file::{ElfFile, SiteSpec};

#[test]
fn each_under_its_name() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let paths = folders.each_ref().map(|folder| ElfFile::with_sites(&[SiteSpec::new("f", 1)]).write(folder.path()));
    let list = listed(&paths);
    let heads: Vec<_> = list.split("\n\n").map(|part| part.lines().next().unwrap()).collect();
    let expected = paths.map(|path| format!("{}: 1 site, {}", path.display(), std::env::consts::ARCH));
    assert_eq!(heads, expected);
}

#[test]
fn also_when_one_of_them_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = ElfFile::with_sites(&[SiteSpec::new("f", 1)]).write(folder.path());
    let output = vivarium().arg("/no/such/file").arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stderr), "vivarium: /no/such/file: no such file\n");
    assert!(text(&output.stdout).contains("app::part::f"));
}

#[test]
fn until_nobody_reads_them() {
    // `head` goes away after the first line; that is no failure.
    let folder = tempfile::tempdir().unwrap();
    let sites: Vec<_> = (0..5000).map(|line| SiteSpec::new("f", line)).collect();
    let path = ElfFile::with_sites(&sites).write(folder.path());
    let mut child =
        vivarium().arg(path).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}
