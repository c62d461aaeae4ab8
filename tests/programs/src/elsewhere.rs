//! `elsewhere DIRECTORY`: does the same in DIRECTORY/bound, on which DIRECTORY/source is mounted, in DIRECTORY/merged, which
//! is an overlay, and in DIRECTORY/source as the root directory.
//!
//! It prints `no overlay` and why where the kernel has none.

use std::ffi::{CStr, CString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

fn main() {
    let directory = std::env::args().nth(1).expect("the first argument is a directory");
    let directory = Path::new(&directory);
    // SAFETY: they take numbers and texts that end with a zero byte.
    unsafe {
        done(libc::unshare(libc::CLONE_NEWNS));
        done(libc::mount(
            c"none".as_ptr(),
            c"/".as_ptr(),
            c"".as_ptr(),
            libc::MS_REC | libc::MS_PRIVATE,
            c"".as_ptr().cast(),
        ));
    }
    mount(&directory.join("source"), &directory.join("bound"), c"", libc::MS_BIND, "").expect("a mount");
    through_a_mount(&directory.join("bound"));
    let layers = |name: &str| directory.join(name).display().to_string();
    let options = format!("lowerdir={},upperdir={},workdir={}", layers("lower"), layers("upper"), layers("work"));
    match mount(Path::new("overlay"), &directory.join("merged"), c"overlay", 0, &options) {
        Ok(()) => through_an_overlay(&directory.join("merged")),
        Err(error) => println!("no overlay: {error}"),
    }
    let root = text(&directory.join("source"));
    // SAFETY: a text that ends with a zero byte.
    done(unsafe { libc::chroot(root.as_ptr()) });
    std::env::set_current_dir("/").expect("the new root");
    in_another_root();
}

#[vivarium::observe]
fn through_a_mount(directory: &Path) {
    touch(directory);
}

#[vivarium::observe]
fn through_an_overlay(directory: &Path) {
    touch(directory);
    // Until here the file was in the lower directory alone.
    drop(File::options().append(true).open(directory.join("file")).expect("the file can be opened"));
}

#[vivarium::observe]
fn in_another_root() {
    touch(Path::new("/"));
    drop(File::open("../file").expect("there is nothing above the root"));
}

/// Opens `file`, makes `one`, and renames it to `two`.
fn touch(directory: &Path) {
    drop(File::open(directory.join("file")).expect("the file can be opened"));
    drop(File::create_new(directory.join("one")).expect("a new file"));
    fs::rename(directory.join("one"), directory.join("two")).expect("another name");
    fs::remove_file(directory.join("two")).expect("the file can be removed");
}

fn mount(source: &Path, target: &Path, kind: &CStr, flags: libc::c_ulong, options: &str) -> io::Result<()> {
    let options = CString::new(options).expect("no zero byte");
    let (source, target) = (text(source), text(target));
    // SAFETY: texts that end with a zero byte.
    let mounted =
        unsafe { libc::mount(source.as_ptr(), target.as_ptr(), kind.as_ptr(), flags, options.as_ptr().cast()) };
    if mounted == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn text(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).expect("no zero byte")
}

#[track_caller]
fn done(result: i32) {
    assert_eq!(result, 0, "{}", io::Error::last_os_error());
}
