//! Which site and which instance an open span is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;

use tracing_core::span::Id;
use vivarium_sys::{InstanceId, Site};

use crate::runtime::instance;

/// How many threads can be at work at once without waiting for each other, about.
const SHARDS: usize = 16;

/// How many spans a shard remembers of a subscriber that never closes any.
const UNCLOSED: usize = 4096;

/// How often a lock is tried. Whoever holds it needs less than a microsecond; but the child of a fork may wait for a thread
/// that it doesn't have, and an allocator that uses `tracing` for itself.
const TRIES: usize = 1000;

/// The spans of a subscriber that are open and were opened or entered while somebody looked.
#[derive(Debug)]
pub(super) struct OpenSpans {
    shards: [Mutex<Shard>; SHARDS],
    length: AtomicUsize,
    /// Whether the subscriber has ever told that a span is closed. One that never does must not fill the memory.
    tells_closing: AtomicBool,
}

type Shard = HashMap<Id, OpenSpan>;

/// What is known of an open span.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenSpan {
    pub(super) site: &'static Site,
    pub(super) instance: InstanceId,
    /// Whether a start of it was seen.
    pub(super) is_started: bool,
}

impl OpenSpan {
    /// A new instance of `site`.
    pub(super) fn new(site: &'static Site) -> Self {
        Self { site, instance: instance::next(), is_started: false }
    }
}

impl OpenSpans {
    pub(super) fn new() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            length: AtomicUsize::new(0),
            tells_closing: AtomicBool::new(false),
        }
    }

    /// Whether nothing is remembered.
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.length.load(Ordering::Relaxed) == 0
    }

    /// What is remembered of a span.
    pub(super) fn get(&self, id: &Id) -> Option<OpenSpan> {
        self.shard(id)?.get(id).copied()
    }

    /// Remembers a span that was just opened. Whatever had its id before is gone.
    pub(super) fn open(&self, id: &Id, site: &'static Site) {
        if let Some(mut shard) = self.shard(id) {
            self.insert(&mut shard, id, OpenSpan::new(site));
        }
    }

    /// The span that is being entered. `site` tells where it was opened if nobody looked then.
    pub(super) fn start(&self, id: &Id, site: impl FnOnce() -> &'static Site) -> OpenSpan {
        let start = |span: &mut OpenSpan| {
            span.is_started = true;
            *span
        };
        if let Some(span) = self.shard(id).and_then(|mut shard| shard.get_mut(id).map(start)) {
            return span;
        }
        // Not under the lock, since it asks the subscriber.
        let mut span = OpenSpan::new(site());
        let Some(mut shard) = self.shard(id) else { return span };
        // Another thread may have entered it meanwhile.
        if let Some(span) = shard.get_mut(id).map(start) {
            return span;
        }
        start(&mut span);
        self.insert(&mut shard, id, span);
        span
    }

    /// Forgets a span that was closed, if the id is still its own.
    pub(super) fn close(&self, id: &Id, span: OpenSpan) {
        self.tells_closing.store(true, Ordering::Relaxed);
        let Some(mut shard) = self.shard(id) else { return };
        if shard.get(id).is_some_and(|known| known.instance == span.instance) {
            shard.remove(id);
            self.length.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn insert(&self, shard: &mut Shard, id: &Id, span: OpenSpan) {
        if shard.len() >= UNCLOSED && !self.tells_closing.load(Ordering::Relaxed) {
            self.length.fetch_sub(shard.len(), Ordering::Relaxed);
            shard.clear();
        }
        if shard.insert(id.clone(), span).is_none() {
            self.length.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The part in which `id` stands, unless it can't be had.
    fn shard(&self, id: &Id) -> Option<MutexGuard<'_, Shard>> {
        // Subscribers count up, or pack an index into the low bits: spread it.
        let spread = id.into_u64().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let shard = &self.shards[(spread >> 32) as usize % SHARDS];
        for _ in 0..TRIES {
            match shard.try_lock() {
                Ok(shard) => return Some(shard),
                Err(TryLockError::Poisoned(shard)) => return Some(shard.into_inner()),
                Err(TryLockError::WouldBlock) => thread::yield_now(),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use vivarium_sys::Site;

    use super::*;

    static SOMEWHERE: Site = Site::NOWHERE;

    fn open_and_start(open: &OpenSpans, ids: std::ops::Range<u64>) {
        for id in ids {
            open.open(&Id::from_u64(id), &SOMEWHERE);
            open.start(&Id::from_u64(id), || unreachable!("it was opened"));
        }
    }

    #[test]
    fn a_subscriber_that_never_closes_a_span_does_not_fill_the_memory() {
        let open = OpenSpans::new();
        open_and_start(&open, 1..400_000);
        let remembered = open.shards.iter().map(|shard| shard.lock().unwrap().len()).sum::<usize>();
        assert!(remembered <= SHARDS * UNCLOSED, "{remembered}");
        assert_eq!(open.length.load(Ordering::Relaxed), remembered);
    }

    #[test]
    fn a_subscriber_that_closes_spans_may_have_many_open() {
        let open = OpenSpans::new();
        open_and_start(&open, 1..2);
        let first = Id::from_u64(1);
        open.close(&first, open.get(&first).unwrap());
        assert!(open.is_empty());
        open_and_start(&open, 2..100_000);
        assert_eq!(open.length.load(Ordering::Relaxed), 99_998);
        for id in (2..100_000).map(Id::from_u64) {
            open.close(&id, open.get(&id).unwrap());
        }
        assert!(open.is_empty());
    }

    #[test]
    fn a_span_that_got_the_id_of_a_closed_one_is_kept() {
        let open = OpenSpans::new();
        let id = Id::from_u64(1);
        open.open(&id, &SOMEWHERE);
        let closing = open.get(&id).unwrap();
        open.open(&id, &SOMEWHERE);
        open.close(&id, closing);
        assert!(open.get(&id).is_some_and(|span| span.instance != closing.instance));
    }

    #[test]
    fn a_lock_that_is_never_released_stops_nobody() {
        let open = OpenSpans::new();
        let id = Id::from_u64(1);
        let held = open.shard(&id).unwrap();
        let started = open.start(&id, || &SOMEWHERE);
        assert!(started.instance.is_some());
        open.open(&id, &SOMEWHERE);
        open.close(&id, started);
        assert!(open.get(&id).is_none());
        drop(held);
    }
}
