//! A line for each event as it happens, for people.

use std::io::{self, BufWriter, Write};

use vivarium_sys::event::Severity;
use vivarium_sys::probe::RaiseKind;

use super::heading::{write_footing, write_heading};
use super::look::Role;
use super::phrase::{write_event, write_raise};
use super::{Context, Elapsed, Look, Sink};
use crate::record::Head;
use crate::session::step::{Place, Way};
use crate::session::{Step, Summary};

/// Writes a line for each event and each raise: when, which process, in which span, and what.
#[derive(Debug)]
pub struct Live<W: Write> {
    output: BufWriter<W>,
    look: Look,
    /// Room for the words of one event.
    words: String,
}

impl<W: Write> Live<W> {
    /// Writes to `output`, buffered until the sink is flushed.
    pub fn new(output: W, look: Look) -> Self {
        Self { output: BufWriter::new(output), look, words: String::new() }
    }

    fn line(
        &mut self,
        head: &Head,
        place: Place,
        kind: &str,
        severity: Severity,
        context: Context<'_>,
    ) -> io::Result<()> {
        let look = self.look;
        let since = format!("{:>8}", Elapsed(head.time.since(context.info.started.monotonic)).to_string());
        let who = format!("[{} {}]", head.pid, head.comm);
        write!(self.output, "{} {} ", look.paint(Role::Faint, &since), look.paint(Role::Process, &who))?;
        if let Some(span) = span_name(place, context) {
            write!(self.output, "{} › ", look.paint(Role::Span, &span))?;
        }
        writeln!(self.output, "{} {}", look.paint(Role::Kind(severity), kind), self.words)
    }
}

/// What the span is called, and how the thread is in it, if that isn't what one would think.
fn span_name(place: Place, context: Context<'_>) -> Option<String> {
    let inside = match place {
        Place::Outside => return None,
        Place::Unknown => return Some("(no known span)".to_owned()),
        Place::Inside(inside) => inside,
    };
    let site = context.sites.get(inside.site);
    let name = site.map_or_else(|| format!("(site {})", inside.site), |site| site.name.to_string());
    Some(match inside.way {
        Way::Innermost => name,
        Way::Inherited => format!("{name} (inherited)"),
        Way::Deeper => format!("{name} (deeper)"),
        Way::Folded => format!("{name} (folded)"),
    })
}

impl<W: Write> Sink for Live<W> {
    fn name(&self) -> &'static str {
        "live view"
    }

    fn step(&mut self, step: &Step<'_>, context: Context<'_>) -> io::Result<()> {
        self.words.clear();
        match step {
            Step::Event(event) => {
                write_event(&mut self.words, event.head.result, event.event);
                if let Some(count) = event.repeats.filter(|count| *count > 1) {
                    self.words.push_str(&format!("  ×{count}"));
                }
                let row = event.event.spec;
                self.line(event.head, event.place, row.name, row.severity, context)
            }
            Step::SpanRaise(raise) => {
                write_raise(&mut self.words, raise.raise);
                let kind = match raise.raise.kind {
                    RaiseKind::Panic => "panic",
                    RaiseKind::Error => "error",
                };
                self.line(raise.head, raise.place, kind, Severity::High, context)
            }
            _ => Ok(()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }

    fn end(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        write_heading(&mut self.output, self.look, summary, context)?;
        write_footing(&mut self.output, self.look, summary, context)?;
        self.output.flush()
    }
}
