//! System calls about the system as a whole.

mod loading;
mod mounts;

use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Oddity, Syscall};

use super::Call;
use crate::counts::odd;
use crate::thread::Thread;
use crate::user::UserAddress;

/// The lower half of a register.
const INT: u64 = u32::MAX as u64;
/// A thread of the kernel takes what is asked for from the ring.
const SETUP_SQPOLL: u32 = 2;
/// `CLOCK_REALTIME`.
const REALTIME: u64 = 0;
/// `KEYCTL_SEARCH`, which begins at a key.
const SEARCH: u64 = 10;
/// The commands of `keyctl` whose first argument is a key, as bits: 33 are known, of which the others take a name, a user, a place
/// in memory, another number or nothing.
const OF_KEYS: u64 = ((1 << 33) - 1)
    & !(1 << 1 | 1 << 14 | 1 << 18 | 1 << 22 | 1 << 23 | 1 << 25 | 1 << 26 | 1 << 27 | 1 << 28 | 1 << 31);

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_perf(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<3, 0>(EventKind::PERF_EVENT_OPEN, |_, record| {
        if let Some([kind, config]) = call.pointer(0).read::<[u64; 2]>() {
            // Its size stands after its type.
            record.number(0, kind & INT);
            record.number(1, config);
        }
        record.number(2, i64::from(call.int(1)) as u64);
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_uring(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let flags = call.pointer(1).read().map(|[_, _, flags]: [u32; 3]| flags);
    if call.result >= 0 && flags.unwrap_or(0) & SETUP_SQPOLL != 0 && Thread::current().is_some() {
        odd(Oddity::PolledRing);
    }
    call.tell::<2, 0>(EventKind::IO_URING_SETUP, |_, record| {
        record.number(0, call.argument(0) & INT);
        if let Some(flags) = flags {
            record.number(1, flags.into());
        }
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_settime(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    let (clock, time, is_set) = match call.which() {
        Some(Syscall::ClockSettime) => (call.argument(0) & INT, call.pointer(1), true),
        Some(Syscall::Settimeofday) => (REALTIME, call.pointer(0), true),
        Some(Syscall::ClockAdjtime) => (call.argument(0) & INT, call.pointer(1), false),
        _ => (REALTIME, call.pointer(0), false),
    };
    // Whoever adjusts nothing only asks.
    if !is_set && time.read::<u32>().unwrap_or(0) == 0 {
        return 0;
    }
    call.tell::<2, 0>(EventKind::SETTIME, |_, record| {
        record.number(0, clock);
        if is_set && let Some(seconds) = time.read() {
            record.number(1, seconds);
        }
    });
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_syslog(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<1, 0>(EventKind::SYSLOG, |_, record| record.number(0, call.argument(0) & INT));
    0
}

#[raw_tracepoint(tracepoint = "syscalls")]
fn sys_key(_ctx: RawTracePointContext) -> u32 {
    let call = Call::returning();
    call.tell::<2, 2>(EventKind::KEY_ACCESS, |_, record| {
        let serial = |key: i64| i64::from(key as i32) as u64;
        let nothing = UserAddress(0);
        let (kind, description) = if call.which() == Some(Syscall::Keyctl) {
            let command = call.argument(0) & INT;
            record.number(0, command);
            if command < 64 && OF_KEYS & 1 << command != 0 {
                record.number(1, serial(call.argument(1) as i64));
            }
            if command == SEARCH { (call.pointer(2), call.pointer(3)) } else { (nothing, nothing) }
        } else {
            if call.result > 0 {
                record.number(1, serial(call.result));
            }
            (call.pointer(0), call.pointer(1))
        };
        if kind != nothing {
            record.text(0, |room| room.string(kind));
        }
        if description != nothing {
            record.text(1, |room| room.string(description));
        }
    });
    0
}
