//! Open files that come from other processes.

use core::ffi::c_void;

use aya_ebpf::helpers::bpf_loop;
use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::Syscall;

use crate::descriptor::File;
use crate::event;
use crate::path::Name;
use crate::syscalls::Call;
use crate::user::UserAddress;

/// As many files come with one message.
const MAX_FILES: u64 = 253;
/// As many control messages are looked at: those of files come after those about the sender.
const MAX_MESSAGES: usize = 8;
/// The level and the type of a control message of files.
const SOL_SOCKET: u32 = 1;
const SCM_RIGHTS: u32 = 1;

/// What a `struct msghdr` says of control messages, after the name and the vector.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct MessageHeader {
    before: [u64; 4],
    control: u64,
    control_length: u64,
}

/// A `struct cmsghdr`.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct ControlHeader {
    length: u64,
    level: u32,
    kind: u32,
}

/// The descriptors that a message brings.
#[derive(Clone, Copy)]
struct Descriptors {
    at: UserAddress,
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_receive(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    if call.result < 0 {
        return 0;
    }
    if call.which() == Some(Syscall::PidfdGetfd) {
        tell(call.result as i32);
        return 0;
    }
    let Some(header) = call.pointer(1).read::<MessageHeader>() else {
        return 0;
    };
    let mut at = 0;
    for _ in 0..MAX_MESSAGES {
        if at + size_of::<ControlHeader>() as u64 > header.control_length {
            break;
        }
        let Some(message) = UserAddress(header.control + at).read::<ControlHeader>() else {
            break;
        };
        let Some(length) = message.length.checked_sub(size_of::<ControlHeader>() as u64) else {
            break;
        };
        if message.level == SOL_SOCKET && message.kind == SCM_RIGHTS {
            let descriptors = Descriptors { at: UserAddress(header.control + at + size_of::<ControlHeader>() as u64) };
            let count = length / size_of::<i32>() as u64;
            let count = if count > MAX_FILES { MAX_FILES } else { count };
            // SAFETY: the callback takes what it is given.
            unsafe { bpf_loop(count as u32, receive as *mut c_void, (&raw const descriptors).cast_mut().cast(), 0) };
            break;
        }
        at += (message.length + 7) & !7;
    }
    0
}

/// Tells of one file of a message.
unsafe extern "C" fn receive(index: u32, descriptors: *const Descriptors) -> i64 {
    // SAFETY: they are on the stack of the caller of the loop.
    let UserAddress(start) = unsafe { (*descriptors).at };
    match UserAddress(start + u64::from(index) * size_of::<i32>() as u64).read::<i32>() {
        Some(descriptor) => tell(descriptor),
        None => return 1,
    }
    0
}

/// Tells of a file that has come.
#[inline(always)]
fn tell(descriptor: i32) {
    event::tell::<0, 1>(EventKind::FILE_RECEIVE, Some(0), |_, record| {
        if let Some(file) = File::of_descriptor(descriptor) {
            record.text(0, |room| room.path(file.place(), Name::MayBeGone));
        }
    });
}
