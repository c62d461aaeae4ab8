//! Clients that say hello to begin an encrypted connection, whatever library does it. Nothing but the hello is kept.
//!
//! A hello that is sent in pieces is put together, and told of when its last piece is sent.

use aya_ebpf::btf_maps::LruHashMap;
use aya_ebpf::helpers::generated::bpf_probe_read_kernel;
use aya_ebpf::macros::btf_map;
use vivarium_sys::event::EventKind;
use vivarium_sys::wire::TextLength;

use super::copied::{self, Copied, LIMIT};
use super::{Message, Way};
use crate::bounds::at_most;
use crate::event;
use crate::scratch;
use crate::thread::Thread;
use crate::user::UserAddress;

/// How many hellos may be under way at once.
const PENDING_LIMIT: usize = 64;
/// A record of the handshake.
const HANDSHAKE: u8 = 22;
/// The first byte of every version since SSL 3.
const MAJOR: u8 = 3;
/// The second byte of the newest.
const NEWEST_MINOR: u8 = 4;
/// The message of a client that says hello.
const CLIENT_HELLO: u8 = 1;
/// The head of a record.
const RECORD_BYTES: u32 = 5;
/// The heads of a record and a message, with the version.
const HEADS_BYTES: u32 = 11;

#[btf_map]
static HELLOS: LruHashMap<u64, Copied, PENDING_LIMIT> = LruHashMap::new();

/// What is known of what may be a hello.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It isn't one.
    Other,
    /// The rest is still to come.
    Begun,
    /// So long.
    Whole(u32),
}

/// Looks at what was sent through a stream.
#[inline(always)]
pub(super) fn look(thread: &Thread, way: Way, message: &Message, result: i64) {
    if HELLOS.get_ptr(&way.inode).is_none() && first(message) != Some(HANDSHAKE) {
        return;
    }
    let Some(index) = scratch::claim(thread.ids.thread) else { return };
    if copied::describe(index, way, message, result) {
        tell_of_hello(index);
    }
    scratch::release(index);
}

/// Tells of the hello that the message that a slot describes completes.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn tell_of_hello(index: u32) -> u32 {
    if let Some(thread) = Thread::current()
        && let Some(copied) = copied::copy(index)
    {
        put_together(&thread, copied);
    }
    0
}

/// Puts what was sent behind what was sent before.
#[inline(always)]
fn put_together(thread: &Thread, copied: &mut Copied) {
    let inode = copied.way.inode;
    let begun = HELLOS.get_ptr_mut(&inode);
    let hello = match begun {
        // SAFETY: the map has it. Nobody else sends through this socket, or what is sent is mixed up anyway.
        Some(begun) => append(unsafe { &mut *begun }, copied),
        None => copied,
    };
    let state = state(hello);
    if let State::Whole(whole) = state {
        tell(thread, hello, whole);
    }
    if state == State::Begun && begun.is_none() {
        let _ = HELLOS.insert(&inode, &*hello, 0);
    } else if state != State::Begun && begun.is_some() {
        let _ = HELLOS.remove(&inode);
    }
}

/// The first byte, where the first part has one.
#[inline(always)]
fn first(message: &Message) -> Option<u8> {
    let [start, _] = message.part(0)?;
    UserAddress(start).read()
}

/// Puts the rest behind the beginning.
#[inline(always)]
fn append<'a>(begun: &'a mut Copied, rest: &mut Copied) -> &'a mut Copied {
    let (have, more) = (begun.have(), rest.have());
    // SAFETY: it begins within the first half of the room, and is no longer than the second.
    unsafe { bpf_probe_read_kernel(begun.start().add(have as usize).cast(), more, rest.start().cast()) };
    begun.set_have(have + more);
    begun.message = rest.message;
    begun
}

/// What it is.
#[inline(always)]
fn state(hello: &Copied) -> State {
    let have = hello.have();
    let fits = |at: u32, is_right: bool| have <= at || is_right;
    let is_hello = fits(0, hello.byte(0) == HANDSHAKE)
        & fits(1, hello.byte(1) == MAJOR)
        & fits(2, hello.byte(2) <= NEWEST_MINOR)
        & fits(5, hello.byte(5) == CLIENT_HELLO)
        & fits(6, hello.byte(6) == 0)
        & fits(9, hello.byte(9) == MAJOR);
    let whole = RECORD_BYTES + u32::from(hello.number(3));
    if !is_hello || have >= RECORD_BYTES && whole < HEADS_BYTES {
        State::Other
    } else if have < RECORD_BYTES || have < whole && have < LIMIT {
        State::Begun
    } else {
        State::Whole(whole)
    }
}

#[inline(always)]
fn tell(thread: &Thread, hello: &mut Copied, whole: u32) {
    event::tell_of::<0, 2>(thread, EventKind::TLS_HELLO, None, |_, record| {
        record.text(0, |room| {
            let have = hello.have();
            let kept = at_most(if have < whole { have } else { whole }, LIMIT);
            // SAFETY: there are so many bytes.
            unsafe { room.copy(hello.start(), kept) };
            TextLength { kept, whole }
        });
        record.text(1, |room| room.receiver(hello.way, &hello.message));
    });
}
