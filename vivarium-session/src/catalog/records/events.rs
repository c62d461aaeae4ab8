//! Where in its record each field of an event stands.

use std::fmt;

use vivarium_sys::event::{Category, ENVIRONMENT_CALLS, EventKind, EventSpec, FieldSpec, FieldType, Source};

use crate::catalog::Cell;
use crate::catalog::entry::form;

/// Every kind, by its number.
pub(super) struct Events;

const BEGINNING: &str = "\
## Events

`kind` of the head is the number of the kind; [the table of events](events.md) says what each kind and each field is about, and
this one where the fields stand. `form` is how [the JSON output](jsonl.md#event) writes a field. Numbers are as the kernel has them
on x86-64: the bits of flags and the values of constants are those of its headers. Those of the forms process, key and one of
several are signed, in two's complement, as are seconds; a user or a group of 4,294,967,295 is none, which the JSON output writes
as -1.
";

impl fmt::Display for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(BEGINNING)?;
        for category in Category::ALL {
            writeln!(f, "\n### {}\n", category.name())?;
            writeln!(f, "| `kind` | name | field | stands in | form | as |\n|---|---|---|---|---|---|")?;
            let mut kinds: Vec<_> = EventKind::all().filter(|event| event.category == category).collect();
            kinds.sort_unstable_by_key(|event| event.kind);
            kinds.into_iter().try_for_each(|event| write_kind(f, event))?;
        }
        let calls: Vec<_> = ENVIRONMENT_CALLS.iter().enumerate().map(|(at, name)| format!("{at} `{name}`")).collect();
        writeln!(f, "\nThe functions that get at the environment are {}.", calls.join(", "))
    }
}

fn write_kind(f: &mut fmt::Formatter<'_>, event: &EventSpec) -> fmt::Result {
    let (number, name) = (event.kind.0, event.name);
    if event.fields.is_empty() {
        writeln!(f, "| {number} | [`{name}`](events.md#{name}) | | | | |")?;
    }
    event.fields.iter().try_for_each(|field| {
        let (place, form, read) = (Stands(field.source), form(field), Cell(FieldType::summary(field.kind)));
        let FieldSpec { name: field, .. } = field;
        writeln!(f, "| {number} | [`{name}`](events.md#{name}) | `{field}` | {place} | {form} | {read} |")
    })
}

/// Where a field stands.
struct Stands(Source);

impl fmt::Display for Stands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Source::Number(index) => write!(f, "number {index}"),
            Source::Text(index) => write!(f, "text {index}"),
        }
    }
}
