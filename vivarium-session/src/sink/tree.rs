//! The tree of spans and events, for people. It is written when the session is over.
//!
//! However much a program does, the tree stays small: what looks alike is one line with a count, a span or a process shows so
//! many different lines at the most, and the rest is summed up, so that no event is missing from the sums.

mod branch;
mod branches;
mod budget;
mod forest;
mod layout;
mod more;
mod node;
mod row;
mod trim;

use std::io::{self, Write};

use self::forest::Forest;
use self::layout::Layout;
use self::row::Rows;
use self::trim::Trim;
use super::heading::{write_footing, write_heading};
use super::{Context, Look, Sink};
use crate::session::{Step, Summary};

/// Writes the tree.
#[derive(Debug)]
pub struct Tree<W> {
    output: W,
    look: Look,
    forest: Forest,
}

impl<W: Write> Tree<W> {
    /// Writes to `output` when the session is over.
    pub fn new(output: W, look: Look) -> Self {
        Self { output, look, forest: Forest::new() }
    }
}

impl<W: Write> Sink for Tree<W> {
    fn name(&self) -> &'static str {
        "tree"
    }

    fn begin(&mut self, context: Context<'_>) -> io::Result<()> {
        self.forest.trim(Trim::of(&context.info.filter));
        Ok(())
    }

    fn step(&mut self, step: &Step<'_>, context: Context<'_>) -> io::Result<()> {
        self.forest.step(step, context);
        Ok(())
    }

    fn end(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        let mut output = io::BufWriter::new(&mut self.output);
        write_heading(&mut output, self.look, summary, context)?;
        let mut layout = Layout::new(self.look);
        let rows = Rows::new(context.sites);
        let roots = self.forest.roots();
        rows.visit(roots, &mut |row| {
            layout.measure_name(row);
            Ok(())
        })?;
        rows.visit(roots, &mut |row| {
            layout.measure(row);
            Ok(())
        })?;
        rows.visit(roots, &mut |row| layout.write(&mut output, row))?;
        write_footing(&mut output, self.look, summary, context)?;
        output.flush()
    }
}
