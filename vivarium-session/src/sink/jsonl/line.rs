//! The lines. The order of the fields here is their order in the output.

use serde::{Serialize, Serializer};
use vivarium_sys::SiteId;
use vivarium_sys::probe::RaiseKind;

use crate::accounting::{KernelCounts, Missing};
use crate::record::value::{Arguments, ExitStatus, OneOf, errno};
use crate::record::{Comm, Event, Gid, Head, Pid, Text, Tid, Time, Uid};
use crate::session::step::{
    EventStep, Place, ProcessChange, ProcessStep, RaiseStep, SpanId, Start, StartStep, Stop, StopStep, Way,
};
use crate::session::{SessionInfo, SiteTable, Summary};
use crate::text::Bytes;

/// The version of the format: it changes when a reader of the last one would misunderstand this one.
const FORMAT: u32 = 1;

/// Any line.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Line<'a> {
    Session(SessionLine<'a>),
    Process(ProcessLine<'a>),
    SpanStart(SpanStartLine<'a>),
    SpanStop(SpanStopLine<'a>),
    SpanRaise(SpanRaiseLine<'a>),
    Event(EventLine<'a>),
    Summary(SummaryLine<'a>),
}

#[derive(Serialize)]
pub(super) struct SessionLine<'a> {
    format: u32,
    #[serde(flatten)]
    info: &'a SessionInfo,
}

impl<'a> SessionLine<'a> {
    pub(super) fn new(info: &'a SessionInfo) -> Self {
        Self { format: FORMAT, info }
    }
}

/// The site of a span, as far as it is known.
#[derive(Serialize)]
struct SiteRef<'a> {
    #[serde(serialize_with = "hexadecimal")]
    id: SiteId,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<Bytes<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Bytes<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Bytes<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

impl<'a> SiteRef<'a> {
    /// None for the id that stands for a site that isn't known yet.
    fn new(id: SiteId, sites: &'a SiteTable) -> Option<Self> {
        let site = sites.get(id);
        let bytes = |text: &'a crate::text::Text| Bytes(text.as_bytes());
        (id != SiteId::DYNAMIC).then(|| Self {
            id,
            module: site.map(|site| bytes(&site.module)),
            name: site.map(|site| bytes(&site.name)),
            file: site.map(|site| bytes(&site.file)),
            line: site.map(|site| site.line),
        })
    }

    fn of(place: Place, sites: &'a SiteTable) -> Option<Self> {
        match place {
            Place::Inside(inside) => Self::new(inside.site, sites),
            Place::Outside | Place::Unknown => None,
        }
    }
}

fn hexadecimal<S: Serializer, T: std::fmt::Display>(number: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

/// How something is attributed to the span that is named beside it.
#[derive(Serialize)]
#[serde(untagged)]
enum Attribution {
    Inside(Way),
    No(NoSpan),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum NoSpan {
    Outside,
    Unknown,
}

impl From<Place> for Attribution {
    fn from(place: Place) -> Self {
        match place {
            Place::Inside(inside) => Self::Inside(inside.way),
            Place::Outside => Self::No(NoSpan::Outside),
            Place::Unknown => Self::No(NoSpan::Unknown),
        }
    }
}

/// Who did something, and when.
#[derive(Serialize)]
struct Who<'a> {
    time: Time,
    pid: Pid,
    tid: Tid,
    uid: Uid,
    gid: Gid,
    comm: Bytes<'a>,
}

impl<'a> Who<'a> {
    fn new(head: &'a Head) -> Self {
        let comm = Bytes(head.comm.as_bytes());
        Self { time: head.time, pid: head.pid, tid: head.tid, uid: head.uid, gid: head.gid, comm }
    }
}

#[derive(Serialize)]
pub(super) struct EventLine<'a> {
    kind: &'static str,
    category: &'static str,
    severity: &'static str,
    #[serde(flatten)]
    who: Who<'a>,
    span: Option<SpanId>,
    site: Option<SiteRef<'a>>,
    attribution: Attribution,
    stack: &'a [Option<SpanId>],
    fields: Fields<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
}

impl<'a> EventLine<'a> {
    pub(super) fn new(step: &EventStep<'a>, sites: &'a SiteTable) -> Self {
        let row = step.event.spec;
        Self {
            kind: row.name,
            category: row.category.name(),
            severity: row.severity.name(),
            who: Who::new(step.head),
            span: step.place.span(),
            site: SiteRef::of(step.place, sites),
            attribution: step.place.into(),
            stack: step.stack,
            fields: Fields(step.event),
            result: step.head.result.map(|value| ResultValue { value, error: errno(value) }),
            count: step.repeats,
        }
    }
}

#[derive(Serialize)]
struct ResultValue {
    value: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<OneOf>,
}

/// The fields of an event, as the table names them.
struct Fields<'a>(&'a Event<'a>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.fields().map(|field| (field.spec.name, field.value)))
    }
}

#[derive(Serialize)]
pub(super) struct ProcessLine<'a> {
    change: &'static str,
    time: Option<Time>,
    pid: Pid,
    comm: Option<CommBytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Pid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    span: Option<SpanId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<Arguments<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<ExitStatus>,
}

struct CommBytes(Comm);

impl Serialize for CommBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Bytes(self.0.as_bytes()).serialize(serializer)
    }
}

