//! The paths that most are: a few names, all in the mount that the root directory of the thread is in.
//!
//! On the way up the entries are kept, so that the names can be written in their order and right where the path belongs. What
//! is out of the ordinary is left to a [walk](super::walk): it finds everything, a step at a time and from the end.

use vivarium_sys::load::Field;
use vivarium_sys::wire::MAX_TEXT_BYTES;

use super::link::{self, Link};
use crate::bounds::{at_most, below};
use crate::kernel::Typed;
use crate::record::Room;
use crate::scratch::{self, SLACK};

/// How many names a short path has at most: a power of two.
const NAMES: usize = 8;
/// How long a name can be.
const MAX_NAME: u32 = SLACK as u32 - 1;

const _: () = assert!(NAMES * SLACK < MAX_TEXT_BYTES);

/// The way to the root directory. It is kept in the slot.
#[repr(C)]
pub(crate) struct Ascent {
    /// How much of the path is written, where the verifier doesn't follow it: to it, a path would be another one for each
    /// length of each name.
    written: u32,
    /// The entries, the first of which is where the walk begins.
    links: [Link; NAMES],
}

/// Writes the path of the open file where the walk begins, if it is a short one, and gives how long it is; else zero.
///
/// The verifier sees a function that anyone could call by itself, and knows nothing of its caller.
#[unsafe(no_mangle)]
#[inline(never)]
pub(super) extern "C" fn write_short(index: u32, start: u32) -> u32 {
    let mut left = climb(index);
    let Some(room) = Room::at(index, start) else {
        return 0;
    };
    // SAFETY: whoever takes a path has claimed the slot.
    unsafe {
        let ascent = &raw mut (*room.slot).ascent;
        (&raw mut (*ascent).written).write_volatile(0);
        for _ in 0..NAMES {
            if left == 0 {
                break;
            }
            left -= 1;
            let link = link(ascent, below::<{ NAMES as u32 }>(left));
            let (name, length) = (*link).name();
            let length = at_most(length, MAX_NAME);
            let written = (&raw const (*ascent).written).read_volatile();
            let to = room.start().add(below::<{ MAX_TEXT_BYTES as u32 }>(written) as usize);
            to.write(b'/');
            link::write_name(name, length, to.add(1));
            (&raw mut (*ascent).written).write_volatile(written + 1 + length);
        }
        (&raw const (*ascent).written).read_volatile()
    }
}

/// Goes to the root directory from where the walk begins, and gives how many entries lead there; zero where they aren't those of
/// a short path.
///
/// The verifier sees a function that anyone could call by itself: what follows is the same to it whatever this one gives.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn climb(index: u32) -> u32 {
    let Some(slot) = scratch::slot(index) else {
        return 0;
    };
    // SAFETY: whoever takes a path has claimed the slot.
    let (from, ascent) = unsafe { ((&raw const (*slot).walk.from).read_volatile(), &raw mut (*slot).ascent) };
    let root = Typed::current_task().follow(Field::TaskFs).inner(Field::FsRoot);
    let mount = root.follow(Field::PathMnt);
    if from.mount != mount.address() {
        return 0;
    }
    let (root, top) = (root.follow(Field::PathDentry).address(), mount.follow(Field::VfsmountRoot).address());
    let mut here = from.dentry;
    for count in 0..=NAMES as u32 {
        if here == root {
            return count;
        }
        if here == top || count == NAMES as u32 {
            break;
        }
        // SAFETY: as above.
        let link = unsafe { &mut *link(ascent, count) };
        link.read_plainly(here);
        let parent = link.parent();
        if parent == here || count == 0 && link.is_unhashed() {
            break;
        }
        here = parent;
    }
    0
}

/// One of the entries.
#[inline(always)]
fn link(ascent: *mut Ascent, at: u32) -> *mut Link {
    // SAFETY: it is one of them, as the verifier checks.
    unsafe { (&raw mut (*ascent).links).cast::<Link>().add(at as usize) }
}
