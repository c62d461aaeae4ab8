//! `bpf(2)`.

use std::ffi::{CStr, c_long};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use aya_obj::generated::{bpf_attach_type, bpf_attr, bpf_cmd, bpf_prog_info};

use super::sheltered::ShelteredFd;

/// Many places in one file, to which one program is attached at once. All slices have the same length.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernel) struct UprobeLinks<'a> {
    /// The file.
    pub(in crate::kernel) path: &'a CStr,
    /// Where in it.
    pub(in crate::kernel) offsets: &'a [u64],
    /// Where the semaphore of each is.
    pub(in crate::kernel) semaphores: &'a [u64],
    /// What the program is told of each.
    pub(in crate::kernel) cookies: &'a [u64],
}

/// Attaches a program to many places of one file, in all processes. Closing the result detaches it from all of them.
pub(in crate::kernel) fn link_uprobes(program: BorrowedFd<'_>, links: &UprobeLinks<'_>) -> io::Result<ShelteredFd> {
    let count = links.offsets.len();
    assert!(
        count == links.semaphores.len() && count == links.cookies.len(),
        "every place has a semaphore and a cookie"
    );
    let mut attr = zeroed();
    // SAFETY: a union of plain numbers, all of whose bytes are zero.
    let link = unsafe { &mut attr.link_create };
    link.__bindgen_anon_1.prog_fd = program.as_raw_fd().cast_unsigned();
    link.attach_type = bpf_attach_type::BPF_TRACE_UPROBE_MULTI as u32;
    // SAFETY: as above.
    let multi = unsafe { &mut link.__bindgen_anon_3.uprobe_multi };
    multi.path = links.path.as_ptr() as u64;
    multi.offsets = links.offsets.as_ptr() as u64;
    multi.ref_ctr_offsets = links.semaphores.as_ptr() as u64;
    multi.cookies = links.cookies.as_ptr() as u64;
    multi.cnt = u32::try_from(count).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: the pointers are to slices that are borrowed until the call is over, all of the length that is said; and it is one
    // system call.
    unsafe { ShelteredFd::made_by(|| ask(bpf_cmd::BPF_LINK_CREATE, &mut attr)) }
}

/// Attaches a program to a perf event. The result keeps the event; closing it detaches the program.
pub(in crate::kernel) fn link_perf_event(
    program: BorrowedFd<'_>,
    event: BorrowedFd<'_>,
    cookie: u64,
) -> io::Result<OwnedFd> {
    let mut attr = zeroed();
    // SAFETY: a union of plain numbers, all of whose bytes are zero.
    let link = unsafe { &mut attr.link_create };
    link.__bindgen_anon_1.prog_fd = program.as_raw_fd().cast_unsigned();
    link.__bindgen_anon_2.target_fd = event.as_raw_fd().cast_unsigned();
    link.attach_type = bpf_attach_type::BPF_PERF_EVENT as u32;
    link.__bindgen_anon_3.perf_event.bpf_cookie = cookie;
    // SAFETY: there are no pointers in it.
    unsafe { create(bpf_cmd::BPF_LINK_CREATE, &mut attr) }
}

/// Attaches a program of a tracepoint with typed arguments, of a hook or of a function to what it was loaded for. Closing the
/// result detaches it.
pub(in crate::kernel) fn link_typed(program: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let mut attr = zeroed();
    // SAFETY: a union of plain numbers, all of whose bytes are zero.
    unsafe { &mut attr.raw_tracepoint }.prog_fd = program.as_raw_fd().cast_unsigned();
    // SAFETY: there are no pointers in it.
    unsafe { create(bpf_cmd::BPF_RAW_TRACEPOINT_OPEN, &mut attr) }
}

/// Runs a program once, here and now, on these numbers, and gives what it answers.
pub(in crate::kernel) fn run_program(program: BorrowedFd<'_>, numbers: &[u64]) -> io::Result<u32> {
    let mut attr = zeroed();
    // SAFETY: a union of plain numbers, all of whose bytes are zero.
    let run = unsafe { &mut attr.test };
    run.prog_fd = program.as_raw_fd().cast_unsigned();
    run.ctx_in = numbers.as_ptr() as u64;
    run.ctx_size_in = size_of_val(numbers) as u32;
    // SAFETY: the only pointer is to a slice that is borrowed until the call is over, with its length.
    unsafe { call(bpf_cmd::BPF_PROG_TEST_RUN, &mut attr) }?;
    // SAFETY: a number, which the kernel has written.
    Ok(unsafe { attr.test }.retval)
}

/// How often the kernel skipped a program since it was loaded, because it was running already where it should have run.
pub(in crate::kernel) fn times_skipped(program: BorrowedFd<'_>) -> io::Result<u64> {
    // SAFETY: a structure of plain numbers, for which zeros are values.
    let mut info: bpf_prog_info = unsafe { std::mem::zeroed() };
    let mut attr = zeroed();
    // SAFETY: a union of plain numbers, all of whose bytes are zero.
    let ask = unsafe { &mut attr.info };
    ask.bpf_fd = program.as_raw_fd().cast_unsigned();
    ask.info_len = size_of::<bpf_prog_info>() as u32;
    ask.info = &raw mut info as u64;
    // SAFETY: the only pointer is to a structure that lives until the call is over, with its size.
    unsafe { call(bpf_cmd::BPF_OBJ_GET_INFO_BY_FD, &mut attr) }?;
    Ok(info.recursion_misses)
}

pub(super) fn zeroed() -> bpf_attr {
    // SAFETY: a union of plain numbers, for which zeros are values; the kernel takes zero for what isn't said.
    unsafe { std::mem::zeroed() }
}

/// Calls one of the commands that make a file descriptor.
///
/// # Safety
/// Every pointer in `attr` is valid for what the command does with it.
pub(super) unsafe fn create(command: bpf_cmd, attr: &mut bpf_attr) -> io::Result<OwnedFd> {
    // SAFETY: the caller vouches for the pointers.
    let descriptor = unsafe { call(command, attr) }?;
    // SAFETY: the kernel has just made it for us, closed on exec.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// Calls a command.
///
/// # Safety
/// Every pointer in `attr` is valid for what the command does with it.
pub(super) unsafe fn call(command: bpf_cmd, attr: &mut bpf_attr) -> io::Result<i32> {
    // SAFETY: the caller vouches for the pointers.
    match i32::try_from(unsafe { ask(command, attr) }) {
        Ok(answer @ 0..) => Ok(answer),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The system call: its answer is negative where the kernel refuses.
///
/// # Safety
/// As above.
unsafe fn ask(command: bpf_cmd, attr: &mut bpf_attr) -> c_long {
    // SAFETY: `attr` is as large as is said; the caller vouches for the rest.
    unsafe { libc::syscall(libc::SYS_bpf, command as u32, &raw mut *attr, size_of::<bpf_attr>()) }
}
