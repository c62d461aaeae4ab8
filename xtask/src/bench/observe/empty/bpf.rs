//! Loading and attaching a program that does nothing, by `bpf(2)`.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use aya_obj::generated::{bpf_attach_type, bpf_attr, bpf_cmd, bpf_insn, bpf_prog_type};

/// A BPF program of two instructions.
pub(super) struct EmptyProgram(OwnedFd);

impl EmptyProgram {
    pub(super) fn load() -> io::Result<Self> {
        // `r0 = 0; exit`
        let instructions = [0xb7, 0x95].map(|code| bpf_insn {
            code,
            _bitfield_align_1: [],
            _bitfield_1: bpf_insn::new_bitfield_1(0, 0),
            off: 0,
            imm: 0,
        });
        let mut attr = zeroed();
        // SAFETY: a union of plain numbers, all of whose bytes are zero.
        let load = unsafe { &mut attr.__bindgen_anon_3 };
        load.prog_type = bpf_prog_type::BPF_PROG_TYPE_KPROBE as u32;
        load.expected_attach_type = bpf_attach_type::BPF_TRACE_UPROBE_MULTI as u32;
        load.insns = instructions.as_ptr() as u64;
        load.insn_cnt = instructions.len() as u32;
        load.license = c"GPL".as_ptr() as u64;
        // SAFETY: the pointers are to values that live until the call is over, with their lengths.
        unsafe { create(bpf_cmd::BPF_PROG_LOAD, &mut attr) }.map(Self)
    }

    /// Attaches it to places in a file, each with a semaphore, until the result is closed.
    pub(super) fn attach(&self, path: &CStr, offsets: &[u64], semaphores: &[u64]) -> io::Result<OwnedFd> {
        assert_eq!(offsets.len(), semaphores.len(), "each place has a semaphore");
        let mut attr = zeroed();
        // SAFETY: a union of plain numbers, all of whose bytes are zero.
        let link = unsafe { &mut attr.link_create };
        link.__bindgen_anon_1.prog_fd = self.0.as_raw_fd().cast_unsigned();
        link.attach_type = bpf_attach_type::BPF_TRACE_UPROBE_MULTI as u32;
        // SAFETY: as above.
        let multi = unsafe { &mut link.__bindgen_anon_3.uprobe_multi };
        multi.path = path.as_ptr() as u64;
        multi.offsets = offsets.as_ptr() as u64;
        multi.ref_ctr_offsets = semaphores.as_ptr() as u64;
        multi.cnt = u32::try_from(offsets.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        // SAFETY: the pointers are to slices that are borrowed until the call is over, both of the length that is said.
        unsafe { create(bpf_cmd::BPF_LINK_CREATE, &mut attr) }
    }
}

fn zeroed() -> bpf_attr {
    // SAFETY: a union of plain numbers, for which zeros are values; the kernel takes zero for what isn't said.
    unsafe { std::mem::zeroed() }
}

/// Calls one of the commands that make a file descriptor.
///
/// # Safety
/// Every pointer in `attr` is valid for what the command does with it.
unsafe fn create(command: bpf_cmd, attr: &mut bpf_attr) -> io::Result<OwnedFd> {
    // SAFETY: `attr` is as large as is said; the caller vouches for the rest.
    let made = unsafe { libc::syscall(libc::SYS_bpf, command as u32, &raw mut *attr, size_of::<bpf_attr>()) };
    match i32::try_from(made) {
        // SAFETY: the kernel has just made it for us, closed on exec.
        Ok(descriptor @ 0..) => Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }),
        _ => Err(io::Error::last_os_error()),
    }
}
