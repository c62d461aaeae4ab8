//! System calls that send something through a socket, or write to what may be one.

use core::ffi::c_void;

use aya_ebpf::helpers::bpf_loop;
use aya_ebpf::macros::tracepoint;
use aya_ebpf::programs::TracePointContext;
use vivarium_sys::load::Syscall;

use super::Call;
use crate::sent::{self, Message, Way};
use crate::thread::Thread;
use crate::user::UserAddress;

/// How many messages one call sends at most.
const MAX_MESSAGES: u32 = 1024;
/// How far apart they are in their list: each is followed by how many bytes of it were sent.
const MESSAGE_BYTES: u64 = 64;
/// Where that stands.
const SENT_AT: u64 = 56;

#[tracepoint]
fn sys_send(ctx: TracePointContext) -> u32 {
    if !Thread::current().is_some_and(|thread| sent::is_wanted(&thread)) {
        return 0;
    }
    let call = Call::of(&ctx);
    let Some(way) = Way::of_descriptor(call.int(0)) else { return 0 };
    let sent = Sent { way, call: call.number, arguments: call.arguments(), result: call.result };
    let count = match call.which() {
        // Of many of which none was sent, the first.
        Some(Syscall::Sendmmsg) if call.result > MAX_MESSAGES.into() => MAX_MESSAGES,
        Some(Syscall::Sendmmsg) if call.result > 0 => call.result as u32,
        _ => 1,
    };
    // SAFETY: what was sent outlives the loop.
    unsafe { bpf_loop(count, each as *mut c_void, (&raw const sent).cast_mut().cast(), 0) };
    0
}

/// What was sent by one call.
#[repr(C)]
struct Sent {
    way: Way,
    call: i64,
    arguments: [u64; 6],
    result: i64,
}

/// Looks at one message of it.
unsafe extern "C" fn each(index: u32, sent: *const Sent) -> i64 {
    // SAFETY: it is on the stack of the caller of the loop.
    let sent = unsafe { &*sent };
    let [_, start, count, _, to, to_length] = sent.arguments;
    let start = UserAddress(start);
    let (message, result) = match Syscall::from_number(sent.call as u32) {
        Some(Syscall::Write) => (Some(Message::bytes(start, count)), sent.result),
        Some(Syscall::Writev) => (Some(Message::parts(start, count)), sent.result),
        Some(Syscall::Sendto) => (Some(Message::bytes(start, count).to(UserAddress(to), to_length)), sent.result),
        Some(Syscall::Sendmsg) => (Message::described(start), sent.result),
        _ => {
            let at = start.0.wrapping_add(u64::from(index) * MESSAGE_BYTES);
            let bytes: u32 = UserAddress(at.wrapping_add(SENT_AT)).read().unwrap_or(0);
            let result = if sent.result < 0 { sent.result } else { bytes.into() };
            (Message::described(UserAddress(at)), result)
        }
    };
    if let Some(thread) = Thread::current()
        && let Some(message) = message
    {
        sent::inspect(&thread, sent.way, &message, result);
    }
    0
}
