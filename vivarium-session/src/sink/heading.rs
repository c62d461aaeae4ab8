//! What is said of a session as a whole, to people.

use std::io::{self, Write};

use super::look::{Look, Role};
use super::{Context, Elapsed};
use crate::accounting::{GapSummary, Missing, Verdict};
use crate::session::Summary;
use crate::text::Escaped;

/// Writes the line that says what was observed, how, for how long, and whether it is all; then what is missing, if it isn't.
pub(super) fn write_heading(
    output: &mut dyn Write,
    look: Look,
    summary: &Summary,
    context: Context<'_>,
) -> io::Result<()> {
    let info = context.info;
    write!(output, "vivarium · {} (pid {})", info.name(), info.pid)?;
    write!(output, " · backend {} · {} · ", info.backend.name(), Elapsed(summary.duration))?;
    let role = if summary.verdict.is_complete() { Role::Right } else { Role::Wrong };
    write!(output, "{}", look.paint(role, &verdict(summary)))?;
    if !info.filter.is_default() {
        write!(output, " · filter: {}", Escaped(info.filter.to_string().as_bytes()))?;
        if summary.hidden > 0 {
            write!(output, " ({} more not shown)", summary.hidden)?;
        }
    }
    writeln!(output)?;
    for missing in summary.verdict.missing() {
        writeln!(output, "  {} {missing}", look.paint(Role::Wrong, "missing:"))?;
    }
    Ok(())
}

/// Writes what else is worth knowing.
pub(super) fn write_footing(
    output: &mut dyn Write,
    look: Look,
    summary: &Summary,
    context: Context<'_>,
) -> io::Result<()> {
    for note in &summary.notes {
        writeln!(output, "{} {note}", look.paint(Role::Faint, "note:"))?;
    }
    let gaps = context.info.not_visible.as_slice();
    if !gaps.is_empty() {
        let line = format!("backend {} {}", context.info.backend.name(), GapSummary(gaps));
        writeln!(output, "{}", look.paint(Role::Faint, &line))?;
    }
    Ok(())
}

fn verdict(summary: &Summary) -> String {
    let word = if summary.verdict.is_complete() { "complete" } else { "incomplete" };
    let events = summary.events;
    let lost = summary.verdict.lost_events();
    let s = if events == 1 { "" } else { "s" };
    if knows_losses(&summary.verdict) {
        format!("{word}: {events} event{s}, {lost} lost")
    } else {
        format!("{word}: {events} event{s}, how many were lost is not known")
    }
}

/// Whether the kernel side could be asked.
fn knows_losses(verdict: &Verdict) -> bool {
    !verdict.missing().iter().any(|missing| matches!(missing, Missing::Uncounted))
}
