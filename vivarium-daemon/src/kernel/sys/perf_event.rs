//! `perf_event_open(2)`, for trace events.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd};

use aya_obj::generated::{PERF_FLAG_FD_CLOEXEC, perf_event_attr, perf_type_id};

/// Opens the trace event of this number, in all processes.
pub(in crate::kernel) fn open_trace_event(number: u64) -> io::Result<OwnedFd> {
    const ALL_PROCESSES: i32 = -1;
    // A program that is attached runs on every processor, whichever one this says.
    const ANY_PROCESSOR: i32 = 0;
    const NO_GROUP: i32 = -1;
    // SAFETY: a structure of plain numbers, for which zeros are values.
    let mut attr: perf_event_attr = unsafe { std::mem::zeroed() };
    attr.size = size_of::<perf_event_attr>() as u32;
    attr.type_ = perf_type_id::PERF_TYPE_TRACEPOINT as u32;
    attr.config = number;
    // SAFETY: `attr` says its own size, and there are no pointers in it.
    let event = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const attr,
            ALL_PROCESSES,
            ANY_PROCESSOR,
            NO_GROUP,
            PERF_FLAG_FD_CLOEXEC,
        )
    };
    match i32::try_from(event) {
        // SAFETY: the kernel has just made it for us.
        Ok(descriptor @ 0..) => Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }),
        _ => Err(io::Error::last_os_error()),
    }
}
