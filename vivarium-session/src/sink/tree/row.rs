//! The lines of the tree, one after the other.

use std::io;

use vivarium_sys::SiteId;

use super::branch::{Branch, Group, Line, ProcessBranch, SpanBranch, What};
use super::branches::Branches;
use super::more::More;
use crate::record::Time;
use crate::session::SiteTable;
use crate::session::step::Stop;
use crate::sink::Elapsed;
use crate::sink::look::Role;

/// One line, before it is laid out.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// What joins it to the lines above.
    pub(super) stem: String,
    /// The same for lines below that belong to this one.
    pub(super) below: String,
    /// The name of a span or a process, or the kind of an event.
    pub(super) name: String,
    pub(super) role: Option<Role>,
    /// What the event says. The name is padded to a column before it.
    pub(super) detail: Option<String>,
    /// Where the span stands in the source.
    pub(super) place: Option<String>,
    /// When, or for how long.
    pub(super) time: Option<String>,
}

/// Takes the lines.
type Visit<'v> = &'v mut dyn FnMut(&Row) -> io::Result<()>;

/// Where a line hangs.
#[derive(Clone, Copy)]
struct Parent<'a> {
    /// What stands before the stems of its children.
    below: &'a str,
    /// When what is around the line began, if times are told from that.
    since: Option<Time>,
    /// Whether children hang on it by a stem: the roots don't.
    stems: bool,
}

/// Makes the lines.
pub(super) struct Rows<'a> {
    sites: &'a SiteTable,
}

impl<'a> Rows<'a> {
    pub(super) fn new(sites: &'a SiteTable) -> Self {
        Self { sites }
    }

    /// Visits the lines of these roots.
    pub(super) fn visit(&self, roots: &Branches, visit: Visit<'_>) -> io::Result<()> {
        self.branches(roots, Parent { below: "", since: None, stems: false }, visit)
    }

    fn branches(&self, branches: &Branches, parent: Parent<'_>, visit: Visit<'_>) -> io::Result<()> {
        let list = branches.in_order();
        let more = branches.more();
        for (index, branch) in list.iter().enumerate() {
            let is_last = index + 1 == list.len() && more.is_none();
            self.branch(branch, parent, is_last, visit)?;
        }
        more.map_or(Ok(()), |more| self.more(more, parent, visit))
    }

    fn branch(&self, branch: &Branch, parent: Parent<'_>, is_last: bool, visit: Visit<'_>) -> io::Result<()> {
        match &branch.what {
            What::Line(line) => visit(&event_row(line, branch.count, parent, is_last)),
            What::Span(span) => {
                let row = self.span_row(span, branch.count, parent, is_last);
                visit(&row)?;
                let inside = Parent { below: &row.below, since: span.started, stems: true };
                self.branches(&span.inner, inside, visit)
            }
            What::Process(process) => self.process(process, branch.count, parent, is_last, visit),
            What::Group(group, inner) => {
                let name = match group {
                    Group::Outside => "(outside any span)",
                    Group::Unknown => "(in no known span)",
                };
                let row = Row { name: name.to_owned(), role: Some(Role::Faint), ..Row::under(parent, is_last) };
                visit(&row)?;
                self.branches(inner, Parent { below: &row.below, since: None, stems: true }, visit)
            }
        }
    }

    fn process(
        &self,
        process: &ProcessBranch,
        count: u64,
        parent: Parent<'_>,
        is_last: bool,
        visit: Visit<'_>,
    ) -> io::Result<()> {
        let since = process.origin.as_ref().map(|origin| origin.time);
        let Some(origin) = &process.origin else {
            return self.process_itself(process, count, since, parent, is_last, visit);
        };
        let row = event_row(origin, count, parent, is_last);
        visit(&row)?;
        let inside = Parent { below: &row.below, since, stems: true };
        self.process_itself(process, count, since, inside, true, visit)
    }

