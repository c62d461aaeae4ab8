//! The names of the kernel's numbers. They come from the crates `libc`, `linux-raw-sys` and `nix`; a name that is listed here
//! is the name of a constant there, and the compiler checks that it exists.

mod bpf;
mod file;
mod identity;
mod internal;
mod memory;
mod mount;
mod process;
mod ring;
mod socket;

use super::{Bits, OneOf};

pub(super) use bpf::{bpf_command, bpf_map_type, bpf_prog_type, perf_type};
pub(super) use file::{at_flags, file_type, open_flags, rename_flags, xattr_flags};
pub(super) use identity::{ALL_CAPABILITIES, capabilities, capability};
pub(super) use internal::{kernel_load_id, kernel_read_id, ptrace_mode, syslog_action};
pub(super) use memory::{dlopen_flags, environment_call, memfd_flags, mmap_flags, mmap_prot};
pub(super) use mount::{mount_flags, move_mount_flags, umount_flags};
pub(super) use process::{clock, clone_flags, keyctl_command, prctl_option, ptrace_request, signal, task_kind};
pub(super) use ring::{io_uring_flags, io_uring_op};
pub(super) use socket::{dns_type, protocol, socket_family, socket_type};

/// Names and their numbers.
type Table = &'static [(&'static str, u64)];

/// A table of names and numbers: the constants of a module with these names.
macro_rules! constants {
    ($module:ident: $($name:ident)+) => { &[$((stringify!($name), $module::$name as u64)),+] };
}
use constants;

fn one_of(table: Table, number: u64) -> OneOf {
    OneOf::new(number.cast_signed(), name_of(table, number))
}

fn name_of(table: Table, number: u64) -> Option<&'static str> {
    table.iter().find(|(_, value)| *value == number).map(|(name, _)| *name)
}

/// Names the bits `set` of `value`, each bit once.
fn named_bits(value: u64, set: u64, table: &[(&'static str, u64)], first: Option<&'static str>) -> Bits {
    let mut rest = set;
    let mut names: Vec<_> = first.into_iter().collect();
    for &(name, bits) in table {
        if rest & bits == bits {
            names.push(name);
            rest &= !bits;
        }
    }
    Bits::new(value, names, rest)
}
