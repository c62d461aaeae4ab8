//! The listing for people.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::contents::{Code, Contents, Rest, Row, Semaphore};
use super::report::{Listed, Report};
use crate::sites::Obstacle;

/// The gap between two columns.
const GAP: u16 = 2;
/// What to do about a program without sites.
const HOW_TO_ADD: &str = "mark functions with `#[vivarium::observe]` and build it again";

/// Writes one table for each file, after a line about the file.
pub(super) fn write(output: &mut impl Write, report: &Report) -> io::Result<()> {
    let mut readable = report.files.iter().filter_map(|file| Some((file, file.contents.as_ref().ok()?))).peekable();
    if let (Some(pid), None) = (report.pid, readable.peek()) {
        let looked_at = count(report.looked_at, "program or library", "programs and libraries");
        writeln!(output, "process {pid}: no sites in the {looked_at} that it has mapped; {HOW_TO_ADD}")?;
    }
    let mut separator = "";
    for (file, contents) in readable {
        write!(output, "{separator}")?;
        separator = "\n";
        write_file(output, file, contents)?;
    }
    Ok(())
}

fn write_file(output: &mut impl Write, file: &Listed, contents: &Contents) -> io::Result<()> {
    let Contents { architecture, rows, rest, bias, .. } = contents;
    if rows.is_empty() && *rest == Rest::Nothing {
        writeln!(output, "{}: no sites; {HOW_TO_ADD}", file.path)?;
    } else {
        let mapped = bias.map(|bias| format!(", mapped at {bias}")).unwrap_or_default();
        writeln!(output, "{}: {}, {}{mapped}", file.path, count(rows.len(), "site", "sites"), architecture.name())?;
    }
    if !rows.is_empty() {
        for line in table(rows).lines() {
            writeln!(output, "{}", line.trim_end())?;
        }
    }
    write_rest(output, contents)
}

/// Tells of sites that the table doesn't show.
fn write_rest(output: &mut impl Write, contents: &Contents) -> io::Result<()> {
    match contents.rest {
        Rest::Nothing => {}
        Rest::MadeAtRunTime => {
            writeln!(
                output,
                "It may make more sites while it runs, as for `tracing`: `vivarium sites --pid` lists them."
            )?;
        }
        Rest::CutShort(flaw) => writeln!(output, "There may be more sites: {flaw}.")?,
    }
    let shows_discarded = contents.rows.iter().any(|row| row.attachable == Err(Obstacle::Discarded));
    match contents.discarded {
        0 => Ok(()),
        _ if shows_discarded => Ok(()),
        1 => writeln!(output, "The linker discarded 1 more site, since nothing calls it; `--all` lists it."),
        more => {
            writeln!(output, "The linker discarded {more} more sites, since nothing calls them; `--all` lists them.")
        }
    }
}

fn table(rows: &[Row]) -> Table {
    let of_process = rows.iter().any(|row| row.semaphore != Semaphore::OfFile);
    let mut header = vec!["FUNCTION", "KIND", "PLACE", "COPIES", "ATTACHABLE"];
    if of_process {
        header.push("OBSERVED");
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(header);
    for row in rows {
        let mut cells = vec![
            row.function().to_string(),
            row.kind.name().to_owned(),
            format!("{}:{}", row.file, row.line),
            match row.code {
                Code::Own { copies, .. } => copies.to_string(),
                Code::Shared { .. } => "-".to_owned(),
            },
            match row.attachable {
                Ok(()) => "yes".to_owned(),
                Err(obstacle) => format!("no: {obstacle}"),
            },
        ];
        match row.semaphore {
            Semaphore::OfFile => {}
            Semaphore::Unknown => cells.push("unknown".to_owned()),
            Semaphore::Value(0) => cells.push("no".to_owned()),
            Semaphore::Value(value) => cells.push(format!("yes ({value})")),
        }
        table.add_row(cells);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    if let Some(copies) = table.column_mut(3) {
        copies.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