    fn process_itself(
        &self,
        process: &ProcessBranch,
        count: u64,
        since: Option<Time>,
        parent: Parent<'_>,
        is_last: bool,
        visit: Visit<'_>,
    ) -> io::Result<()> {
        let comm = process.comm.map_or_else(String::new, |comm| format!(" {comm}"));
        let others = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
        let status = process.status.filter(|status| !status.is_success());
        let row = Row {
            name: format!("[{}{comm}{others}]", process.pid),
            role: Some(Role::Process),
            place: status.map(|status| status.to_string()),
            ..Row::under(parent, is_last)
        };
        visit(&row)?;
        self.branches(&process.inner, Parent { below: &row.below, since, stems: true }, visit)
    }

    fn span_row(&self, span: &SpanBranch, count: u64, parent: Parent<'_>, is_last: bool) -> Row {
        let mut name = self.name(span.site);
        if count > 1 {
            name.push_str(&format!(" ×{count}"));
        }
        match span.polls {
            0 => {}
            1 => name.push_str(" (1 poll)"),
            polls => name.push_str(&format!(" ({polls} polls)")),
        }
        name.push_str(match span.end {
            Stop::Panicked => " (panicked)",
            Stop::Missed | Stop::PollMissed => " (its stop was missed)",
            Stop::Unfinished => " (unfinished)",
            Stop::Forgotten => " (forgotten while it waited)",
            Stop::SwitchedOff => " (switched off while it waited)",
            Stop::Returned | Stop::Suspended | Stop::LeftByCopy | Stop::Executed | Stop::Exited => "",
        });
        let time = span.started.map(|_| Elapsed(span.total).to_string());
        Row {
            name,
            role: Some(Role::Span),
            place: self.place(span.site),
            time: Some(time.unwrap_or_else(|| "?".to_owned())),
            ..Row::under(parent, is_last)
        }
    }

    fn more(&self, more: &More, parent: Parent<'_>, visit: Visit<'_>) -> io::Result<()> {
        let name = format!("… and {} more, in sum:", more.branches);
        let row = Row { name, role: Some(Role::Faint), ..Row::under(parent, true) };
        visit(&row)?;
        let inside = Parent { below: &row.below, since: None, stems: true };
        let sums = more.spans.len() + more.lines.len() + usize::from(more.processes > 0);
        let mut shown = 0;
        let mut next = |row: Row| {
            shown += 1;
            let Row { stem, below, .. } = Row::under(inside, shown == sums);
            visit(&Row { stem, below, ..row })
        };
        for (site, sum) in &more.spans {
            next(Row {
                name: format!("{} ×{}", self.name(*site), sum.count),
                role: Some(Role::Span),
                place: self.place(*site),
                time: Some(Elapsed(sum.total).to_string()),
                ..Row::default()
            })?;
        }
        if more.processes > 0 {
            let name = format!("[processes ×{}]", more.processes);
            next(Row { name, role: Some(Role::Process), ..Row::default() })?;
        }
        for (kind, count) in &more.lines {
            next(Row { name: (*kind).to_owned(), detail: Some(format!("×{count}")), ..Row::default() })?;
        }
        Ok(())
    }

    fn name(&self, id: SiteId) -> String {
        match self.sites.get(id) {
            Some(site) => site.name.to_string(),
            None if id == SiteId::DYNAMIC => "(a span of which only the start of another one told)".to_owned(),
            None => format!("(site {id}, of which nothing is known)"),
        }
    }

    fn place(&self, id: SiteId) -> Option<String> {
        self.sites.get(id).map(|site| format!("{}:{}", site.file, site.line))
    }
}

fn event_row(line: &Line, count: u64, parent: Parent<'_>, is_last: bool) -> Row {
    let mut detail = line.detail.to_string();
    if count > 1 {
        detail.push_str(&format!("  ×{count}"));
    }
    Row {
        name: line.kind.to_owned(),
        role: Some(Role::Kind(line.severity)),
        detail: Some(detail),
        time: parent.since.map(|since| format!("+{}", Elapsed(line.time.since(since)))),
        ..Row::under(parent, is_last)
    }
}

impl Row {
    /// A line without words.
    fn under(parent: Parent<'_>, is_last: bool) -> Self {
        let Parent { below, stems, .. } = parent;
        let (stem, rest) = match (stems, is_last) {
            (false, _) => ("", ""),
            (true, false) => ("├─ ", "│  "),
            (true, true) => ("└─ ", "   "),
        };
        Self { stem: format!("{below}{stem}"), below: format!("{below}{rest}"), ..Self::default() }
    }
}
