//! The types of record.

use std::fmt;

use vivarium_sys::SiteKind;
use vivarium_sys::probe::{RaiseKind, StartFlags, StopFlags};
use vivarium_sys::wire::{RecordType, SPAN_BYTES, WholeSpan};

use super::write_names;
use crate::catalog::Cell;

/// The types, and the numbers that only they have.
pub(super) struct Types;

const DYNAMIC: &str = "\
A dynamic site is one that the program makes while it runs, as `tracing` does. Every start of such a site has numbers 2 and 3 and
all three texts, where they could be read; a start of any other site has none of them. In a recording a `SITE` frame says the same
before the first such record.
";

impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## The types of record\n\n| `record` | name | what it tells |\n|---|---|---|")?;
        for record in RecordType::ALL {
            writeln!(f, "| {} | `{}` | {} |", *record as u8, record.name(), Cell(record.summary()))?;
        }
        writeln!(f, "\nThe numbers and texts of an event are those of [its kind](#events). Of the others:")?;
        writeln!(f, "\n| type | stands in | what it says |\n|---|---|---|")?;
        for record in RecordType::ALL {
            write_parts(f, *record, "number", record.numbers())?;
            write_parts(f, *record, "text", record.texts())?;
        }
        let start = StartFlags::ALL.iter().map(|(flag, name, meaning)| (flag.0.into(), *name, *meaning));
        let stop = StopFlags::ALL.iter().map(|(flag, name, meaning)| (flag.0.into(), *name, *meaning));
        let raised =
            [(RaiseKind::Panic, "panic", "A panic."), (RaiseKind::Error, "error", "An `Err` that is returned.")];
        let kinds = SiteKind::ALL.iter().map(|kind| (*kind as u64, kind.name(), kind.summary()));
        writeln!(f, "\nHow a span starts, number 0 of `{}`:", RecordType::SpanStart.name())?;
        write_names(f, "bit", start)?;
        writeln!(f, "\nHow it stops, number 0 of `{}`:", RecordType::SpanStop.name())?;
        write_names(f, "bit", stop)?;
        writeln!(f, "\nWhat is raised, number 0 of `{}`:", RecordType::SpanRaise.name())?;
        write_names(f, "number", raised.map(|(kind, name, meaning)| (kind as u64, name, meaning)))?;
        writeln!(
            f,
            "\nThe kinds of site, number 3 of `{}`, and by their names in `SITE` frames:",
            RecordType::SpanStart.name()
        )?;
        write_names(f, "number", kinds)?;
        write!(f, "\n{DYNAMIC}")?;
        write_whole(f)
    }
}

fn write_parts(f: &mut fmt::Formatter<'_>, record: RecordType, part: &str, meanings: &[&str]) -> fmt::Result {
    meanings
        .iter()
        .enumerate()
        .try_for_each(|(index, meaning)| writeln!(f, "| `{}` | {part} {index} | {} |", record.name(), Cell(meaning)))
}

/// What only the kernel's ring holds.
fn write_whole(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (start, stop) = (RecordType::SpanStart.name(), RecordType::SpanStop.name());
    writeln!(
        f,
        "
A span that starts and stops while nothing else is told of its thread is one record in the kernel's ring, of a type {}
that no client and no reader of recordings ever meets: whoever reads the ring makes of it a `{start}` and a `{stop}` of
{SPAN_BYTES} bytes each. They have the same head but for `record` and `time`; the first starts without any bit, and the second has
closed no other span. Both are then next to each other, in the place of the stop: the start may be older than records that stand
before it.",
        WholeSpan::RECORD
    )
}
