//! What is submitted to rings, for the backend of system calls, which sees nothing of it otherwise.

use aya_ebpf::macros::btf_tracepoint;
use aya_ebpf::programs::BtfTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Field, Oddity};
use vivarium_sys::wire::TextLength;

use crate::counts::odd;
use crate::descriptor::File;
use crate::event;
use crate::kernel::Address;
use crate::mode::PERMISSIONS;
use crate::open;
use crate::path::Place;
use crate::record::Room;
use crate::socket::{self, Socket};
use crate::thread::Thread;
use crate::user::UserAddress;

/// `IORING_OP_*`.
const CONNECT: u8 = 16;
const OPENAT: u8 = 18;
const OPENAT2: u8 = 28;
const UNLINKAT: u8 = 36;
/// Others that would be events: an accept, a rename, `mkdirat`, `symlinkat`, `linkat`, `fsetxattr`, `setxattr`, a socket, a
/// truncation, a bind, a listen.
const OTHERS: [u8; 11] = [13, 35, 37, 38, 39, 41, 42, 45, 55, 56, 57];
/// A file is meant that the ring keeps, not a descriptor.
const FIXED_FILE: u32 = 1;
/// `unlinkat` is to remove a directory.
const AT_REMOVEDIR: u32 = 0x200;
/// In place of a descriptor: the working directory.
const AT_FDCWD: i32 = -100;

/// `request`
#[btf_tracepoint(function = "io_uring_submit_req")]
fn uring_submit(ctx: BtfTracePointContext) -> i32 {
    let request = Address(ctx.arg(0));
    // The part of an operation stands where the request begins.
    match request.get::<u8>(Field::IoRequestOpcode) {
        OPENAT | OPENAT2 => open(request),
        UNLINKAT => unlink(request),
        CONNECT => connect(request),
        operation if OTHERS.contains(&operation) => other(),
        _ => (),
    }
    0
}

/// Something that would be told of if it were asked for by a system call.
#[inline(always)]
fn other() {
    if Thread::current().is_some() {
        odd(Oddity::UntoldRequest);
    }
}

#[inline(always)]
fn open(request: Address) {
    let [flags, mode]: [u64; 2] = request.get(Field::IoOpenHow);
    // Whether the file is there already, only the end of the request tells.
    if open::creates(flags) && Thread::current().is_some_and(|thread| thread.set.wants(EventKind::FILE_CREATE)) {
        odd(Oddity::UntoldRequest);
    }
    event::tell::<2, 1>(EventKind::PATH_OPEN, None, |_, record| {
        record.number(0, open::told(flags));
        if open::creates(flags) {
            record.number(1, mode & PERMISSIONS);
        }
        let name = request.follow(Field::IoOpenName);
        record.text(0, |room| room.requested(request.get(Field::IoOpenDirectory), name));
    });
}

#[inline(always)]
fn unlink(request: Address) {
    if request.get::<u32>(Field::IoUnlinkFlags) & AT_REMOVEDIR != 0 {
        return other();
    }
    event::tell::<0, 1>(EventKind::FILE_UNLINK, None, |_, record| {
        let name = request.follow(Field::IoUnlinkName);
        record.text(0, |room| room.requested(request.get(Field::IoUnlinkDirectory), name));
    });
}

#[inline(always)]
fn connect(request: Address) {
    let address = UserAddress(request.get(Field::IoConnectAddress));
    let length: u32 = request.get(Field::IoConnectLength);
    let family = address.read().unwrap_or(0);
    event::tell::<3, 1>(socket::connected(family), None, |_, record| {
        record.number(0, family.into());
        if request.get::<u32>(Field::IoRequestFlags) & FIXED_FILE == 0
            && let Some(socket) = Socket::of_descriptor(request.get(Field::IoRequestDescriptor))
        {
            socket::describe(record, socket.shape());
        }
        if u64::from(length) <= socket::MAX_ADDRESS {
            record.text(0, |room| room.user_bytes(address, length.into()));
        }
    });
}

impl Room {
    /// Takes a path of which the kernel has a copy, a `struct filename`.
    #[inline(always)]
    fn requested(self, directory: i32, name: Address) -> TextLength {
        let name = name.follow(Field::FilenameText);
        if name.read::<u8>() == b'/' {
            return self.string(name);
        }
        let start = if directory == AT_FDCWD {
            Some(Place::working_directory())
        } else {
            File::of_descriptor(directory).map(File::place)
        };
        match start {
            Some(start) => self.beneath(start, name),
            None => TextLength::UNKNOWN,
        }
    }
}
