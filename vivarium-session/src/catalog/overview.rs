//! What all kinds have in common, and all of them in a table.

use std::fmt;

use vivarium_sys::event::{Backend, Default as Shown, EventKind, EventSpec};

use super::Cell;

/// The beginning of the page.
pub(super) struct Overview;

const BEGINNING: &str = "\
# Events

Every kind of event that vivarium can see. This page is made from the table of events by `cargo xtask docs`;
`vivarium events` prints it, and `vivarium events KIND` the part of one kind, of a pattern (`sock_*`) or of a category (`@net`).

A kind that is off is shown when `-e` names it. Every event also tells when, which process and thread, as whom, in which span, and
its result where the backend knows it; the fields below come on top. [The JSON output](jsonl.md) says how each form of a field is
written there. `*` marks a backend that cannot tell everything of a kind; its entry says what.

";

impl fmt::Display for Overview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(BEGINNING)?;
        let backends = Backend::ALL.map(Backend::name).join(" | ");
        writeln!(f, "| kind | category | severity | default | {backends} | what happens |")?;
        writeln!(f, "|---|---|---|---|{}---|", "---|".repeat(Backend::ALL.len()))?;
        EventKind::all().try_for_each(|event| write_row(f, event))
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, event: &EventSpec) -> fmt::Result {
    let (name, category, severity) = (event.name, event.category.name(), event.severity.name());
    write!(f, "| [`{name}`](#{name}) | {category} | {severity} | {} |", shown(event))?;
    for backend in Backend::ALL {
        let mark = match event.sight(backend) {
            None => "no",
            Some(sight) if sight.gap.is_empty() => "yes",
            Some(_) => "yes\\*",
        };
        write!(f, " {mark} |")?;
    }
    writeln!(f, " {} |", Cell(event.summary))
}

/// Whether a kind is shown unless asked for.
pub(super) fn shown(event: &EventSpec) -> &'static str {
    match event.default {
        Shown::On => "on",
        Shown::Off => "off",
    }
}
