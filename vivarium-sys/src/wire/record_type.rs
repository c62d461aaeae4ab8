//! The types of record, and what their numbers and texts are.

/// Defines [`RecordType`], so that all that is said of a type stands in one place.
macro_rules! record_types {
    ($(
        $(#[doc = $doc:literal])+
        $variant:ident = $number:literal, $name:literal {
            numbers: [$($number_doc:literal),*],
            texts: [$($text_doc:literal),*],
        }
    )+) => {
        /// What a record is about.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum RecordType {
            $(
                $(#[doc = $doc])+
                $(#[doc = concat!("\n\nNumber: ", $number_doc, ".")])*
                $(#[doc = concat!("\n\nText: ", $text_doc, ".")])*
                $variant = $number,
            )+
        }

        impl RecordType {
            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The type with this number, if there is one.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The name, by which outputs count it too.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it tells, in a few sentences.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+),)+
                }
            }

            /// What its numbers are, in their order. Those of an event stand in the table of events.
            #[must_use]
            pub const fn numbers(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($number_doc),*],)+
                }
            }

            /// What its texts are, in their order. Those of an event stand in the table of events.
            #[must_use]
            pub const fn texts(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($text_doc),*],)+
                }
            }
        }
    };
}

record_types! {
    /// Something security-relevant happened, of the kind that the head names.
    Event = 1, "event" {
        numbers: [],
        texts: [],
    }
    /// A span starts or is polled again; the head's span is the new one.
    SpanStart = 2, "span_start" {
        numbers: [
            "how it starts, a bit each",
            "the instance that was innermost before, 0 for none",
            "the line of a dynamic site",
            "the kind of a dynamic site"
        ],
        texts: ["the module path of a dynamic site", "its name", "its file"],
    }
    /// A span or a poll of it stops; the head's span is the one that stops.
    SpanStop = 3, "span_stop" {
        numbers: ["how it stops, a bit each", "how many deeper spans it closed because their stops were missed"],
        texts: [],
    }
    /// Something is raised in the head's span.
    SpanRaise = 4, "span_raise" {
        numbers: ["what is raised", "the line where it happened, 0 where that is not known"],
        texts: ["the message", "the file where it happened"],
    }
    /// The system call returns in which the thread's last events with `RESULT_FOLLOWS` happened. The head has their result, if
    /// it is theirs: what a call only hands on, as `io_uring_enter` does, has results of its own.
    Result = 5, "result" {
        numbers: [],
        texts: [],
    }
}
