//! An event and its fields.

use vivarium_sys::event::{EventKind, EventSpec, FieldSpec, FieldType, Source};

use super::decode::Payload;
use super::value::{Reading, Value};
use super::{Malformed, Text};

/// Something security-relevant that the kernel saw.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// The row of its kind in the table.
    pub spec: &'static EventSpec,
    payload: Payload<'a>,
}

/// One field of an event, with its value.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// What the table says of it.
    pub spec: &'static FieldSpec,
    /// What it holds.
    pub value: Value<'a>,
}

impl<'a> Event<'a> {
    pub(super) fn read(kind: EventKind, payload: Payload<'a>) -> Result<Self, Malformed> {
        let spec = kind.spec().ok_or(Malformed::UnknownKind(kind.0))?;
        Ok(Self { spec, payload })
    }

    /// The fields in the order of the table. One that the kernel side could not tell is [`Value::Unknown`].
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let event = *self;
        let reading = Reading { family: event.number_of(FieldType::SocketFamily) };
        event.spec.fields.iter().map(move |spec| Field { spec, value: event.value(spec, reading) })
    }

    /// The value of the field of this name, if the kind has one.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Value<'a>> {
        self.fields().find(|field| field.spec.name == name).map(|field| field.value)
    }

    /// The number of the first field of this type, if it is known.
    pub(crate) fn number_of(&self, kind: FieldType) -> Option<u64> {
        let spec = self.spec.fields.iter().find(|field| field.kind == kind)?;
        match spec.source {
            Source::Number(index) => self.payload.number(usize::from(index)),
            Source::Text(_) => None,
        }
    }

    /// The number with this index, if it is known.
    pub(crate) fn number(&self, index: usize) -> Option<u64> {
        self.payload.number(index)
    }

    /// The text with this index, if it is known.
    pub(crate) fn text(&self, index: usize) -> Option<Text<'a>> {
        self.payload.text(index)
    }

    fn value(&self, spec: &FieldSpec, reading: Reading) -> Value<'a> {
        let value = match spec.source {
            Source::Number(index) => self.number(usize::from(index)).map(|n| Value::of_number(spec.kind, n, reading)),
            Source::Text(index) => self.text(usize::from(index)).map(|text| Value::of_text(spec.kind, text)),
        };
        value.unwrap_or(Value::Unknown)
    }
}
