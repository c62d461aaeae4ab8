//! The records that the kernel side writes into the ring buffer.
//!
//! All records have one shape, so that one writer and one reader serve every kind of event:
//!
//! ```text
//! Header             80 bytes: what, when, who, and the innermost span
//! numbers            8 bytes each, `Header::numbers` of them
//! text lengths       8 bytes each, `Header::texts` of them: how many bytes are here, and how many there were
//! texts              one after the other, without separators
//! ```
//!
//! Everything is little endian and the whole record is padded to a multiple of 8. A number or text that the writer could
//! not learn is [`UNKNOWN_NUMBER`] or [`TextLength::UNKNOWN`]; those after the last that it has anything to say of may be
//! left out. What the numbers and the texts of an event mean stands in the [table of events](crate::event); those of the
//! span records stand with [`RecordType`]. `docs/records.md` is made from all this, for readers in other languages.

#[macro_use]
mod layout;
mod record_type;
mod span;

pub use layout::FieldPlace;
pub use record_type::RecordType;
pub use span::{SPAN_BYTES, SpanRecord, WholeSpan};

use crate::event::EventKind;
use crate::{InstanceId, SiteId};

flags! {
    /// What is special about a record.
    RecordFlags: u8 {
        /// The head has the result of the operation.
        HAS_RESULT = 1;
        /// The thread was deeper than the kernel's stack of spans: the head's span is the deepest known, not the innermost.
        DEEPER = 2;
        /// The thread was running before it was observed: functions that it was in already are unknown until they return.
        ENTERED_BEFORE = 4;
        /// The span was inherited from the thread that made this one; no function of this thread has been entered since.
        INHERITED = 8;
        /// The result of the operation is not known yet: it comes with the thread's next record of the type `result`, or when the
        /// thread executes another program, which is the result. Where something else of the thread comes first, it was lost.
        RESULT_FOLLOWS = 16;
    }
}

/// How many bytes of a task's name there are.
pub const COMM_BYTES: usize = 16;

laid_out! {
    /// The head of every record.
    pub struct Header {
        /// The type of the record.
        pub record: u8,
        /// What is special about it, a bit each.
        pub flags: RecordFlags,
        /// The kind of event, 0 for a record of another type.
        pub kind: EventKind,
        /// How many spans the thread is in by its own doing: 0 while its span is inherited.
        pub depth: u16,
        /// How many numbers follow.
        pub numbers: u8,
        /// How many texts follow.
        pub texts: u8,
        /// When, in nanoseconds of `CLOCK_MONOTONIC`.
        pub time: u64,
        /// The sessions that observe the process, as whoever observed numbered their set: nothing to a reader.
        pub sessions: u64,
        /// The process, in the initial namespace of process ids.
        pub pid: u32,
        /// The thread, in the same.
        pub tid: u32,
        /// Its real user, in the initial user namespace.
        pub uid: u32,
        /// Its real group, in the initial user namespace.
        pub gid: u32,
        /// The activation of the innermost span, 0 for none.
        pub instance: InstanceId,
        /// The site of that span.
        pub site: SiteId,
        /// The result of the operation where the flags say that it is known, signed: negative is an errno.
        pub result: i32,
        /// Which processor.
        pub cpu: u32,
        /// The name of the thread, up to the first zero byte.
        pub comm: [u8; COMM_BYTES],
    }
}

/// The size of the header.
pub const HEADER_BYTES: usize = size_of::<Header>();
const _: () = assert!(HEADER_BYTES == 80);

/// A number that could not be told: this backend doesn't have it, or reading it failed.
pub const UNKNOWN_NUMBER: u64 = u64::MAX;

laid_out! {
    /// How much of a text is in a record.
    #[derive(Default)]
    pub struct TextLength {
        /// How many bytes are here.
        pub kept: u32,
        /// How many bytes there were, as far as is known; at least `kept`.
        pub whole: u32,
    }
}

impl TextLength {
    /// A text that could not be told, which isn't an empty one.
    pub const UNKNOWN: Self = Self { kept: 0, whole: u32::MAX };

    /// Both lengths in one word, as they stand in a record.
    ///
    /// ```
    /// use vivarium_sys::wire::TextLength;
    /// let length = TextLength { kept: 5, whole: 7 };
    /// assert_eq!(TextLength::unpack(length.pack()), length);
    /// ```
    #[must_use]
    #[inline(always)]
    pub const fn pack(self) -> u64 {
        self.kept as u64 | (self.whole as u64) << 32
    }

    /// The lengths in a word.
    #[must_use]
    #[inline(always)]
    pub const fn unpack(word: u64) -> Self {
        Self { kept: word as u32, whole: (word >> 32) as u32 }
    }
}

/// The most numbers that a record holds.
pub const MAX_NUMBERS: usize = 8;
/// The most texts that a record holds.
pub const MAX_TEXTS: usize = 4;
/// The most bytes that one text keeps. Paths can be longer than `PATH_MAX`, which only limits what a call is given.
pub const MAX_TEXT_BYTES: usize = 8192;
/// The most bytes that a record has.
pub const MAX_RECORD_BYTES: usize =
    HEADER_BYTES + MAX_NUMBERS * 8 + MAX_TEXTS * size_of::<TextLength>() + MAX_TEXTS * MAX_TEXT_BYTES;
/// How many spans of a thread the kernel side knows; deeper ones are counted.
pub const MAX_DEPTH: usize = 64;

laid_out! {
    /// What the kernel side counts for each kind of event and each other type of record.
    ///
    /// `seen == submitted + filtered + dropped`, at every moment when the program is not running.
    #[derive(Default)]
    pub struct Counts {
        /// Happened in an observed process.
        pub seen: u64,
        /// Put into the ring buffer.
        pub submitted: u64,
        /// Not wanted by any session.
        pub filtered: u64,
        /// Wanted, but there was no room.
        pub dropped: u64,
    }
}

/// Where a record is counted: events by kind, the others after them by type.
#[must_use]
pub const fn counter_index(record: RecordType, kind: EventKind) -> u32 {
    match record {
        RecordType::Event => kind.0 as u32,
        other => EventKind::LIMIT as u32 + other as u32,
    }
}

/// How many counters there are.
pub const COUNTERS: u32 = EventKind::LIMIT as u32 + 8;
