//! All that is known of one kind.

use std::fmt;

use vivarium_sys::event::{Backend, EventSpec, FieldSpec, FieldType, Source, Telling};

use super::Cell;
use super::overview::shown;
use crate::record::Text;
use crate::record::value::{Reading, Value};

/// One kind.
pub(super) struct Entry<'a>(pub(super) &'a EventSpec);

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(event) = self;
        let (category, severity) = (event.category.name(), event.severity.name());
        writeln!(f, "## {}\n{}\n", event.name, event.summary.trim())?;
        let telling = match event.telling {
            Telling::Each => "",
            Telling::Counted => " Those of a span that say the same are told once, when it is over, with their number.",
        };
        writeln!(f, "Category {category}, severity {severity}, {} by default.{telling}\n", shown(event))?;
        if !event.fields.is_empty() {
            writeln!(f, "| field | form | what it says |\n|---|---|---|")?;
            for field in event.fields {
                writeln!(f, "| `{}` | {} | {} |", field.name, form(field), Cell(field.summary))?;
            }
            writeln!(f)?;
        }
        writeln!(f, "| backend | sees it by | cannot tell |\n|---|---|---|")?;
        Backend::ALL.into_iter().try_for_each(|backend| match event.sight(backend) {
            Some(sight) => {
                let hooks: Vec<_> = sight.hooks.iter().map(|hook| format!("`{hook}`")).collect();
                writeln!(f, "| `{}` | {} | {} |", backend.name(), hooks.join(", "), Cell(sight.gap))
            }
            None => writeln!(f, "| `{}` | | anything of it |", backend.name()),
        })
    }
}

/// The form of a field, as the description of the JSON output names it.
pub(super) fn form(field: &FieldSpec) -> &'static str {
    let sample = match field.source {
        Source::Number(_) => Value::of_number(field.kind, 1, Reading::default()),
        Source::Text(_) => Value::of_text(field.kind, Text::whole(b"")),
    };
    match sample {
        Value::Text(_) if field.kind == FieldType::Path => "path",
        Value::Unknown if field.kind == FieldType::Alpn => "texts",
        Value::Unknown | Value::Text(_) | Value::DnsName(_) => "text",
        Value::Arguments(_) | Value::Names(_) => "texts",
        Value::Address(_) => "address",
        Value::Groups(_) => "groups",
        Value::Number(_) if field.kind == FieldType::Length => "bytes",
        Value::Number(_) => "number",
        Value::Bool(_) => "yes or no",
        Value::Id(_) => match field.kind {
            FieldType::Uid => "user",
            FieldType::Gid => "group",
            FieldType::KeyId => "key",
            FieldType::Seconds => "number",
            _ => "process",
        },
        Value::Bits(_) => "flags",
        Value::Capabilities(_) => "capabilities",
        Value::Device(_) => "device",
        Value::Mode(_) => "permissions",
        Value::OneOf(_) => "one of several",
        Value::ExitStatus(_) => "exit status",
    }
}