impl<'a> ProcessLine<'a> {
    pub(super) fn new(step: &ProcessStep<'a>) -> Self {
        let mut line = Self {
            change: "found",
            time: step.time,
            pid: step.pid,
            comm: step.comm.map(CommBytes),
            parent: None,
            span: None,
            path: None,
            arguments: None,
            status: None,
        };
        match step.change {
            ProcessChange::Found => {}
            ProcessChange::Forked { parent_pid, place, .. } => {
                (line.change, line.parent, line.span) = ("forked", Some(parent_pid), place.span());
            }
            ProcessChange::Executed { place, event, .. } => {
                (line.change, line.span) = ("executed", place.span());
                (line.path, line.arguments) = (event.text(0), event.text(1).map(Arguments));
            }
            ProcessChange::Exited { status } => (line.change, line.status) = ("exited", status),
        }
        line
    }
}

#[derive(Serialize)]
pub(super) struct SpanStartLine<'a> {
    span: SpanId,
    #[serde(serialize_with = "hexadecimal")]
    instance: vivarium_sys::InstanceId,
    site: Option<SiteRef<'a>>,
    time: Time,
    pid: Pid,
    tid: Tid,
    parent: Option<SpanId>,
    attribution: Attribution,
    how: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    poll: Option<u32>,
}

impl<'a> SpanStartLine<'a> {
    pub(super) fn new(step: &StartStep, sites: &'a SiteTable) -> Self {
        let (how, poll) = match step.how {
            Start::Entered => ("entered", None),
            Start::Polled { count } => ("polled", Some(count)),
            Start::Dropping => ("dropping", None),
            Start::Missed => ("missed", None),
        };
        Self {
            span: step.span,
            instance: step.instance,
            site: SiteRef::new(step.site, sites),
            time: step.time,
            pid: step.pid,
            tid: step.tid,
            parent: step.parent.span(),
            attribution: step.parent.into(),
            how,
            poll,
        }
    }
}

#[derive(Serialize)]
pub(super) struct SpanStopLine<'a> {
    span: SpanId,
    site: Option<SiteRef<'a>>,
    time: Time,
    pid: Pid,
    tid: Option<Tid>,
    how: Stop,
    last: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    polls: Option<u32>,
}

impl<'a> SpanStopLine<'a> {
    pub(super) fn new(step: &StopStep, sites: &'a SiteTable) -> Self {
        Self {
            span: step.span,
            site: SiteRef::new(step.site, sites),
            time: step.time,
            pid: step.pid,
            tid: step.tid,
            how: step.how,
            last: step.how.is_last(),
            elapsed: step.started.map(|started| step.time.0.saturating_sub(started.0)),
            polls: (step.polls > 0).then_some(step.polls),
        }
    }
}

#[derive(Serialize)]
pub(super) struct SpanRaiseLine<'a> {
    kind: &'static str,
    #[serde(flatten)]
    who: Who<'a>,
    span: Option<SpanId>,
    site: Option<SiteRef<'a>>,
    attribution: Attribution,
    message: Option<Text<'a>>,
    file: Option<Text<'a>>,
    line: Option<u32>,
}

impl<'a> SpanRaiseLine<'a> {
    pub(super) fn new(step: &RaiseStep<'a>, sites: &'a SiteTable) -> Self {
        let raise = step.raise;
        Self {
            kind: match raise.kind {
                RaiseKind::Panic => "panic",
                RaiseKind::Error => "error",
            },
            who: Who::new(step.head),
            span: step.place.span(),
            site: SiteRef::of(step.place, sites),
            attribution: step.place.into(),
            message: raise.message,
            file: raise.file,
            line: (raise.line != 0).then_some(raise.line),
        }
    }
}

#[derive(Serialize)]
pub(super) struct SummaryLine<'a> {
    verdict: &'static str,
    time: Time,
    duration: u64,
    events: u64,
    #[serde(skip_serializing_if = "is_zero")]
    hidden: u64,
    lost: u64,
    spans: u64,
    processes: u64,
    missing: Vec<MissingLine<'a>>,
    notes: &'a [String],
    counts: Option<&'a KernelCounts>,
}

impl<'a> SummaryLine<'a> {
    pub(super) fn new(summary: &'a Summary) -> Self {
        Self {
            verdict: if summary.verdict.is_complete() { "complete" } else { "incomplete" },
            time: summary.conclusion.time,
            duration: u64::try_from(summary.duration.as_nanos()).unwrap_or(u64::MAX),
            events: summary.events,
            hidden: summary.hidden,
            lost: summary.verdict.lost_events(),
            spans: summary.spans,
            processes: summary.processes,
            missing: summary.verdict.missing().iter().map(MissingLine::new).collect(),
            notes: &summary.notes,
            counts: summary.conclusion.counts.as_ref(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Something that is missing, for programs and in a sentence.
#[derive(Serialize)]
struct MissingLine<'a> {
    #[serde(flatten)]
    missing: &'a Missing,
    text: String,
}

impl<'a> MissingLine<'a> {
    fn new(missing: &'a Missing) -> Self {
        Self { missing, text: missing.to_string() }
    }
}
