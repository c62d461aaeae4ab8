//! What every record begins with.

use std::fmt;

use vivarium_sys::wire::{HEADER_BYTES, Header, MAX_DEPTH, RecordFlags};

use super::{write_names, write_places};

/// The head and its flags.
pub(super) struct Head;

const SPANS: &str = "\
`instance` and `site` name the innermost span of the thread. A span is one activation of a site: its `instance` is unique in a
process and in the copies that are forked from it. `site` is what `SITE` frames call `id`, there as 16 hexadecimal digits.
How the span was found, which the outputs call [`attribution`](jsonl.md#what-several-lines-have), follows from the head, by the
first line that fits:

| head | the thread is |
|---|---|
| `instance` 0, `site` 0, not `ENTERED_BEFORE` | in no span (`outside`) |
| `instance` 0 | in none that is known, perhaps in one that was entered before (`unknown`) |
| `INHERITED` | in the span that its maker was in (`inherited`) |
| `DEEPER` | in a span inside of this one (`deeper`) |
| anything else | in this span (`innermost`), or, if none of its own spans has this `instance`, in one that it inherited |
";

const RESULTS: &str = "\
An event with `HAS_RESULT` has its own result. One with `RESULT_FOLLOWS` waits for the next record of the same thread (`tid`) that
ends its waiting, and all that wait then come to the same result:

| what comes | the result of those that wait |
|---|---|
| a record of the type `result` | that of its head with `HAS_RESULT`, else unknown |
| an event `proc_exec` whose result is 0 or more | the same; other threads of the process wait no longer, and theirs are unknown |
| a record of a span of the thread, or an event `proc_exit` of the process | unknown |
| the end of the recording | unknown |

Other events of the thread may come in between, with results of their own. The outputs tell an event when its result is known, which
may be after later ones; a recording has it where it happened.
";

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## The head\n\n{HEADER_BYTES} bytes, at the same place in every record:")?;
        write_places(f, Header::PLACES)?;
        writeln!(f, "\n### The flags")?;
        write_names(f, "bit", RecordFlags::ALL.iter().map(|(flag, name, meaning)| (flag.0.into(), *name, *meaning)))?;
        writeln!(f, "\nThe stack of spans that the kernel follows is {MAX_DEPTH} deep.")?;
        write!(f, "\n### In which span\n\n{SPANS}\n### Results\n\n{RESULTS}")
    }
}
