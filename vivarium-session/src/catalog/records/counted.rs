//! What the kernel side counts besides.

use std::fmt;

use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Effect, Oddity};
use vivarium_sys::wire::{COUNTERS, Counts, RecordType, counter_index};

use crate::catalog::Cell;

/// Counts and oddities.
pub(super) struct Counted;

const COUNTS: &str = "\
## Counts

The `counts` of `DONE` and `CNTD` are an array with an object for each counter that isn't all zero:

```json
[{\"counter\": \"path_open\", \"seen\": 3, \"submitted\": 3, \"filtered\": 0, \"dropped\": 0}]
```

`counts` is `null` where the kernel side could not be asked. `counter` is the name of a kind of event or of another type of record;
a counter without a name is called `counter N` by its index. The others are how many records

| field | what it counts |
|---|---|
";

const SUM: &str = "\
`seen` is the sum of the others. Nothing was lost of a counter when `dropped` is 0 and as many of its records have arrived as
`submitted` says.

The kernel side has an array of them; no reader needs its indices but for a counter without a name:

| index | counter |
|---|---|
";

const ODDITIES: &str = "\
## Oddities

The `oddities` of `DONE` are an array of numbers: how often each of these was met, by its index. An array that is shorter, or empty,
means zero for the rest. A `loss` makes the session incomplete, a `note` is only worth knowing.

| index | effect | what happened |
|---|---|---|
";

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(COUNTS)?;
        for place in Counts::PLACES {
            writeln!(f, "| `{}` | {} |", place.name, Cell(place.meaning))?;
        }
        write!(f, "\n{SUM}")?;
        writeln!(f, "| 1 to {} | the kind of event of this number |", EventKind::LIMIT - 1)?;
        for record in RecordType::ALL.iter().filter(|record| **record != RecordType::Event) {
            writeln!(f, "| {} | `{}` |", counter_index(*record, EventKind::NONE), record.name())?;
        }
        writeln!(f, "\nThere are {COUNTERS}; those that aren't listed are not used.\n")?;
        f.write_str(ODDITIES)?;
        Oddity::ALL.iter().try_for_each(|oddity| {
            let effect = match oddity.effect() {
                Effect::Loss => "loss",
                Effect::Note => "note",
            };
            writeln!(f, "| {} | {effect} | {} |", *oddity as u32, Cell(oddity.sentence()))
        })
    }
}
