//! What a session tells its sinks: each record as a step, with everything resolved that the record only hints at.

use serde::Serialize;
use vivarium_sys::{InstanceId, SiteId};

use crate::record::value::ExitStatus;
use crate::record::{Comm, Event, Head, Pid, SpanRaise, Tid, Time};

/// A span, numbered from 1 in the order in which the session heard of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize)]
#[serde(transparent)]
pub struct SpanId(pub u64);

/// One program run by a process: a process gets a new image at every exec. Numbered in the order in which the session heard
/// of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct ImageId(pub u32);

/// In which span something happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In none.
    Outside,
    /// In one that is not known: the thread was in it already when the observation began.
    Unknown,
    /// In this one.
    Inside(Inside),
}

impl Place {
    /// The span, if it is known.
    #[must_use]
    pub const fn span(self) -> Option<SpanId> {
        match self {
            Self::Inside(inside) => Some(inside.span),
            Self::Outside | Self::Unknown => None,
        }
    }
}

/// A known span, and in which way the thread is in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Inside {
    /// The span.
    pub span: SpanId,
    /// Its site.
    pub site: SiteId,
    /// In which way.
    pub way: Way,
}

/// In which way a thread is in a span.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It entered it, and no deeper one.
    Innermost,
    /// The thread or process was made inside it, and has entered none itself.
    Inherited,
    /// It is the deepest that the kernel side knows; the thread is deeper.
    Deeper,
    /// It is the deepest that is told of; the thread is in a span inside of it, which was folded.
    Folded,
}

/// One thing that happened.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Step<'a> {
    /// An event.
    Event(EventStep<'a>),
    /// A process comes, changes or goes. It follows the event that tells of it, if there was one.
    Process(ProcessStep<'a>),
    /// A span starts, or is polled again.
    SpanStart(StartStep),
    /// A span or a poll of it stops.
    SpanStop(StopStep),
    /// Something is raised in a span.
    SpanRaise(RaiseStep<'a>),
    /// Nothing more happens to this span or in this image; what began inside it may go on.
    Released(Released),
}

/// An event, and where it belongs.
#[derive(Clone, Copy, Debug)]
pub struct EventStep<'a> {
    /// When and who.
    pub head: &'a Head,
    /// What.
    pub event: &'a Event<'a>,
    /// Its record. It may have arrived long before, to wait for its result, which is in it by now, or for others like it.
    pub raw: &'a [u8],
    /// Of which process.
    pub image: ImageId,
    /// In which span.
    pub place: Place,
    /// The spans around it, the outermost first; those that are not known are `None`.
    pub stack: &'a [Option<SpanId>],
    /// For how many it stands, where those that repeat each other are told once.
    pub repeats: Option<u64>,
}

/// A process comes, changes or goes.
#[derive(Clone, Copy, Debug)]
pub struct ProcessStep<'a> {
    /// When, if it was told by a record.
    pub time: Option<Time>,
    /// Which.
    pub image: ImageId,
    /// Its number.
    pub pid: Pid,
    /// Its name, or that of the thread that told of it first.
    pub comm: Option<Comm>,
    /// What happens to it.
    pub change: ProcessChange<'a>,
}

/// What happens to a process.
#[derive(Clone, Copy, Debug)]
pub enum ProcessChange<'a> {
    /// It is there, and it is not known who made it.
    Found,
    /// Another one makes it.
    Forked {
        /// The image of the one that makes it.
        parent: ImageId,
        /// The process of that.
        parent_pid: Pid,
        /// In which span.
        place: Place,
    },
    /// It runs another program from now on.
    Executed {
        /// What it ran before.
        before: ImageId,
        /// In which span it was.
        place: Place,
        /// The event that tells of it.
        event: &'a Event<'a>,
    },
    /// It ends.
    Exited {
        /// How.
        status: Option<ExitStatus>,
    },
}

/// A span starts, or is polled again.
#[derive(Clone, Copy, Debug)]
pub struct StartStep {
    /// The span.
    pub span: SpanId,
    /// The activation, as the program numbers it.
    pub instance: InstanceId,
    /// Its site; the id is 0 as long as it is not known.
    pub site: SiteId,
    /// The process.
    pub image: ImageId,
    /// Its number.
    pub pid: Pid,
    /// The thread.
    pub tid: Tid,
    /// The name of that.
    pub comm: Comm,
    /// When it was heard of.
    pub time: Time,
    /// The span that it starts in.
    pub parent: Place,
    /// How it was heard of.
    pub how: Start,
}

/// How a span is heard of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// A function is entered, or a block.
    Entered,
    /// An async span is polled, for the first time or again.
    Polled {
        /// How often it has been polled, with this poll.
        count: u32,
    },
    /// It is dropped before it was done: its values are dropped inside it.
    Dropping,
    /// Its start was missed: something else told of it.
    Missed,
}

/// A span or a poll of it stops.
#[derive(Clone, Copy, Debug)]
pub struct StopStep {
    /// The span.
    pub span: SpanId,
    /// Its site.
    pub site: SiteId,
    /// The process.
    pub image: ImageId,
    /// Its number.
    pub pid: Pid,
    /// The thread, unless it stops because the process or the session does.
    pub tid: Option<Tid>,
    /// When it stopped or was known to have stopped.
    pub time: Time,
    /// When it started, if that was seen.
    pub started: Option<Time>,
    /// How often it was polled, 0 for a span that isn't async.
    pub polls: u32,
    /// How it stops.
    pub how: Stop,
}

/// How a span stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// It is done.
    Returned,
    /// A panic leaves it.
    Panicked,
    /// It is async and waits for its next poll.
    Suspended,
    /// Its stop was missed: something else told that it is over.
    Missed,
    /// It is async, and the end of this poll was missed.
    PollMissed,
    /// A forked copy of the process leaves it; the span itself goes on where it was entered.
    LeftByCopy,
    /// The process runs another program.
    Executed,
    /// The process ended inside it.
    Exited,
    /// The session ended before it did.
    Unfinished,
    /// It waited so long, among so many, that the session forgot it; it gets another number when it is heard of again.
    Forgotten,
    /// Its site was switched off while it waited: what it does from then on is told of the span around it.
    SwitchedOff,
}

impl Stop {
    /// Whether the span is over.
    #[must_use]
    pub const fn is_last(self) -> bool {
        !matches!(self, Self::Suspended | Self::PollMissed | Self::LeftByCopy)
    }
}

/// Something is raised in a span.
#[derive(Clone, Copy, Debug)]
pub struct RaiseStep<'a> {
    /// When and who.
    pub head: &'a Head,
    /// The process.
    pub image: ImageId,
    /// In which span.
    pub place: Place,
    /// The spans around it, the outermost first; those that are not known are `None`.
    pub stack: &'a [Option<SpanId>],
    /// What.
    pub raise: &'a SpanRaise<'a>,
}

/// What nothing more will be told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Released {
    /// A span.
    Span(SpanId),
    /// An image.
    Image(ImageId),
}
