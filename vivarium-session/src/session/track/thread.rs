//! The threads, and what each of them is in.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};
use vivarium_sys::{InstanceId, SiteId};

use super::spans::Handle;
use crate::record::{Tid, Time};
use crate::session::step::{ImageId, SpanId};

/// How many threads are remembered; beyond that the half that has been silent longest is forgotten, since nothing tells
/// of a thread that ends before its process does.
const MAX_THREADS: usize = 1 << 14;

/// A thread.
#[derive(Debug)]
pub(super) struct Thread {
    pub(super) image: ImageId,
    pub(super) inherited: Inherited,
    /// The spans that it is in, as far as is known; a span that is above the kernel's innermost is over.
    pub(super) running: Vec<Handle>,
    pub(super) seen: Time,
}

/// The spans that a thread got from the one that made it, the outermost first.
#[derive(Clone, Debug)]
pub(super) struct Inherited {
    frames: Rc<[Frame]>,
    /// How many of them it is still in: the copy of a forked process can leave them.
    left: usize,
}

/// One inherited span; one that is not known keeps its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Frame {
    pub(super) span: Option<Handle>,
    pub(super) instance: InstanceId,
    /// The site of the span; 0 as long as it is not known.
    pub(super) site: SiteId,
}

impl Frame {
    /// One of which nothing is known.
    pub(super) const HOLE: Self = Self { span: None, instance: InstanceId::NONE, site: SiteId::DYNAMIC };

    /// The number of the span.
    pub(super) fn id(&self) -> Option<SpanId> {
        self.span.map(|handle| handle.id)
    }
}

impl Inherited {
    pub(super) fn nothing() -> Self {
        Self { frames: Rc::new([]), left: 0 }
    }

    pub(super) fn new(frames: Vec<Frame>) -> Self {
        Self { left: frames.len(), frames: frames.into() }
    }

    /// The spans that must not be released as long as this is known, the innermost first.
    pub(super) fn held(&self) -> impl Iterator<Item = Handle> {
        self.frames.iter().rev().filter_map(|frame| frame.span)
    }

    /// Those that the thread is still in.
    pub(super) fn frames(&self) -> &[Frame] {
        &self.frames[..self.left]
    }

    /// How many of the frames are around and including the span with this instance, and the span.
    pub(super) fn find(&self, instance: InstanceId) -> Option<(usize, SpanId)> {
        let at = self.frames().iter().rposition(|frame| frame.instance == instance)?;
        Some((at + 1, self.frames[at].span?.id))
    }

    /// Whether the span with this instance is among them, or there are none if it is none.
    pub(super) fn leads_to(&self, instance: InstanceId) -> bool {
        if instance.is_some() { self.find(instance).is_some() } else { self.frames().is_empty() }
    }

    /// The thread leaves all but `left` of them, the innermost of which is at this site, if that is known.
    pub(super) fn leave(&mut self, left: usize, site: SiteId) {
        self.left = left;
        let innermost = left.saturating_sub(1);
        if site != SiteId::DYNAMIC && self.frames().get(innermost).is_some_and(|frame| frame.site != site) {
            Rc::make_mut(&mut self.frames)[innermost].site = site;
        }
    }
}

/// The threads by their numbers.
#[derive(Debug)]
pub(super) struct Threads {
    threads: HashMap<Tid, Thread>,
}

impl Threads {
    pub(super) fn new() -> Self {
        Self { threads: HashMap::new() }
    }

    pub(super) fn get_mut(&mut self, tid: Tid) -> Option<&mut Thread> {
        self.threads.get_mut(&tid)
    }

    /// Adds a thread; gives those that this one replaces or pushes out.
    pub(super) fn add(&mut self, tid: Tid, thread: Thread) -> Vec<Thread> {
        let mut gone: Vec<_> = self.threads.insert(tid, thread).into_iter().collect();
        if self.threads.len() > MAX_THREADS {
            let mut seen: Vec<_> = self.threads.values().map(|thread| thread.seen).collect();
            let (_, median, _) = seen.select_nth_unstable(MAX_THREADS / 2);
            let median = *median;
            gone.extend(self.threads.extract_if(|_, thread| thread.seen < median).map(|(_, thread)| thread));
        }
        gone
    }

    /// The threads of an image.
    pub(super) fn of_image(&self, image: ImageId) -> impl Iterator<Item = (Tid, &Thread)> {
        self.threads.iter().filter(move |(_, thread)| thread.image == image).map(|(tid, thread)| (*tid, thread))
    }

    /// Removes a thread.
    pub(super) fn remove(&mut self, tid: Tid) -> Option<Thread> {
        self.threads.remove(&tid)
    }

    /// Removes the threads of an image.
    pub(super) fn remove_image(&mut self, image: ImageId) -> Vec<Thread> {
        self.threads.extract_if(|_, thread| thread.image == image).map(|(_, thread)| thread).collect()
    }
}
