//! Events and raises in words: what they tell, as people write it, without what goes without saying.

use std::fmt::{self, Write};

use vivarium_sys::event::FieldType;

use crate::record::value::{Value, errno, is_interruption};
use crate::record::{Event, Field, SpanRaise};
use crate::text::Quoted;

/// Fields that are told to machines alone: with them every line would be long.
const ASIDE: [&str; 1] = ["directory"];

/// An event in words, as the tree and the live view show it, without its kind.
///
/// ```
/// use vivarium_session::record::{Body, Record};
/// use vivarium_session::sink::Phrase;
///
/// fn show(raw: &[u8]) -> Option<String> {
///     let record = Record::decode(raw).ok()?;
///     let Body::Event(event) = &record.body else { return None };
///     Some(format!("{} {}", event.spec.name, Phrase { event, result: record.head.result }))
/// }
/// assert_eq!(show(b"no record"), None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Phrase<'a> {
    /// The event.
    pub event: &'a Event<'a>,
    /// What came of it, where that is known.
    pub result: Option<i32>,
}

impl fmt::Display for Phrase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = String::new();
        write_event(&mut words, self.result, self.event);
        f.write_str(&words)
    }
}

/// Writes what an event tells besides its kind. Appends to `text`.
///
/// Paths, addresses, flags and names speak for themselves; numbers go by the names of their fields. A field whose name
/// begins with `old_` goes with the one that it is the old value of. Of what is not known, only the first field is shown.
pub(super) fn write_event(text: &mut String, result: Option<i32>, event: &Event<'_>) {
    let fields: Vec<_> = event.fields().collect();
    for (index, field) in fields.iter().enumerate() {
        if index > 0 && field.value == Value::Unknown || ASIDE.contains(&field.spec.name) {
            continue;
        }
        let before = text.len();
        if before > 0 {
            text.push(' ');
        }
        let start = text.len();
        write_field(text, field, &fields);
        if text.len() == start {
            text.truncate(before);
        }
    }
    if let Some(error) = result.and_then(errno) {
        let _ = write!(text, " = {error}");
        if is_interruption(&error) {
            text.push_str(" (interrupted by a signal)");
        }
    }
}

/// Writes what was raised, and where. Appends to `text`.
pub(super) fn write_raise(text: &mut String, raise: &SpanRaise<'_>) {
    // Writing to a string cannot fail.
    if let Some(message) = raise.message {
        let _ = write!(text, "{}", Quoted(message.bytes()));
    }
    if let Some(file) = raise.file.filter(|file| !file.bytes().is_empty()) {
        let _ = write!(text, " {file}:{}", raise.line);
    }
}

fn write_field(text: &mut String, field: &Field<'_>, all: &[Field<'_>]) {
    let name = field.spec.name;
    let value = &field.value;
    // Writing to a string cannot fail.
    let _ = match field.spec.kind {
        FieldType::Path if matches!(name, "to" | "target") => write!(text, "→ {value}"),
        FieldType::Path if all.first().is_some_and(|first| first.spec.name == name) => write!(text, "{value}"),
        FieldType::OpenFlags => write!(text, " {value}"),
        FieldType::Mode if !makes_a_file(all) => Ok(()),
        FieldType::SocketFamily => write!(text, "{}", socket(all)),
        FieldType::SocketType | FieldType::Protocol => Ok(()),
        FieldType::Alpn if matches!(value, Value::Names(names) if names.is_empty()) => Ok(()),
        FieldType::TaskKind => Ok(()),
        FieldType::Pid if is_other_task(name, all) => Ok(()),
        FieldType::Count if follows_whole_list(all) => Ok(()),
        FieldType::Device if !is_of_a_device(all) => Ok(()),
        FieldType::FileType => write!(text, "{value}"),
        FieldType::Text
        | FieldType::Arguments
        | FieldType::Address
        | FieldType::DnsName
        | FieldType::DnsType
        | FieldType::ServerName
        | FieldType::Mode
        | FieldType::Signal
        | FieldType::ExitStatus => write!(text, "{value}"),
        // Names speak for themselves, unless there are several of the kind.
        _ if matches!(value, Value::Bits(_) | Value::OneOf(_)) && !has_others_of_its_kind(field, all) => match value {
            Value::Bits(bits) if bits.is_empty() => Ok(()),
            _ => write!(text, "{value}"),
        },
        _ if name.starts_with("old_") => Ok(()),
        _ => match all.iter().find(|old| old.spec.name.strip_prefix("old_") == Some(name)) {
            Some(old) if old.value != *value => write!(text, "{name}={}→{value}", old.value),
            _ => write!(text, "{name}={value}"),
        },
    };
}

