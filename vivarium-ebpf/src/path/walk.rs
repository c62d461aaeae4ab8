//! From a place to the root, name by name and mount by mount.

use core::ffi::c_void;

use aya_ebpf::helpers::bpf_loop;
use vivarium_sys::load::{Field, Oddity};
use vivarium_sys::wire::MAX_TEXT_BYTES;

use super::backward::Backward;
use super::{Name, Place, nameless};
use crate::counts::odd;
use crate::kernel::Address;
use crate::scratch::{self, Slot};

/// How many directories and mounts are followed.
const MAX_STEPS: u32 = 1 << 14;
/// What follows the path of a file that has lost its name.
pub(super) const DELETED: &[u8; 10] = b" (deleted)";
/// What precedes a path that doesn't lead to the root.
const UNREACHABLE: &[u8; 13] = b"(unreachable)";

/// How a walk ended.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
enum End {
    /// It didn't.
    Never = 0,
    /// At the root of the thread.
    Root = 1,
    /// At the top of a mount that the thread's root isn't above, or of a tree that isn't mounted.
    Outside = 2,
}

/// A walk on its way. It is kept in the slot, where the verifier doesn't follow it.
#[repr(C)]
pub(crate) struct Walk {
    here: Place,
    /// The top of the mount.
    top: Address,
    root: Place,
    /// Where the text begins that has been written so far.
    pub(super) start: i64,
    end: End,
}

/// One step: a name is put before the others, or a mount is crossed.
unsafe extern "C" fn step(_: u32, index: *const u32) -> i64 {
    // SAFETY: the index is on the stack of the caller of the loop.
    let Some(slot) = scratch::slot(unsafe { index.read() }) else {
        return 1;
    };
    // SAFETY: whoever walks has claimed the slot.
    let walk = unsafe { &mut (*slot).walk };
    let here = walk.here;
    if here == walk.root {
        walk.end = End::Root;
        return 1;
    }
    if here.dentry == walk.top {
        let mount = here.mount.container_of(Field::MountMnt);
        let parent = mount.follow(Field::MountParent);
        if parent == mount {
            walk.end = End::Outside;
            return 1;
        }
        walk.here = Place { mount: parent.inner(Field::MountMnt), dentry: mount.follow(Field::MountMountpoint) };
        walk.top = walk.here.mount.follow(Field::VfsmountRoot);
        return 0;
    }
    let parent = here.dentry.follow(Field::DentryParent);
    if parent == here.dentry {
        walk.end = End::Outside;
        return 1;
    }
    walk.here.dentry = parent;
    let length: u32 = here.dentry.get(Field::DentryNameLength);
    Backward::of(slot).put_name(here.dentry.follow(Field::DentryNameText), length);
    0
}

/// Walks from `place` to the root, with the text ending at `end`.
#[inline(always)]
fn run(index: u32, slot: *mut Slot, place: Place, end: i64) -> End {
    let top = place.mount.follow(Field::VfsmountRoot);
    // SAFETY: whoever walks has claimed the slot.
    unsafe {
        (*slot).walk = Walk { here: place, top, root: Place::root(), start: end, end: End::Never };
        bpf_loop(MAX_STEPS, step as *mut c_void, (&raw const index).cast_mut().cast(), 0);
        (&raw const (*slot).walk.end).read_volatile()
    }
}

/// Writes the path of a place into the room of a slot, from where the [`Backward`] there begins; gives how long it is. Of a
/// path that is too long the beginning is kept.
///
/// A function that all the paths of a program share.
#[inline(never)]
pub(super) fn write(index: u32, mount: Address, dentry: Address, name: Name) -> u64 {
    const ROOM: i64 = MAX_TEXT_BYTES as i64;
    let Some(slot) = scratch::slot(index) else {
        return 0;
    };
    let place = Place { mount, dentry };
    let text = Backward::new(slot, ROOM);
    if nameless::is_nameless(place) {
        nameless::write(text, dentry);
        return (ROOM - text.start()) as u64;
    }
    if name == Name::MayBeGone && dentry.get::<u64>(Field::DentryHash) == 0 && !is_top(place) {
        text.put(DELETED);
    }
    let after = ROOM - text.start();
    let mut end = run(index, slot, place, text.start());
    let before = if end == End::Root { 0 } else { UNREACHABLE.len() as i64 };
    let whole = ROOM - text.start() + before;
    if whole > ROOM {
        // Again, now that it is known where it begins.
        end = run(index, slot, place, whole - after);
    }
    if end == End::Never {
        odd(Oddity::EndlessPath);
    }
    if before != 0 {
        text.put(UNREACHABLE);
    }
    whole as u64
}

/// Whether a place is the top of its tree, which never had a name.
#[inline(always)]
fn is_top(place: Place) -> bool {
    place.dentry.follow(Field::DentryParent) == place.dentry
}
