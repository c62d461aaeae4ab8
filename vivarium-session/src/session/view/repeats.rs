//! Events that repeat themselves, told once with a count.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write as _;

use vivarium_sys::event::{EventKind, FieldType, Telling};
use vivarium_sys::wire::HEADER_BYTES;

use crate::record::{Body, Record};
use crate::session::step::{EventStep, ImageId, Place, Released, SpanId, Step};
use crate::session::track::Emit;

/// How many different events may wait; when there are more, all are told, and what repeats them later is told anew.
const MAX_WAITING: usize = 1 << 14;

/// Where events wait: in which image, in which span, and whether that is one that isn't known.
type Spot = (ImageId, Option<SpanId>, bool);

/// Which events are held back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Counted {
    /// Those of the kinds that are always counted.
    AsTheTableSays,
    /// Those of every kind.
    All,
}

/// Holds events back until their span is over.
#[derive(Debug)]
pub(super) struct Repeats {
    counted: Counted,
    spots: HashMap<Spot, Waiting>,
    /// How many wait.
    count: usize,
    /// How many have ever waited, which gives them their order.
    ever: u64,
}

/// The different events of one spot.
#[derive(Debug, Default)]
struct Waiting {
    /// In their order.
    events: Vec<Held>,
    /// By what they tell: where they are.
    known: HashMap<Box<[u8]>, usize>,
}

/// An event that waits.
#[derive(Debug)]
struct Held {
    order: u64,
    /// The record of the first.
    raw: Box<[u8]>,
    image: ImageId,
    place: Place,
    stack: Box<[Option<SpanId>]>,
    count: u64,
}

impl Repeats {
    pub(super) fn new(counted: Counted) -> Self {
        Self { counted, spots: HashMap::new(), count: 0, ever: 0 }
    }

    /// Takes a step: an event waits, the end of a span or a process tells what waited for it, and all else is told. What
    /// tells of the life of a process is never a repetition.
    pub(super) fn step(&mut self, step: Step<'_>, emit: Emit<'_>) {
        match &step {
            Step::Event(event) => match event.event.spec.kind {
                EventKind::PROC_FORK => {}
                EventKind::PROC_EXIT => self.tell_image(event.image, emit),
                EventKind::PROC_EXEC if !event.head.has_failed() => self.tell_image(event.image, emit),
                _ if self.counted == Counted::All || event.event.spec.telling == Telling::Counted => {
                    return self.hold(event, emit);
                }
                _ => {}
            },
            Step::SpanStop(stop) if stop.how.is_last() => {
                let spot = (stop.image, Some(stop.span), false);
                let over = self.spots.remove(&spot);
                self.tell(over.into_iter(), emit);
            }
            Step::Released(Released::Image(image)) => self.tell_image(*image, emit),
            _ => {}
        }
        emit(step);
    }

    /// Tells all that waits.
    pub(super) fn tell_all(&mut self, emit: Emit<'_>) {
        let all = std::mem::take(&mut self.spots);
        self.tell(all.into_values(), emit);
    }

    fn tell_image(&mut self, image: ImageId, emit: Emit<'_>) {
        let over: Vec<_> = self.spots.extract_if(|spot, _| spot.0 == image).map(|(_, waiting)| waiting).collect();
        self.tell(over.into_iter(), emit);
    }

    fn hold(&mut self, event: &EventStep<'_>, emit: Emit<'_>) {
        let spot = (event.image, event.place.span(), event.place == Place::Unknown);
        let waiting = self.spots.entry(spot).or_default();
        match waiting.known.entry(words(event)) {
            Entry::Occupied(known) => waiting.events[*known.get()].count += 1,
            Entry::Vacant(new) => {
                new.insert(waiting.events.len());
                self.ever += 1;
                self.count += 1;
                waiting.events.push(Held {
                    order: self.ever,
                    raw: event.raw.into(),
                    image: event.image,
                    place: event.place,
                    stack: event.stack.into(),
                    count: 1,
                });
            }
        }
        if self.count >= MAX_WAITING {
            self.tell_all(emit);
        }
    }

    /// Tells what waited in these spots, in the order in which it happened.
    fn tell(&mut self, over: impl Iterator<Item = Waiting>, emit: Emit<'_>) {
        let mut events: Vec<_> = over.flat_map(|waiting| waiting.events).collect();
        self.count -= events.len();
        events.sort_by_key(|held| held.order);
        for held in events {
            // It was read before.
            let Ok(Record { head, body: Body::Event(event) }) = Record::decode(&held.raw) else { continue };
            emit(Step::Event(EventStep {
                head: &head,
                event: &event,
                raw: &held.raw,
                image: held.image,
                place: held.place,
                stack: &held.stack,
                repeats: Some(held.count),
            }));
        }
    }
}

/// What an event tells, apart from when and by which thread.
fn words(event: &EventStep<'_>) -> Box<[u8]> {
    let kind = event.event.spec.kind.0.to_le_bytes();
    let result = event.head.result.map_or([0; 5], |result| {
        let [a, b, c, d] = result.to_le_bytes();
        [1, a, b, c, d]
    });
    let mut words = [&kind[..], &result].concat();
    if event.event.spec.fields.iter().any(|field| holds_more_than_it_tells(field.kind)) {
        for field in event.event.fields() {
            // Writing to memory doesn't fail.
            let _ = write!(words, "{:?},", field.value);
        }
    } else {
        words.extend(event.raw.get(HEADER_BYTES..).unwrap_or_default());
    }
    words.into()
}

/// Whether the bytes of a field may differ where what it tells doesn't: what a program leaves behind the end of a name or in
/// the padding of an address, and the random numbers of a hello.
const fn holds_more_than_it_tells(kind: FieldType) -> bool {
    matches!(kind, FieldType::Address | FieldType::ServerName | FieldType::Alpn)
}
