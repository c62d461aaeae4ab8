//! From a place to the root, name by name and mount by mount.

use core::ffi::c_void;

use aya_ebpf::helpers::bpf_loop;
use vivarium_sys::load::{Field, Oddity};
use vivarium_sys::wire::MAX_TEXT_BYTES;

use super::backward::Backward;
use super::link::Link;
use super::{Name, Place, nameless};
use crate::counts::odd;
use crate::kernel::Address;
use crate::scratch;

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
    /// Where it begins.
    pub(super) from: Place,
    /// Where it is.
    here: Place,
    /// The top of the mount.
    top: Address,
    root: Place,
    /// Where the text begins that has been written so far.
    pub(super) start: i64,
    end: End,
    pub(super) link: Link,
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
    walk.link.read(here.dentry);
    let parent = walk.link.parent();
    if parent == here.dentry {
        walk.end = End::Outside;
        return 1;
    }
    walk.here.dentry = parent;
    let (name, length) = walk.link.name();
    Backward::of(slot).put_name(name, length);
    0
}

/// Walks to the root from where the walk begins, with the text ending at `end`; tells how it ended.
///
/// The verifier sees a function that anyone could call by itself, once for all the walks of a program.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn walk_up(index: u32, end: i64) -> u32 {
    let Some(slot) = scratch::slot(index) else {
        return End::Never as u32;
    };
    // SAFETY: whoever walks has claimed the slot.
    unsafe {
        let walk = &raw mut (*slot).walk;
        let from = (&raw const (*walk).from).read_volatile();
        (&raw mut (*walk).here).write(from);
        (&raw mut (*walk).top).write(from.mount.follow(Field::VfsmountRoot));
        (&raw mut (*walk).root).write(Place::root());
        (&raw mut (*walk).start).write_volatile(end);
        (&raw mut (*walk).end).write(End::Never);
        bpf_loop(MAX_STEPS, step as *mut c_void, (&raw const index).cast_mut().cast(), 0);
        (&raw const (*walk).end).cast::<u32>().read_volatile()
    }
}

/// Writes the path of the place where the walk begins into the room of a slot, up to the end of that; gives how long it is.
/// Of a path that is too long the beginning is kept.
///
/// The verifier sees a function that anyone could call by itself, once for all the paths of a program.
#[unsafe(no_mangle)]
#[inline(never)]
pub(super) extern "C" fn write_path(index: u32, name: u32) -> u64 {
    const ROOM: i64 = MAX_TEXT_BYTES as i64;
    let Some(slot) = scratch::slot(index) else {
        return 0;
    };
    // SAFETY: whoever walks has claimed the slot.
    let walk = unsafe { &mut (*slot).walk };
    let place = walk.from;
    let text = Backward::new(slot, ROOM);
    walk.link.read_anew(place.dentry);
    let is_top = walk.link.parent() == place.dentry;
    if is_top && nameless::is_nameless(place) {
        nameless::write(text, place.dentry, walk.link.name());
        return (ROOM - text.start()) as u64;
    }
    if name == Name::MayBeGone as u32 && !is_top && walk.link.is_unhashed() {
        text.put(DELETED);
    }
    let after = ROOM - text.start();
    let mut end = walk_up(index, text.start());
    let before = if end == End::Root as u32 { 0 } else { UNREACHABLE.len() as i64 };
    let whole = ROOM - text.start() + before;
    if whole > ROOM {
        // Again, now that it is known where it begins.
        end = walk_up(index, whole - after);
    }
    if end == End::Never as u32 {
        odd(Oddity::EndlessPath);
    }
    if before != 0 {
        text.put(UNREACHABLE);
    }
    whole as u64
}
