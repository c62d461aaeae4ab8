//! The short way out of the kernel, for programs that nothing preempts: each processor has a lane of its own.
//!
//! Nobody else writes to it, so nothing has to be locked. What finds no room there takes the ring, and the reader brings all of
//! it in order.

use aya_ebpf::Global;
use aya_ebpf::bindings::BPF_F_MMAPABLE;
use aya_ebpf::btf_maps::Array;
use aya_ebpf::helpers::bpf_get_smp_processor_id;
use aya_ebpf::helpers::generated::bpf_probe_read_kernel;
use aya_ebpf::macros::btf_map;
use vivarium_sys::load::lane::{self, AT_A_GO, LENGTH_BYTES, Lane, MAX_LANE_RECORD, PAGE_BYTES, Page};

use crate::bounds::{at_most, below};
use crate::words;

#[btf_map]
static LANES: Array<Lane, 1, { BPF_F_MMAPABLE as usize }> = Array::new();

#[btf_map]
static LANE_PAGES: Array<Page, 1, { BPF_F_MMAPABLE as usize }> = Array::new();

/// How many pages a lane has, less one. The loader sets it, and how many lanes there are.
#[unsafe(no_mangle)]
static LANE_MASK: Global<u32> = Global::new(0);

/// Sends a record that was built elsewhere, if there is room.
///
/// # Safety
///
/// `bytes` bytes can be read at `record`, or as many as are copied at a go if those are more; and nothing else runs on this
/// processor meanwhile that sends one this way.
#[inline(always)]
pub(crate) unsafe fn send_copy(record: *const u8, bytes: u64) -> bool {
    if bytes > MAX_LANE_RECORD as u64 {
        return false;
    }
    // SAFETY: the helper takes nothing.
    let processor = unsafe { bpf_get_smp_processor_id() };
    let Some(lane) = LANES.get_ptr_mut(processor) else {
        return false;
    };
    // SAFETY: all places are within the values of the maps, as the verifier checks. The record is there before the reader is
    // told how far the lane is written: processors keep the order of stores that others see on x86-64.
    unsafe {
        let written = (&raw const (*lane).written).read_volatile();
        let next = lane::after(written, bytes);
        let mask = LANE_MASK.load();
        if !lane::has_room(mask + 1, next, (&raw const (*lane).known).read_volatile()) {
            let read = (&raw const (*lane).read.0).read_volatile();
            (&raw mut (*lane).known).write_volatile(read);
            if !lane::has_room(mask + 1, next, read) {
                return false;
            }
        }
        let page = processor * (mask + 1) + ((written / PAGE_BYTES as u64) as u32 & mask);
        let Some(page) = LANE_PAGES.get_ptr_mut(page) else {
            return false;
        };
        let place = page.cast::<u8>().add(below::<{ PAGE_BYTES as u32 }>(written as u32) as usize);
        place.cast::<u64>().write_volatile(bytes);
        let place = place.add(LENGTH_BYTES);
        // Most are not longer than this.
        words::copy::<{ AT_A_GO / size_of::<u64>() }>(record.cast(), place.cast());
        if let Some(rest) = bytes.checked_sub(AT_A_GO as u64) {
            let rest = at_most(rest as u32, (MAX_LANE_RECORD - AT_A_GO) as u32);
            bpf_probe_read_kernel(place.add(AT_A_GO).cast(), rest, record.add(AT_A_GO).cast());
        }
        (&raw mut (*lane).written).write_volatile(next);
    }
    true
}
