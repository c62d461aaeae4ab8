//! Which observed spans this thread is in, so that a panic is reported where it happens.
//!
//! Only the slow path comes here. The kernel keeps a stack of its own; this one exists because a panic hook must know whose
//! `span_raise` to fire.

#[cfg(feature = "tracing")]
pub(super) use kept::above;
#[cfg(feature = "tracing")]
pub(crate) use kept::contains;
#[cfg(feature = "std")]
pub(super) use kept::{innermost, pop, push};

#[cfg(feature = "std")]
mod kept {
    use core::cell::Cell;
    use core::sync::atomic::{Ordering, compiler_fence};

    use vivarium_sys::{InstanceId, Site};

    /// How many of the innermost spans are remembered; the outer ones of a deep recursion are overwritten.
    const REMEMBERED: usize = 64;

    #[derive(Clone, Copy)]
    struct Frame {
        site: Option<&'static Site>,
        instance: InstanceId,
    }

    impl Frame {
        const EMPTY: Self = Self { site: None, instance: InstanceId::NONE };
    }

    struct Frames {
        ring: [Cell<Frame>; REMEMBERED],
        /// How many spans the thread is in.
        depth: Cell<usize>,
        /// The outermost depth that isn't overwritten.
        lowest: Cell<usize>,
    }

    thread_local! {
        // Without a destructor, it is there as long as the thread is.
        static FRAMES: Frames = const {
            Frames { ring: [const { Cell::new(Frame::EMPTY) }; REMEMBERED], depth: Cell::new(0), lowest: Cell::new(0) }
        };
    }

    /// The thread enters a span.
    pub(in crate::runtime) fn push(site: &'static Site, instance: InstanceId) {
        FRAMES.with(|frames| {
            let depth = frames.depth.get();
            // In this order a signal handler between the two steps leaves the frame alone.
            frames.depth.set(depth + 1);
            compiler_fence(Ordering::SeqCst);
            frames.ring[depth % REMEMBERED].set(Frame { site: Some(site), instance });
            if depth + 1 - frames.lowest.get() > REMEMBERED {
                frames.lowest.set(depth + 1 - REMEMBERED);
            }
        });
    }

    /// The thread leaves a span, and with it whatever was entered after it and forgotten.
    pub(in crate::runtime) fn pop(instance: InstanceId) {
        FRAMES.with(|frames| {
            let (lowest, depth) = (frames.lowest.get(), frames.depth.get());
            let found = (lowest..depth).rev().find(|at| frames.ring[at % REMEMBERED].get().instance == instance);
            if let Some(at) = found {
                frames.depth.set(at);
            } else if lowest == depth && depth > 0 {
                // One of those that were overwritten.
                frames.lowest.set(depth - 1);
                frames.depth.set(depth - 1);
            }
        });
    }

    /// Whether the thread is in `instance`, as far as it remembers.
    #[cfg(feature = "tracing")]
    pub(crate) fn contains(instance: InstanceId) -> bool {
        FRAMES.with(|frames| {
            let (lowest, depth) = (frames.lowest.get(), frames.depth.get());
            (lowest..depth).any(|at| frames.ring[at % REMEMBERED].get().instance == instance)
        })
    }

    /// The spans that the thread entered after `instance` and is still in, the outermost first.
    #[cfg(feature = "tracing")]
    pub(in crate::runtime) fn above(instance: InstanceId) -> Vec<(&'static Site, InstanceId)> {
        FRAMES.with(|frames| {
            let frame = |at: usize| frames.ring[at % REMEMBERED].get();
            let (lowest, depth) = (frames.lowest.get(), frames.depth.get());
            let beneath = (lowest..depth).rev().find(|&at| frame(at).instance == instance);
            let above = beneath.map_or(depth, |at| at + 1)..depth;
            above.map(frame).filter_map(|frame| Some((frame.site?, frame.instance))).collect()
        })
    }

    /// The span that the thread is in, if it is in one and knows which.
    pub(in crate::runtime) fn innermost() -> Option<(&'static Site, InstanceId)> {
        FRAMES.with(|frames| {
            let (lowest, depth) = (frames.lowest.get(), frames.depth.get());
            let frame = (lowest < depth).then(|| frames.ring[(depth - 1) % REMEMBERED].get())?;
            Some((frame.site?, frame.instance))
        })
    }
}

#[cfg(not(feature = "std"))]
pub(super) use forgotten::{pop, push};

/// Without threads to tell apart there is nothing to keep, and no panic hook that would ask.
#[cfg(not(feature = "std"))]
mod forgotten {
    use vivarium_sys::{InstanceId, Site};

    pub(in crate::runtime) fn push(_: &'static Site, _: InstanceId) {}
    pub(in crate::runtime) fn pop(_: InstanceId) {}
}
