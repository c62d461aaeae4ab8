//! A part of a session, told as if it were all of it.

mod records;

use std::collections::HashSet;
use std::io;

use vivarium_sys::{InstanceId, SiteId};

use self::records::Standing;
use super::{Context, Sink};
use crate::accounting::{KernelCounts, Missing, Verdict};
use crate::record::{Body, Pid, Record, Time};
use crate::session::step::{
    EventStep, ImageId, Place, ProcessChange, ProcessStep, RaiseStep, Released, SpanId, StartStep, Step, StopStep,
};
use crate::session::{Conclusion, SiteInfo, Summary, Switched};

/// Tells a sink of a part of a session: the records of that part, what follows from them, and a summary that counts them alone.
///
/// Losses are those of the whole session, since nothing tells in which part of it something was lost.
#[derive(Debug)]
pub struct Excerpt<S> {
    sink: S,
    /// The activation that all else is outside of, if only that is told.
    inside: Option<InstanceId>,
    /// The site whose activations are left out.
    without: Option<SiteId>,
    /// The last record.
    raw: Vec<u8>,
    standing: Standing,
    /// What the activation is called here.
    chosen: HashSet<SpanId>,
    /// Whether it was ever deeper than the kernel side follows, who then tells of what happens in it as if that were outside.
    is_too_deep: bool,
    /// It, and the spans that began in it.
    part: HashSet<SpanId>,
    /// The spans that are left out, and those that began in them.
    left_out: HashSet<SpanId>,
    /// The images and the spans that the sink knows.
    images: HashSet<ImageId>,
    open: HashSet<SpanId>,
    processes: u64,
    spans: u64,
    events: u64,
    told: KernelCounts,
}

impl<S: Sink> Excerpt<S> {
    /// Tells `sink` of everything, as long as nothing else is said.
    pub fn new(sink: S) -> Self {
        Self {
            sink,
            inside: None,
            without: None,
            raw: Vec::new(),
            standing: Standing::Told,
            chosen: HashSet::new(),
            is_too_deep: false,
            part: HashSet::new(),
            left_out: HashSet::new(),
            images: HashSet::new(),
            open: HashSet::new(),
            processes: 0,
            spans: 0,
            events: 0,
            told: KernelCounts::default(),
        }
    }

    /// Only what happens inside this activation, in whichever thread or process.
    #[must_use]
    pub fn inside(self, instance: InstanceId) -> Self {
        Self { inside: Some(instance), ..self }
    }

    /// Without what happens in activations of this site, such as the work that it takes to observe oneself.
    #[must_use]
    pub fn without(self, site: SiteId) -> Self {
        Self { without: Some(site), ..self }
    }

    fn is_part(&self, span: Option<SpanId>) -> bool {
        self.inside.is_none() || span.is_some_and(|span| self.part.contains(&span))
    }

    fn is_left_out(&self, span: Option<SpanId>) -> bool {
        span.is_some_and(|span| self.left_out.contains(&span))
    }

    /// Whether what happens directly in this span is told.
    fn tells(&self, span: Option<SpanId>) -> bool {
        self.is_part(span) && !self.is_left_out(span)
    }

    /// Tells the sink of an image that something happens in, if nothing did so yet.
    fn tell_image(&mut self, image: ImageId, pid: Pid, time: Time, context: Context<'_>) -> io::Result<()> {
        if !self.images.insert(image) {
            return Ok(());
        }
        self.processes += 1;
        let comm =
            Record::decode(&self.raw).ok().filter(|record| record.head.pid == pid).map(|record| record.head.comm);
        let step = ProcessStep { time: Some(time), image, pid, comm, change: ProcessChange::Found };
        self.sink.step(&Step::Process(step), context)
    }

    fn start(&mut self, step: &StartStep, context: Context<'_>) -> io::Result<()> {
        let parent = step.parent.span();
        let is_chosen = self.inside == Some(step.instance);
        if is_chosen {
            self.chosen.insert(step.span);
            self.is_too_deep |= self.is_last_deeper();
        }
        if self.inside.is_some() && (is_chosen || parent.is_some() && self.is_part(parent)) {
            self.part.insert(step.span);
        }
        if self.without == Some(step.site) || self.is_left_out(parent) {
            self.left_out.insert(step.span);
        }
        if !self.tells(Some(step.span)) {
            self.leave_out();
            return Ok(());
        }
        if is_chosen {
            self.make_outermost();
        }
        self.tell_record(context)?;
        self.tell_image(step.image, step.pid, step.time, context)?;
        self.spans += u64::from(self.open.insert(step.span));
        let parent = if is_chosen { Place::Outside } else { step.parent };
        self.sink.step(&Step::SpanStart(StartStep { parent, ..*step }), context)
    }

    fn stop(&mut self, step: &StopStep, context: Context<'_>) -> io::Result<()> {
        if !self.tells(Some(step.span)) {
            self.leave_out();
            return Ok(());
        }
        // What else ends it is a record of something else.
        if self.inside.is_none()
            || Record::decode(&self.raw).is_ok_and(|record| matches!(record.body, Body::SpanStop(_)))
        {
            self.tell_record(context)?;
        }
        self.tell_image(step.image, step.pid, step.time, context)?;
        self.sink.step(&Step::SpanStop(*step), context)
    }

