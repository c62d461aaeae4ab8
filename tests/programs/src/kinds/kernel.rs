//! The system as a whole.

mod mounts;

use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;
use std::ptr;

use crate::deed::{Deed, deeds, done, fails};
use mounts::{change_the_root, mount_memory, move_a_mount, pivot_the_root, remount_memory, unmount_memory};

pub(crate) const DEEDS: &[Deed] = deeds! {
    "sb_mount": mount_memory, remount_memory;
    "sb_umount": unmount_memory;
    "move_mount": move_a_mount;
    "pivot_root": pivot_the_root;
    "chroot": change_the_root;
    "kernel_read_file": load_a_module;
    "kernel_load_data": load_a_module_from_memory;
    "module_request": ask_for_what_a_module_has;
    "bpf_prog": load_a_program;
    "bpf_map": make_a_map;
    "perf_event_open": open_a_performance_event;
    "io_uring_setup": make_a_ring;
    "settime": set_clocks;
    "syslog": ask_for_the_log;
    "key_access": look_for_keys;
};

/// A system call that the C library has no function for.
fn call(number: libc::c_long, arguments: [usize; 5]) -> libc::c_long {
    let [a, b, c, d, e] = arguments;
    // SAFETY: the callers give pointers to what lives until the call is over.
    unsafe { libc::syscall(number, a, b, c, d, e) }
}

/// A descriptor that a call has made.
fn descriptor(number: libc::c_long) -> OwnedFd {
    // SAFETY: nobody else has it.
    unsafe { OwnedFd::from_raw_fd(done(number) as i32) }
}

/// The address of something, for a call.
fn at<T: ?Sized>(value: &T) -> usize {
    ptr::from_ref(value).cast::<u8>() as usize
}

#[vivarium::observe]
fn load_a_module(directory: &Path) {
    let file = File::open(directory.join("module")).expect("a file");
    assert_eq!(call(libc::SYS_finit_module, [file.as_raw_fd() as usize, at(c""), 0, 0, 0]), -1);
}

#[vivarium::observe]
fn load_a_module_from_memory(_: &Path) {
    assert_eq!(call(libc::SYS_init_module, [at(&[0_u8; 4096]), 4096, at(c""), 0, 0]), -1);
}

#[vivarium::observe]
fn ask_for_what_a_module_has(_: &Path) {
    // SAFETY: plain numbers.
    fails(unsafe { libc::socket(libc::AF_NETROM, libc::SOCK_SEQPACKET, 0) }, libc::EAFNOSUPPORT);
}

/// A name as the kernel wants it.
fn name(text: &str) -> [u8; 16] {
    let mut name = [0; 16];
    name[..text.len()].copy_from_slice(text.as_bytes());
    name
}

#[vivarium::observe]
fn load_a_program(_: &Path) {
    const LOAD: usize = 5;
    const SOCKET_FILTER: u32 = 1;
    // r0 = 0, exit.
    let code: [u64; 2] = [0xb7, 0x95];
    let mut attributes = [0_u8; 72];
    attributes[..4].copy_from_slice(&SOCKET_FILTER.to_ne_bytes());
    attributes[4..8].copy_from_slice(&2_u32.to_ne_bytes());
    attributes[8..16].copy_from_slice(&at(&code).to_ne_bytes());
    attributes[16..24].copy_from_slice(&at(c"GPL").to_ne_bytes());
    attributes[48..64].copy_from_slice(&name("kinds_program"));
    descriptor(call(libc::SYS_bpf, [LOAD, at(&attributes), attributes.len(), 0, 0]));
}

#[vivarium::observe]
fn make_a_map(_: &Path) {
    const CREATE: usize = 0;
    const ARRAY: u32 = 2;
    let mut attributes = [0_u8; 72];
    for (index, value) in [ARRAY, 4, 8, 1].into_iter().enumerate() {
        attributes[index * 4..][..4].copy_from_slice(&value.to_ne_bytes());
    }
    attributes[28..44].copy_from_slice(&name("kinds_map"));
    let map = descriptor(call(libc::SYS_bpf, [CREATE, at(&attributes), attributes.len(), 0, 0]));
    // What is in it is its owner's business.
    const LOOKUP: usize = 1;
    let (key, value) = (0_u32, 0_u64);
    let element = [map.as_raw_fd() as u64, at(&key) as u64, at(&value) as u64, 0];
    done(call(libc::SYS_bpf, [LOOKUP, at(&element), 32, 0, 0]));
}

#[vivarium::observe]
fn open_a_performance_event(_: &Path) {
    const SOFTWARE: u32 = 1;
    const TASK_CLOCK: u64 = 1;
    let mut attributes = [0_u8; 128];
    attributes[..4].copy_from_slice(&SOFTWARE.to_ne_bytes());
    attributes[4..8].copy_from_slice(&128_u32.to_ne_bytes());
    attributes[8..16].copy_from_slice(&TASK_CLOCK.to_ne_bytes());
    let nobody = -1_isize as usize;
    descriptor(call(libc::SYS_perf_event_open, [at(&attributes), 0, nobody, nobody, 0]));
}

#[vivarium::observe]
fn make_a_ring(_: &Path) {
    const CLAMP: u32 = 16;
    let mut parameters = [0_u32; 30];
    parameters[2] = CLAMP;
    // The kernel may be told not to let anyone.
    let ring = call(libc::SYS_io_uring_setup, [8, at(&parameters), 0, 0, 0]);
    if ring >= 0 {
        drop(descriptor(ring));
    }
    // Refused, or the parameters can't be read.
    assert_eq!(call(libc::SYS_io_uring_setup, [8, 8, 0, 0, 0]), -1);
}

#[vivarium::observe]
fn set_clocks(_: &Path) {
    let time = |seconds| libc::timespec { tv_sec: seconds, tv_nsec: 0 };
    // SAFETY: pointers to what lives until the calls are over.
    unsafe {
        for seconds in [4711, -2, -1] {
            fails(libc::clock_settime(libc::CLOCK_MONOTONIC, &time(seconds)), libc::EINVAL);
        }
        // Only asks.
        let mut answer: libc::timex = std::mem::zeroed();
        done(libc::adjtimex(&mut answer));
    }
}

#[vivarium::observe]
fn ask_for_the_log(_: &Path) {
    const SIZE_BUFFER: i32 = 10;
    // SAFETY: nothing is written.
    done(unsafe { libc::klogctl(SIZE_BUFFER, ptr::null_mut(), 0) });
}

#[vivarium::observe]
fn look_for_keys(_: &Path) {
    call(libc::SYS_add_key, [at(c"no such type"), at(c"a key"), at(c"x"), 1, 0]);
    let process_keyring = -2_isize as usize;
    call(libc::SYS_keyctl, [libc::KEYCTL_GET_KEYRING_ID as usize, process_keyring, 0, 0, 0]);
    let search = libc::KEYCTL_SEARCH as usize;
    call(libc::SYS_keyctl, [search, process_keyring, at(c"user"), at(c"another key"), 0]);
    // These take no key.
    let capabilities = [0_u8; 2];
    call(libc::SYS_keyctl, [libc::KEYCTL_CAPABILITIES as usize, at(&capabilities), 2, 0, 0]);
    call(libc::SYS_keyctl, [libc::KEYCTL_GET_PERSISTENT as usize, 4711, process_keyring, 0, 0]);
}
