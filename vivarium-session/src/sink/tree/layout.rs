//! Laying out the lines of the tree: columns that fit what is in them, within the width of the terminal.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::row::Row;
use crate::sink::look::{Look, Role};

/// Where the columns are.
#[derive(Debug)]
pub(super) struct Layout {
    look: Look,
    /// How wide the kinds of events are.
    kinds: usize,
    /// Where places in the source begin.
    places: usize,
    /// Where times end.
    times: usize,
}

/// The narrowest columns: short trees look the same as others.
const MIN_KINDS: usize = 12;
const MIN_PLACES: usize = 35;
const MIN_TIMES: usize = 66;
/// Lines that would push a column further than this go their own way.
const MAX_PLACES: usize = 60;
const MAX_TIMES: usize = 110;
/// What stays between two columns.
const GAP: usize = 2;

impl Layout {
    pub(super) fn new(look: Look) -> Self {
        Self { look, kinds: MIN_KINDS, places: MIN_PLACES, times: MIN_TIMES }
    }

    /// Makes room for the names of a line. To be called for all lines before [`measure`](Self::measure).
    pub(super) fn measure_name(&mut self, row: &Row) {
        if row.detail.is_some() {
            self.kinds = self.kinds.max(row.name.width());
        } else if row.place.is_some() {
            let needed = row.stem.width() + row.name.width() + GAP;
            if needed <= self.max_places() {
                self.places = self.places.max(needed);
            }
        }
    }

    /// Makes room for a line. To be called for all lines before [`write`](Self::write).
    pub(super) fn measure(&mut self, row: &Row) {
        let time = row.time.as_ref().map_or(0, |time| time.width() + GAP);
        let needed = self.left_width(row) + time;
        if needed <= self.max_times() {
            self.times = self.times.max(needed);
        }
        self.times = self.times.min(self.max_times());
        self.places = self.places.min(self.max_places());
    }

    /// Writes a line.
    pub(super) fn write(&self, output: &mut dyn Write, row: &Row) -> io::Result<()> {
        let name_role = row.role.unwrap_or(Role::Plain);
        write!(output, "{}{}", self.look.paint(Role::Faint, &row.stem), self.look.paint(name_role, &row.name))?;
        let mut column = row.stem.width() + row.name.width();
        let mut rest = "";
        if let Some(detail) = &row.detail {
            let (here, below) = self.split(row, detail);
            pad(output, &mut column, row.stem.width() + self.kinds + 1)?;
            write!(output, "{here}")?;
            column += here.width();
            rest = below;
        }
        if let Some(place) = &row.place {
            let start = self.places.max(column + GAP);
            pad(output, &mut column, start)?;
            write!(output, "{}", self.look.paint(Role::Faint, place))?;
            column += place.width();
        }
        if let Some(time) = &row.time {
            let start = self.times.saturating_sub(time.width()).max(column + GAP);
            pad(output, &mut column, start)?;
            write!(output, "{}", self.look.paint(Role::Faint, time))?;
        }
        writeln!(output)?;
        self.write_rest(output, row, rest)
    }

    /// Writes what of a detail had no room in its line, below it.
    fn write_rest(&self, output: &mut dyn Write, row: &Row, mut rest: &str) -> io::Result<()> {
        let room = self.detail_room(row).unwrap_or(usize::MAX);
        while !rest.is_empty() {
            let (here, below) = split_at_width(rest, room);
            let mut column = row.below.width();
            write!(output, "{}", self.look.paint(Role::Faint, &row.below))?;
            pad(output, &mut column, row.stem.width() + self.kinds + 1)?;
            writeln!(output, "{here}")?;
            rest = below;
        }
        Ok(())
    }

    fn split<'a>(&self, row: &Row, detail: &'a str) -> (&'a str, &'a str) {
        self.detail_room(row).map_or((detail, ""), |room| split_at_width(detail, room))
    }

    /// How wide a detail may be, where lines must not be wider than the terminal.
    fn detail_room(&self, row: &Row) -> Option<usize> {
        /// Below this nothing can be read any more, and the terminal may wrap as it likes.
        const LEAST: usize = 16;
        let width = self.look.width()?.min(self.times);
        let time = row.time.as_ref().map_or(0, |time| time.width() + GAP);
        Some(width.saturating_sub(row.stem.width() + self.kinds + 1 + time).max(LEAST))
    }

    fn left_width(&self, row: &Row) -> usize {
        let name = row.stem.width() + row.name.width();
        match (&row.detail, &row.place) {
            (Some(detail), _) => row.stem.width() + self.kinds + 1 + detail.width(),
            (None, Some(place)) => self.places.max(name + GAP) + place.width(),
            (None, None) => name,
        }
    }

    fn max_places(&self) -> usize {
        self.look.width().map_or(MAX_PLACES, |width| (width / 2).min(MAX_PLACES))
    }

    fn max_times(&self) -> usize {
        self.look.width().map_or(MAX_TIMES, |width| width.min(MAX_TIMES))
    }
}

/// Goes on to column `until`.
fn pad(output: &mut dyn Write, column: &mut usize, until: usize) -> io::Result<()> {
    let spaces = until.saturating_sub(*column);
    *column += spaces;
    write!(output, "{:spaces$}", "")
}

/// The longest beginning that is at most so wide, and the rest; at least one character.
fn split_at_width(text: &str, room: usize) -> (&str, &str) {
    let mut used = 0;
    let too_wide = text.char_indices().find(|(start, character)| {
        used += character.width().unwrap_or(0);
        *start > 0 && used > room
    });
    text.split_at(too_wide.map_or(text.len(), |(start, _)| start))
}
