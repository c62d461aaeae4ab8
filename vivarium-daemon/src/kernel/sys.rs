//! The system calls that no crate has in the form needed here, each behind a safe function.
//!
//! aya attaches uprobes one by one and without their semaphores, and loads no program for attaching many at once.

mod barrier;
mod bpf;
mod mount;
mod perf_event;
mod sheltered;

pub(super) use barrier::wait_for_programs;
pub(super) use bpf::{
    Refused, UprobeLinks, UprobeUse, UprobeWait, link_perf_event, link_raw_tracepoint, link_uprobes,
    load_uprobe_program, times_skipped,
};
pub(super) use mount::mount_detached;
pub(super) use perf_event::{open_trace_event, open_uprobe_event};
pub(super) use sheltered::ShelteredFd;
