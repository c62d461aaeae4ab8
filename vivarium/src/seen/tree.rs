//! Events as a tree of the functions that they happened in.

use std::fmt;
use std::sync::Arc;

use super::{Event, Span};

/// Events, below the functions and the processes that they happened in.
#[derive(Debug, Default)]
pub(crate) struct EventTree {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    what: What,
    count: usize,
    inner: EventTree,
}

#[derive(Debug)]
enum What {
    Span(Arc<Span>),
    /// A process that was made inside.
    Process(String),
    /// Outside of every function that is known.
    Outside,
    Event {
        kind: &'static str,
        words: String,
    },
}

impl What {
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Span(one), Self::Span(other)) => one.id == other.id,
            (Self::Process(one), Self::Process(other)) => one == other,
            (Self::Outside, Self::Outside) => true,
            (Self::Event { kind: one, words }, Self::Event { kind: other, words: others }) => {
                one == other && words == others
            }
            _ => false,
        }
    }
}

/// Where the places in the source begin, and the words of events.
const PLACES: usize = 35;
const KINDS: usize = 12;

impl EventTree {
    /// The tree of these events.
    pub(crate) fn of(events: &[&Event]) -> Self {
        let mut tree = Self::default();
        for event in events {
            let mut at = &mut tree;
            let mut process = None;
            for span in event.shared_spans() {
                if process.is_some_and(|process| process != span.pid) {
                    at = at.enter(What::Process(process_name(span.pid.0, span.comm.map(|comm| comm.to_string()))));
                }
                process = Some(span.pid);
                at = at.enter(What::Span(Arc::clone(span)));
            }
            if process.is_none() {
                at = at.enter(What::Outside);
            }
            if process.is_some_and(|process| process != event.head().pid) {
                at = at.enter(What::Process(process_name(event.pid(), Some(event.comm()))));
            }
            at.enter(What::Event { kind: event.kind(), words: event.words() });
        }
        tree
    }

    /// The tree below this, which begins if it isn't there yet. A leaf counts how often it was entered.
    fn enter(&mut self, what: What) -> &mut Self {
        let at = self.nodes.iter().position(|node| node.what.is_like(&what)).unwrap_or_else(|| {
            self.nodes.push(Node { what, count: 0, inner: Self::default() });
            self.nodes.len() - 1
        });
        self.nodes[at].count += 1;
        &mut self.nodes[at].inner
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, below: &str, stems: bool) -> fmt::Result {
        for (index, node) in self.nodes.iter().enumerate() {
            let is_last = index + 1 == self.nodes.len();
            let (stem, rest) = match (stems, is_last) {
                (false, _) => ("", ""),
                (true, false) => ("├─ ", "│  "),
                (true, true) => ("└─ ", "   "),
            };
            match &node.what {
                What::Span(span) => {
                    let name = format!("{below}{stem}{}", span.name());
                    match span.file() {
                        "" => writeln!(f, "{name}")?,
                        file => writeln!(f, "{name:PLACES$}{file}:{}", span.line())?,
                    }
                }
                What::Process(name) => writeln!(f, "{below}{stem}[{name}]")?,
                What::Outside => writeln!(f, "{below}{stem}(outside any span)")?,
                What::Event { kind, words } => {
                    let times = if node.count > 1 { format!("  ×{}", node.count) } else { String::new() };
                    writeln!(f, "{below}{stem}{kind:KINDS$} {words}{times}")?;
                }
            }
            node.inner.write(f, &format!("{below}{rest}"), true)?;
        }
        Ok(())
    }
}

fn process_name(pid: u32, comm: Option<String>) -> String {
    comm.map_or_else(|| pid.to_string(), |comm| format!("{pid} {comm}"))
}

impl fmt::Display for EventTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, "", false)
    }
}
