//! System calls that send something through a socket, or write to what may be one.

use core::ffi::c_void;

use aya_ebpf::helpers::bpf_loop;
use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
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

/// Some of the system calls, as bits. Which of them it is, is reckoned and not asked: at each question the verifier would go
/// on with either answer, through all that is to come.
#[derive(Clone, Copy)]
struct Calls(u64);

impl Calls {
    /// Those that give a list of parts, or a description with one.
    const OF_LISTS: Self = Self::of(&[Syscall::Writev, Syscall::Sendmsg, Syscall::Sendmmsg]);
    /// The one that gives an address by itself.
    const OF_ADDRESSES: Self = Self::of(&[Syscall::Sendto]);
    /// Those that give a description.
    const OF_DESCRIPTIONS: Self = Self::of(&[Syscall::Sendmsg, Syscall::Sendmmsg]);
    /// The one that gives many.
    const OF_MANY: Self = Self::of(&[Syscall::Sendmmsg]);

    const fn of(calls: &[Syscall]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < calls.len() {
            bits |= 1 << Self::place(calls[at].number() as u64);
            at += 1;
        }
        Self(bits)
    }

    /// The bit of a call.
    const fn place(call: u64) -> u64 {
        call % 64
    }

    /// All ones where the call is one of these, else zero.
    #[inline(always)]
    fn mask(self, call: i64) -> u64 {
        ((self.0 >> Self::place(call as u64)) & 1).wrapping_neg()
    }
}

// No two of them have the same bit.
const _: () = {
    use Syscall::{Sendmmsg, Sendmsg, Sendto, Write, Writev};
    assert!(Calls::of(&[Write, Writev, Sendto, Sendmsg, Sendmmsg]).0.count_ones() == 5);
};

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_send(_ctx: RawTracePointContext) -> u32 {
    if !Thread::current().is_some_and(|thread| sent::is_wanted(&thread)) {
        return 0;
    }
    let call = Call::returning();
    let Some(way) = Way::of_descriptor(call.int(0)) else { return 0 };
    let [_, start, count, _, to, to_length] = call.arguments();
    let to = UserAddress(to & Calls::OF_ADDRESSES.mask(call.number));
    let is_list = Calls::OF_LISTS.mask(call.number);
    let mut sent = Sent {
        way,
        message: Message::new(UserAddress(start), count, is_list, to, to_length),
        description: start & Calls::OF_DESCRIPTIONS.mask(call.number),
        is_one_of_many: Calls::OF_MANY.mask(call.number),
        result: call.result,
    };
    let count = match call.which() {
        // Of many of which none was sent, the first.
        Some(Syscall::Sendmmsg) if call.result > MAX_MESSAGES.into() => MAX_MESSAGES,
        Some(Syscall::Sendmmsg) if call.result > 0 => call.result as u32,
        _ => 1,
    };
    // SAFETY: what was sent outlives the loop.
    unsafe { bpf_loop(count, each as *mut c_void, (&raw mut sent).cast(), 0) };
    0
}

/// What was sent by one call.
#[repr(C)]
struct Sent {
    way: Way,
    /// What the call itself tells of it, or a description: kept here, since the stack of the one who looks has little room.
    message: Message,
    /// Where it is described, or zero.
    description: u64,
    /// Whether that is a list of descriptions, each with how many bytes of it were sent.
    is_one_of_many: u64,
    result: i64,
}

impl Sent {
    /// Gets to one message of it, if it can be read; what came of that.
    #[inline(always)]
    fn get_to(&mut self, index: u32) -> Option<i64> {
        if self.description == 0 {
            return Some(self.result);
        }
        let at = self.description.wrapping_add(u64::from(index) * MESSAGE_BYTES);
        self.message.describe(UserAddress(at))?;
        if self.is_one_of_many != 0 && self.result >= 0 {
            return Some(UserAddress(at.wrapping_add(SENT_AT)).read::<u32>().unwrap_or(0).into());
        }
        Some(self.result)
    }
}

/// Looks at one message of it.
unsafe extern "C" fn each(index: u32, sent: *mut Sent) -> i64 {
    // SAFETY: it is on the stack of the caller of the loop.
    let sent = unsafe { &mut *sent };
    if let Some(thread) = Thread::current()
        && let Some(result) = sent.get_to(index)
    {
        sent::inspect(&thread, sent.way, &sent.message, result);
    }
    0
}
