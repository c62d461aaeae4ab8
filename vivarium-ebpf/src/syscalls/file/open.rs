//! Opening, which may create.

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Field, Syscall};

use crate::descriptor::File;
use crate::event;
use crate::mode::PERMISSIONS;
use crate::open;
use crate::path::Name;
use crate::preemption::Unpreempted;
use crate::syscalls::given::Given;
use crate::syscalls::{Call, told};
use crate::thread::Thread;

/// What `creat` opens with.
const CREAT_FLAGS: u64 = open::WRITE_ONLY | open::CREATE | open::TRUNCATE;

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_open(ctx: RawTracePointContext) -> u32 {
    let Some(thread) = Thread::current() else {
        return 0;
    };
    let call = Call::of_return(&ctx);
    let result = Some(told(call.result));
    let (given, flags, mode) = match call.which() {
        Some(Syscall::Open) => (Given::here(call.pointer(0)), call.argument(1), call.argument(2)),
        // A file that has no name here unless it is opened.
        Some(Syscall::OpenByHandleAt) => (Given::nothing(), call.argument(2), 0),
        Some(Syscall::Creat) => (Given::here(call.pointer(0)), CREAT_FLAGS, call.argument(1)),
        Some(Syscall::Openat2) => {
            let [flags, mode] = call.pointer(2).read().unwrap_or_default();
            (Given::at(call.int(0), call.pointer(1)), flags, mode)
        }
        _ => (Given::at(call.int(0), call.pointer(1)), call.argument(2), call.argument(3)),
    };
    let opened = File::of_new_descriptor(call.result as i32);
    // What `openat2` was given is in the memory of the process, which may have changed it since.
    let may_create = open::creates(flags) || call.which() == Some(Syscall::Openat2);
    if let Some(file) = opened {
        if may_create && open::has_created(file.get(Field::FileMode)) {
            event::tell_by::<Unpreempted, 1, 1>(&thread, EventKind::FILE_CREATE, result, |_, record| {
                let mode: u16 = file.inode(Field::InodeMode);
                record.number(0, u64::from(mode) & PERMISSIONS);
                record.text(0, |room| room.path(file.place(), Name::MayBeGone));
            });
        }
    }
    event::tell_by::<Unpreempted, 2, 1>(&thread, EventKind::PATH_OPEN, result, |_, record| {
        record.number(0, open::told(flags));
        if open::creates(flags) {
            record.number(1, mode & PERMISSIONS);
        }
        match opened {
            Some(file) => record.text(0, |room| room.opened(file.new_place())),
            None => record.text(0, |room| room.given(given)),
        }
    });
    0
}
