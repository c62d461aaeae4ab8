//! The spans that are open, or that something still refers to.

use foldhash::{HashMap, HashMapExt, HashSet};
use vivarium_sys::{InstanceId, SiteId};

use crate::record::{Pid, Tid, Time};
use crate::session::step::{ImageId, SpanId};

/// How many spans may be open at once; beyond that the longest open are forgotten.
pub(super) const MAX_OPEN: usize = 1 << 15;

/// Refers to a span; it is of no use after that has been released.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Handle {
    slot: u32,
    pub(super) id: SpanId,
}

/// A span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) id: SpanId,
    pub(super) image: ImageId,
    pub(super) pid: Pid,
    pub(super) instance: InstanceId,
    /// Its site; 0 as long as it is not known.
    pub(super) site: SiteId,
    pub(super) state: State,
    /// What it was started or last polled in.
    pub(super) under: Under,
    /// When it first started, if that was seen.
    pub(super) started: Option<Time>,
    pub(super) polls: u32,
    /// How many threads inherited it.
    pub(super) heirs: u32,
}

/// Whether a span is being executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// By this thread.
    Running(Tid),
    /// It waits for its next poll.
    Suspended,
    /// It is over.
    Ended,
}

/// What a span is directly inside of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Under {
    /// Nothing.
    Outside,
    /// Something unknown.
    Unknown,
    /// Another span of the same image.
    Span(Handle),
    /// As many of the spans that its thread inherited.
    Inherited(usize),
}

/// The spans, found by handle or by instance.
#[derive(Debug)]
pub(super) struct Spans {
    slots: Vec<Option<Span>>,
    free: Vec<u32>,
    open: HashMap<(ImageId, InstanceId), Handle>,
    last: u64,
}

impl Spans {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), open: HashMap::new(), last: 0 }
    }

    /// Adds an open span and numbers it.
    pub(super) fn add(&mut self, span: impl FnOnce(SpanId) -> Span) -> Handle {
        self.last += 1;
        let span = span(SpanId(self.last));
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).expect("far fewer spans are open than that")
        });
        let handle = Handle { slot, id: span.id };
        self.slots[slot as usize] = Some(span);
        self.open.insert((span.image, span.instance), handle);
        handle
    }

    /// The open span with this instance.
    pub(super) fn find(&self, image: ImageId, instance: InstanceId) -> Option<Handle> {
        self.open.get(&(image, instance)).copied()
    }

    pub(super) fn get(&self, handle: Handle) -> Option<&Span> {
        self.slots[handle.slot as usize].as_ref().filter(|span| span.id == handle.id)
    }

    pub(super) fn get_mut(&mut self, handle: Handle) -> Option<&mut Span> {
        self.slots[handle.slot as usize].as_mut().filter(|span| span.id == handle.id)
    }

    /// Ends a span, and gives what it was, unless it is over already.
    pub(super) fn end(&mut self, handle: Handle) -> Option<Span> {
        let span = self.get_mut(handle).filter(|span| span.state != State::Ended)?;
        span.state = State::Ended;
        let span = *span;
        self.open.remove(&(span.image, span.instance));
        Some(span)
    }

    /// Removes a span that is over and has no heirs; says whether it did.
    pub(super) fn release(&mut self, handle: Handle) -> bool {
        let done = self.get(handle).is_some_and(|span| span.state == State::Ended && span.heirs == 0);
        if done {
            self.slots[handle.slot as usize] = None;
            self.free.push(handle.slot);
        }
        done
    }

    /// The open spans of an image, the oldest first.
    pub(super) fn open_in(&self, image: ImageId) -> Vec<Handle> {
        self.sorted(|span| span.image == image)
    }

    /// The spans of these sites that wait for their next polls, the oldest first.
    pub(super) fn waiting_at(&self, sites: &HashSet<SiteId>) -> Vec<Handle> {
        self.sorted(|span| span.state == State::Suspended && sites.contains(&span.site))
    }

    /// The spans to forget, if too many are open.
    pub(super) fn too_many(&self) -> Vec<Handle> {
        if self.open.len() < MAX_OPEN {
            return Vec::new();
        }
        let mut oldest = self.sorted(|span| span.state == State::Suspended && span.heirs == 0);
        if oldest.is_empty() {
            oldest = self.sorted(|span| span.heirs == 0);
        }
        oldest.truncate(MAX_OPEN / 4);
        oldest
    }

    fn sorted(&self, which: impl Fn(&Span) -> bool) -> Vec<Handle> {
        let open = self.open.values().copied();
        let mut chosen: Vec<_> = open.filter(|handle| self.get(*handle).is_some_and(&which)).collect();
        chosen.sort_unstable_by_key(|handle| handle.id);
        chosen
    }
}
