//! The three probes of a site and their arguments.
//!
//! | probe | arguments, in this order |
//! |---|---|
//! | `span_start` | instance `u64`, site id `u64`, [`StartFlags`] `u32`, name (C string), descriptor ([`DynamicSite`](crate::dynamic::DynamicSite), or null) |
//! | `span_stop` | instance `u64`, site id `u64`, [`StopFlags`] `u32` |
//! | `span_raise` | instance `u64`, site id `u64`, [`RaiseKind`] `u32`, message (C string), file (C string), line `u32` |
//!
//! Six at the most: some readers know no more. Texts are C strings for the same reason.
//!
//! # One instance from its first start to its last stop
//! A marked function starts once and stops once, with [`StopFlags::LAST`].
//!
//! An async one starts and stops at every poll, always as the same instance and with the flag `POLL`. The stop of the poll
//! that ends it is the last. If it is dropped before, it starts with [`StartFlags::DROP`] and stops for the last time.
//!
//! A span of `tracing` starts and stops like polls whenever it is entered and left. Several threads may be in it at once; a
//! thread that is in it and enters it again starts nothing. Nothing tells at an exit whether it is the last one, so that the last stop comes
//! when the span is closed, right behind a start with [`StartFlags::DROP`]: nothing runs between the two. One that was never
//! seen before isn't seen then either. Its children may be closed after it.
//!
//! A thread's spans are a stack, and a stop takes along what was started above it. Where a `tracing` span is left while spans
//! above it go on, those stop first, and start again afterwards, with the flag `POLL` whatever they are.

use core::ffi::{CStr, c_char, c_void};

/// The provider of all probes.
pub const PROVIDER: &str = "vivarium";

/// One of the three probes of a site. The number stands in the ELF note.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
#[repr(u8)]
pub enum Probe {
    /// A span begins, or is polled again.
    Start = 1,
    /// A span ends, or a poll of it does.
    Stop = 2,
    /// A panic or an error inside a span.
    Raise = 3,
}

impl Probe {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Start, Self::Stop, Self::Raise];

    /// The name of the probe in `.note.stapsdt`.
    ///
    /// ```
    /// assert_eq!(vivarium_sys::probe::Probe::Start.name(), "span_start");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "span_start",
            Self::Stop => "span_stop",
            Self::Raise => "span_raise",
        }
    }

    /// The probe with this number in a note, if there is one.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Start),
            2 => Some(Self::Stop),
            3 => Some(Self::Raise),
            _ => None,
        }
    }
}

flags! {
    /// How a span starts.
    StartFlags: u32 {
        /// A poll of an async span, or what is like one; its instance may have been seen before.
        POLL = 1;
        /// The span is being dropped before it was done: its values are dropped inside it. Or a `tracing` span is closed.
        DROP = 2;
    }
}

flags! {
    /// How a span stops.
    StopFlags: u32 {
        /// The last stop of this instance: it will not be polled again.
        LAST = 1;
        /// It leaves by a panic.
        PANIC = 2;
        /// The end of a poll of an async span, or of what is like one; its instance may be seen again.
        POLL = 4;
    }
}

/// What is raised inside a span.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u32)]
pub enum RaiseKind {
    /// A panic.
    Panic = 1,
    /// An `Err` that the function returns.
    Error = 2,
}

impl RaiseKind {
    /// The kind with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Panic),
            2 => Some(Self::Error),
            _ => None,
        }
    }
}

/// What `span_raise` tells.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Raise<'a> {
    /// Panic or error.
    pub kind: RaiseKind,
    /// The message.
    pub message: &'a CStr,
    /// The source file, empty where it is not known.
    pub file: &'a CStr,
    /// The line in it, 0 where it is not known.
    pub line: u32,
}

/// Fires one of the probes of a site: of all of them the arguments are in the same order, and the last of these tells which.
///
/// A probe looks at no more than it has.
pub type Fire = extern "C" fn(
    instance: u64,
    site: u64,
    flags_or_kind: u32,
    name_or_message: *const c_char,
    descriptor_or_file: *const c_void,
    line: u32,
    probe: u32,
);
