//! Code that comes to be executed.

use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;
use std::ptr;

use crate::deed::{Deed, deeds, done};

pub(crate) const DEEDS: &[Deed] = deeds! {
    "mmap_exec": map_code, map_memory_for_code, map_no_code;
    "mprotect_exec": make_code_of_data, make_code_of_constants;
    "memfd_create": make_a_file_in_memory;
};

/// How much is mapped.
const BYTES: usize = 8192;

/// Maps memory.
fn map(protection: i32, flags: i32, descriptor: i32) -> *mut libc::c_void {
    // SAFETY: new memory, which nobody else uses.
    let memory = unsafe { libc::mmap(ptr::null_mut(), BYTES, protection, libc::MAP_PRIVATE | flags, descriptor, 0) };
    assert_ne!(memory, libc::MAP_FAILED, "{}", std::io::Error::last_os_error());
    memory
}

#[vivarium::observe]
fn map_code(directory: &Path) {
    let file = File::open(directory.join("code")).expect("a file");
    map(libc::PROT_READ | libc::PROT_EXEC, 0, file.as_raw_fd());
}

#[vivarium::observe]
fn map_memory_for_code(_: &Path) {
    map(libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC, libc::MAP_ANONYMOUS, -1);
}

#[vivarium::observe]
fn map_no_code(_: &Path) {
    map(libc::PROT_READ | libc::PROT_WRITE, libc::MAP_ANONYMOUS, -1);
}

#[vivarium::observe]
fn make_code_of_data(_: &Path) {
    let memory = map(libc::PROT_READ | libc::PROT_WRITE, libc::MAP_ANONYMOUS, -1);
    // SAFETY: nobody else uses the memory.
    done(unsafe { libc::mprotect(memory, BYTES / 2, libc::PROT_READ | libc::PROT_EXEC) });
}

#[vivarium::observe]
fn make_code_of_constants(_: &Path) {
    let memory = map(libc::PROT_READ, libc::MAP_ANONYMOUS, -1);
    // SAFETY: nobody else uses the memory.
    done(unsafe { libc::mprotect(memory, BYTES, libc::PROT_READ | libc::PROT_EXEC) });
}

#[vivarium::observe]
fn make_a_file_in_memory(_: &Path) {
    // SAFETY: a name that ends with a zero byte, and a descriptor that nobody else has.
    unsafe { OwnedFd::from_raw_fd(done(libc::memfd_create(c"some name".as_ptr(), libc::MFD_CLOEXEC))) };
}
