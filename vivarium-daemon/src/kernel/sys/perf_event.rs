//! `perf_event_open(2)`, for trace events.

use std::ffi::c_long;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};

use aya_obj::generated::{PERF_FLAG_FD_CLOEXEC, perf_event_attr, perf_type_id};

use super::sheltered::ShelteredFd;

/// Opens the trace event of this number, in all processes.
pub(in crate::kernel) fn open_trace_event(number: u64) -> io::Result<OwnedFd> {
    let event = event(number);
    match i32::try_from(open(&event)) {
        // SAFETY: the kernel has just made it for us.
        Ok(descriptor @ 0..) => Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The same for an event that has places in programs.
pub(in crate::kernel) fn open_uprobe_event(number: u64) -> io::Result<ShelteredFd> {
    let event = event(number);
    // SAFETY: that is the one system call which it makes.
    unsafe { ShelteredFd::made_by(|| open(&event)) }
}

fn event(number: u64) -> perf_event_attr {
    // SAFETY: a structure of plain numbers, for which zeros are values.
    let mut attr: perf_event_attr = unsafe { std::mem::zeroed() };
    attr.size = size_of::<perf_event_attr>() as u32;
    attr.type_ = perf_type_id::PERF_TYPE_TRACEPOINT as u32;
    attr.config = number;
    attr
}

/// The system call: its answer is a descriptor, or negative.
fn open(attr: &perf_event_attr) -> c_long {
    const ALL_PROCESSES: i32 = -1;
    // A program that is attached runs on every processor, whichever one this says.
    const ANY_PROCESSOR: i32 = 0;
    const NO_GROUP: i32 = -1;
    // SAFETY: `attr` says its own size, and there are no pointers in it.
    unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const *attr,
            ALL_PROCESSES,
            ANY_PROCESSOR,
            NO_GROUP,
            PERF_FLAG_FD_CLOEXEC,
        )
    }
}