/// Whether an open says with which permissions: only one that makes a file does. Others always do.
fn makes_a_file(fields: &[Field<'_>]) -> bool {
    let flags = fields.iter().find(|field| field.spec.kind == FieldType::OpenFlags);
    match flags.map(|field| &field.value) {
        Some(Value::Bits(flags)) => flags.has("O_CREAT") || flags.has("O_TMPFILE"),
        Some(_) => false,
        None => true,
    }
}

/// Whether it is the process of a new thread, or the first thread of a new process: either says nothing new.
fn is_other_task(name: &str, fields: &[Field<'_>]) -> bool {
    let kind = fields.iter().find(|field| field.spec.kind == FieldType::TaskKind);
    let Some(Value::OneOf(kind)) = kind.map(|field| &field.value) else { return false };
    matches!((kind.name(), name), (Some("thread"), "child") | (Some("process"), "thread"))
}

/// How many arguments or groups there were is worth saying only where not all of them are here.
fn follows_whole_list(fields: &[Field<'_>]) -> bool {
    fields.iter().any(|field| match &field.value {
        Value::Arguments(arguments) => !arguments.is_cut(),
        Value::Groups(groups) => !groups.0.is_cut(),
        _ => false,
    })
}

/// Whether the file is a device; another one has no number of a device that means something.
fn is_of_a_device(fields: &[Field<'_>]) -> bool {
    let kind = fields.iter().find(|field| field.spec.kind == FieldType::FileType).map(|field| &field.value);
    !matches!(kind, Some(Value::OneOf(kind)) if !matches!(kind.name(), Some("S_IFCHR" | "S_IFBLK")))
}

/// Whether the same words could be those of another field.
fn has_others_of_its_kind(field: &Field<'_>, all: &[Field<'_>]) -> bool {
    all.iter().filter(|other| other.spec.kind == field.spec.kind).count() > 1
}

/// The family, type and protocol of a socket, in one word where there is one.
fn socket(fields: &[Field<'_>]) -> String {
    let known = |kind| fields.iter().find(|field| field.spec.kind == kind).map(|field| &field.value);
    let number = |kind| match known(kind) {
        Some(Value::OneOf(one)) => i32::try_from(one.value()).ok(),
        _ => None,
    };
    let address = matches!(known(FieldType::Address), Some(Value::Address(address)) if address.tells_family());
    let (family, kind, protocol) =
        (number(FieldType::SocketFamily), number(FieldType::SocketType), number(FieldType::Protocol));
    let word = match (family, kind, protocol) {
        (Some(libc::AF_INET | libc::AF_INET6), Some(libc::SOCK_STREAM), Some(0 | libc::IPPROTO_TCP)) => Some("tcp"),
        (Some(libc::AF_INET | libc::AF_INET6), Some(libc::SOCK_DGRAM), Some(0 | libc::IPPROTO_UDP)) => Some("udp"),
        (Some(libc::AF_UNIX), Some(libc::SOCK_STREAM), _) => Some("unix"),
        (Some(libc::AF_UNIX), Some(libc::SOCK_DGRAM), _) => Some("unix datagram"),
        (Some(libc::AF_UNIX), Some(libc::SOCK_SEQPACKET), _) => Some("unix seqpacket"),
        _ => None,
    };
    if let Some(word) = word {
        return word.to_owned();
    }
    let kinds = [FieldType::SocketFamily, FieldType::SocketType, FieldType::Protocol];
    let shown = kinds.into_iter().filter(|kind| !(address && *kind == FieldType::SocketFamily));
    let words: Vec<_> =
        shown.filter_map(known).filter(|value| **value != Value::Unknown).map(ToString::to_string).collect();
    words.join(" ")
}