    fn event(&mut self, step: &EventStep<'_>, context: Context<'_>) -> io::Result<()> {
        let at = step.stack.iter().position(|span| self.is_part(*span));
        let is_outside = self.inside.is_some() && at.is_none();
        if is_outside || step.stack.iter().any(|span| self.is_left_out(*span)) {
            if step.raw == self.raw {
                self.leave_out();
            }
            return Ok(());
        }
        self.tell_record_of(step, context)?;
        self.tell_image(step.image, step.head.pid, step.head.time, context)?;
        let stack = &step.stack[at.unwrap_or(0)..];
        self.sink.step(&Step::Event(EventStep { stack, ..*step }), context)
    }

    fn raise(&mut self, step: &RaiseStep<'_>, context: Context<'_>) -> io::Result<()> {
        if !self.tells(step.place.span()) {
            self.leave_out();
            return Ok(());
        }
        self.tell_record(context)?;
        self.tell_image(step.image, step.head.pid, step.head.time, context)?;
        self.sink.step(&Step::SpanRaise(*step), context)
    }

    fn process(&mut self, step: &ProcessStep<'_>, context: Context<'_>) -> io::Result<()> {
        let is_told = match step.change {
            ProcessChange::Found => step.pid == context.info.pid || self.inside.is_none(),
            ProcessChange::Forked { parent, place, .. } => self.images.contains(&parent) && self.tells(place.span()),
            ProcessChange::Executed { before, .. } => self.images.contains(&before),
            ProcessChange::Exited { .. } => self.images.contains(&step.image),
        };
        if !is_told {
            return Ok(());
        }
        let is_new = matches!(step.change, ProcessChange::Found | ProcessChange::Forked { .. });
        self.processes += u64::from(is_new);
        self.images.insert(step.image);
        self.sink.step(&Step::Process(*step), context)
    }

    /// Functions that were not seen don't keep anything from being told of the activation that it happened in: in a part they
    /// are only worth a note. Most are those of programs that were executed, perhaps somewhere else.
    fn set_functions_aside(&self, summary: &mut Summary) {
        if self.inside.is_none() {
            return;
        }
        let is_of_functions = |missing: &Missing| matches!(missing, Missing::Functions { .. });
        let (functions, missing): (Vec<_>, Vec<_>) =
            summary.verdict.missing().iter().cloned().partition(is_of_functions);
        let notes: Vec<_> = functions.iter().map(Missing::to_string).collect();
        summary.conclusion.missing.retain(|missing| !is_of_functions(missing));
        summary.conclusion.notes.extend(notes.iter().cloned());
        summary.notes.extend(notes);
        summary.verdict = Verdict::from_missing(missing);
    }

    fn released(&mut self, released: Released, context: Context<'_>) -> io::Result<()> {
        let is_known = match released {
            Released::Image(image) => self.images.remove(&image),
            Released::Span(span) => {
                // What began in the activation may go on, and tells of it.
                if !self.chosen.contains(&span) {
                    self.part.remove(&span);
                }
                self.left_out.remove(&span);
                self.open.remove(&span)
            }
        };
        if is_known { self.sink.step(&Step::Released(released), context) } else { Ok(()) }
    }
}

impl<S: Sink> Sink for Excerpt<S> {
    fn name(&self) -> &'static str {
        self.sink.name()
    }

    fn begin(&mut self, context: Context<'_>) -> io::Result<()> {
        self.sink.begin(context)
    }

    fn site(&mut self, site: &SiteInfo) -> io::Result<()> {
        // Of a part the sink is told with the first record that needs it.
        if self.inside.is_some() { Ok(()) } else { self.sink.site(site) }
    }

    fn switched(&mut self, switched: &Switched) -> io::Result<()> {
        self.tell_waiting()?;
        // What follows is told with no record.
        self.standing = Standing::Told;
        self.sink.switched(switched)
    }

    fn record(&mut self, raw: &[u8]) -> io::Result<()> {
        self.tell_waiting()?;
        self.raw.clear();
        self.raw.extend_from_slice(raw);
        self.standing = Standing::Waiting;
        Ok(())
    }

    fn step(&mut self, step: &Step<'_>, context: Context<'_>) -> io::Result<()> {
        match step {
            Step::Event(event) => self.event(event, context),
            Step::Process(process) => self.process(process, context),
            Step::SpanStart(start) => self.start(start, context),
            Step::SpanStop(stop) => self.stop(stop, context),
            Step::SpanRaise(raise) => self.raise(raise, context),
            Step::Released(released) => self.released(*released, context),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }

    fn end(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        self.tell_waiting()?;
        let mut summary = summary.clone();
        self.set_functions_aside(&mut summary);
        let mut missing = summary.verdict.missing().to_vec();
        if self.inside.is_some() && (self.chosen.is_empty() || self.is_too_deep) {
            missing.push(Missing::Unseen);
        }
        let counts = summary.conclusion.counts.as_ref().map(|_| self.told.clone());
        let conclusion = Conclusion { counts, ..summary.conclusion.clone() };
        let part = Summary {
            conclusion,
            events: self.events,
            spans: self.spans,
            processes: self.processes,
            verdict: Verdict::from_missing(missing),
            ..summary
        };
        self.sink.end(&part, context)
    }
}
