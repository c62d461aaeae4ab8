//! The system calls that no crate has in the form needed here, each behind a safe function.
//!
//! aya's way to load programs has all types of the kernel taken apart, twice, and reads them in again for each object. It
//! attaches uprobes one by one and without their semaphores, and loads no program for attaching many at once.

mod ahead;
mod barrier;
mod bpf;
mod loading;
mod mapped;
mod mount;
mod perf_event;
mod sheltered;

pub(super) use ahead::Ahead;
pub(crate) use ahead::allow_going_ahead;
pub(super) use barrier::wait_for_programs;
pub(super) use bpf::{UprobeLinks, link_perf_event, link_typed, link_uprobes, run_program, times_skipped};
pub(super) use loading::{
    Functions, Loading, Purpose, Refused, fill_array, freeze_map, load_program, load_types, set_program,
};
pub(super) use mapped::Mapped;
pub(super) use mount::{mount_apart, mount_detached};
pub(super) use perf_event::{open_trace_event, open_uprobe_event};
pub(super) use sheltered::ShelteredFd;
