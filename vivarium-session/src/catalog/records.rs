//! The bytes of a record in words: a reader in another language needs nothing but this page.
//!
//! Numbers and places come from [`vivarium_sys::wire`] and sentences from the tables there; what stands here is what holds
//! them together.

mod counted;
mod events;
mod head;
mod types;

use std::fmt;

use vivarium_sys::wire::{
    FieldPlace, HEADER_BYTES, MAX_NUMBERS, MAX_RECORD_BYTES, MAX_TEXT_BYTES, MAX_TEXTS, TextLength,
};

use self::counted::Counted;
use self::events::Events;
use self::head::Head;
use self::types::Types;
use super::Cell;

/// The whole page.
pub(super) struct Records;

const BEGINNING: &str = "\
# Records

What the kernel side tells, it tells in records. They stand in the `RECD` frames of [recordings](recording.md) and of
[the protocol](protocol.md), the same bytes in both. This page is made from the code by `cargo xtask docs`.

## The layout

All records have one shape. Everything is little endian, and nothing stands between the parts:
";

const UNKNOWN: &str = "\
A number whose bits are all set could not be told: this backend doesn't have it, or reading it failed. The same of a text is a
`kept` of 0 with a `whole` of 4,294,967,295, which isn't an empty text. Numbers and texts after the last of which there is
something to say may be left out, and are unknown then. A text of which `kept` is less than `whole` is cut: its end isn't here.

A record is padded with zero bytes to a multiple of 8 bytes. A reader looks at as many numbers and texts as the head counts, and
passes over what comes after the last text.
";

const NEWER: &str = "\
## What a reader doesn't know

A type of record, a kind of event or a bit of the flags that isn't on this page comes from a newer version. The length of the
frame leads past such a record. `vivarium report` counts it as one that could not be read, and so it does with one that is shorter
than its head says, keeps more of a text than there was, or lacks what its type always has. Numbers keep their meaning for good;
new numbers and texts come after those that are here.
";

impl fmt::Display for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(BEGINNING)?;
        write_layout(f)?;
        write!(f, "\n{Head}\n{Types}\n{NEWER}\n{Counted}\n{Events}")
    }
}

fn write_layout(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let length = size_of::<TextLength>();
    writeln!(f, "\n| bytes | what |\n|---|---|")?;
    writeln!(f, "| {HEADER_BYTES} | the [head](#the-head) |")?;
    writeln!(f, "| 8 for each | the numbers, as many as `numbers` of the head says, {MAX_NUMBERS} at most |")?;
    writeln!(
        f,
        "| {length} for each | how long the texts are, as many as `texts` of the head says, {MAX_TEXTS} at most |"
    )?;
    writeln!(f, "| `kept` of each | the texts, one after the other, without separators and without an end |")?;
    writeln!(f, "\nA length of a text is two numbers:")?;
    write_places(f, TextLength::PLACES)?;
    writeln!(f, "\nA text keeps {MAX_TEXT_BYTES} bytes at most, and a record has {MAX_RECORD_BYTES} at most.\n")?;
    f.write_str(UNKNOWN)
}

/// The fields of a structure.
fn write_places(f: &mut fmt::Formatter<'_>, places: &[FieldPlace]) -> fmt::Result {
    writeln!(f, "\n| offset | bytes | field | what it says |\n|---|---|---|---|")?;
    places.iter().try_for_each(|FieldPlace { name, offset, bytes, meaning }| {
        writeln!(f, "| {offset} | {bytes} | `{name}` | {} |", Cell(meaning))
    })
}

/// A table of bits or numbers with names.
fn write_names<'t>(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    rows: impl IntoIterator<Item = (u64, &'t str, &'t str)>,
) -> fmt::Result {
    writeln!(f, "\n| {what} | name | what it says |\n|---|---|---|")?;
    rows.into_iter().try_for_each(|(number, name, meaning)| writeln!(f, "| {number} | `{name}` | {} |", Cell(meaning)))
}
