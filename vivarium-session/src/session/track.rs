//! Following the processes, threads and spans of a session from its records.
//!
//! What a record's head says of its span is the kernel's word, and wins over everything that was concluded before. A record
//! that was lost leaves a hole that is told as such: a span whose start was missed is inside an unknown one.

mod leader;
mod lifetime;
mod locate;
mod process;
mod spans;
mod thread;

use foldhash::{HashSet, HashSetExt};
use vivarium_sys::SiteId;
use vivarium_sys::event::{EventKind, TaskKind};
use vivarium_sys::probe::{StartFlags, StopFlags};
use vivarium_sys::wire::RecordFlags;

use self::process::Processes;
use self::spans::{Handle, Span, Spans, State};
use self::thread::{Inherited, Thread, Threads};
use super::step::{
    EventStep, ImageId, Place, ProcessChange, ProcessStep, RaiseStep, SpanId, Start, StartStep, Step, Stop, StopStep,
};
use crate::record::value::ExitStatus;
use crate::record::{Body, Event, Head, Pid, Record, SpanStart, SpanStop, Tid, Time};

/// Takes the steps, one by one.
pub(super) type Emit<'e> = &'e mut dyn FnMut(Step<'_>);

/// What is known of the session at this moment.
#[derive(Debug)]
pub(super) struct Tracker {
    /// The process that the session is about, until something is heard of it.
    unheard: Option<Pid>,
    processes: Processes,
    threads: Threads,
    spans: Spans,
    /// The sites whose spans are not heard of any more.
    off: HashSet<SiteId>,
    /// Room for the stack of one event.
    stack: Vec<Option<SpanId>>,
}

impl Tracker {
    pub(super) fn new(pid: Pid) -> Self {
        Self {
            unheard: Some(pid),
            processes: Processes::new(),
            threads: Threads::new(),
            spans: Spans::new(),
            off: HashSet::new(),
            stack: Vec::new(),
        }
    }

    /// Takes the next record.
    pub(super) fn follow(&mut self, raw: &[u8], record: &Record<'_>, emit: Emit<'_>) {
        let head = &record.head;
        let image = self.image_of(head, emit);
        self.ensure_thread(head, image, emit);
        match &record.body {
            Body::Event(event) => self.event(raw, head, image, event, emit),
            Body::SpanStart(start) => self.start(head, image, start, emit),
            Body::SpanStop(stop) => self.stop(head, image, *stop, emit),
            Body::SpanRaise(raise) => {
                let place = self.locate(head, image, emit);
                self.collect_stack(head, place);
                emit(Step::SpanRaise(RaiseStep { head, image, place, stack: &self.stack, raise }));
            }
            // Those that it belongs to have it by now.
            Body::Result => {}
        }
    }

    /// From now on nothing is heard of these sites, or it is again. Spans that wait are over then, since nobody will tell of
    /// their next polls; those that are being executed go on to their stops.
    pub(super) fn switch(&mut self, on: bool, sites: &[SiteId], time: Time, emit: Emit<'_>) {
        if on {
            sites.iter().for_each(|site| _ = self.off.remove(site));
            return;
        }
        self.off.extend(sites);
        for handle in self.spans.waiting_at(&self.off) {
            self.end_span(handle, None, time, Stop::SwitchedOff, emit);
        }
    }

    /// A process whose beginning no record tells; this one is the first that tells of it, if any does.
    fn found(&mut self, pid: Pid, head: Option<&Head>, emit: Emit<'_>) -> ImageId {
        let (image, older) = self.run(pid);
        debug_assert!(older.is_none(), "a process is found once");
        let (time, comm) = (head.map(|head| head.time), head.map(|head| head.comm));
        emit(Step::Process(ProcessStep { time, image, pid, comm, change: ProcessChange::Found }));
        image
    }

    /// A process that comes runs something; gives what its number stood for before.
    fn run(&mut self, pid: Pid) -> (ImageId, Option<ImageId>) {
        self.unheard.take_if(|unheard| *unheard == pid);
        self.processes.run(pid)
    }

    fn event(&mut self, raw: &[u8], head: &Head, image: ImageId, event: &Event<'_>, emit: Emit<'_>) {
        let executes = event.spec.kind == EventKind::PROC_EXEC && !head.has_failed();
        if executes {
            self.become_leader(head, image, emit);
        }
        let place = self.locate(head, image, emit);
        self.collect_stack(head, place);
        emit(Step::Event(EventStep { head, event, raw, image, place, stack: &self.stack, repeats: None }));
        match event.spec.kind {
            EventKind::PROC_FORK => self.fork(head, image, place, event, emit),
            // One that fails changes nothing.
            EventKind::PROC_EXEC if executes => self.execute(head, image, place, event, emit),
            EventKind::PROC_EXIT => self.exit(head, image, event, emit),
            _ => {}
        }
    }

    fn start(&mut self, head: &Head, image: ImageId, start: &SpanStart<'_>, emit: Emit<'_>) {
        let under = self.under(head, image, start.under, emit);
        let polled = start.flags.contains(StartFlags::POLL);
        let dropped = start.flags.contains(StartFlags::DROP);
        let known = self.spans.find(image, head.instance);
        let is_off = self.off.contains(&head.site);
        let handle = match known {
            Some(handle) if (polled || dropped) && !is_off => handle,
            known => {
                // The same activation cannot be entered twice: whatever it was, it is over.
                if let Some(stale) = known {
                    let how = if is_off { Stop::SwitchedOff } else { Stop::Missed };
                    self.end_span(stale, Some(head.tid), head.time, how, emit);
                }
                self.open(head, image, Some(head.time), emit)
            }
        };
        let parent = self.place_under(head, under);
        let Some(span) = self.spans.get_mut(handle) else { return };
        span.state = State::Running(head.tid);
        span.under = under;
        span.site = head.site;
        span.polls += u32::from(polled);
        let how = if dropped {
            Start::Dropping
        } else if polled {
            Start::Polled { count: span.polls }
        } else {
            Start::Entered
        };
        let step = start_step(head, span, parent, how);
        self.push(head.tid, handle);
        emit(Step::SpanStart(step));
        // One of several threads that ended at once can be told of after the process was.
        if let Some(ended) = self.processes.ended(head.pid) {
            self.end_span(handle, Some(head.tid), ended, Stop::Exited, emit);
        }
    }

    fn stop(&mut self, head: &Head, image: ImageId, stop: SpanStop, emit: Emit<'_>) {
        let Some(handle) = self.stopping(head, image, emit) else { return };
        self.heal(head.tid, Some(handle), head.time, emit);
        if let Some(thread) = self.threads.get_mut(head.tid) {
            thread.running.pop_if(|top| *top == handle);
        }
        let poll_ends = stop.flags.contains(StopFlags::POLL) && !stop.flags.contains(StopFlags::LAST);
        let how = match (stop.flags.contains(StopFlags::PANIC), poll_ends) {
            (true, _) => Stop::Panicked,
            (false, true) => Stop::Suspended,
            (false, false) => Stop::Returned,
        };
        if how == Stop::Suspended && self.off.contains(&head.site) {
            self.end_span(handle, Some(head.tid), head.time, Stop::SwitchedOff, emit);
        } else if how == Stop::Suspended {
            self.suspend(handle, head.tid, head.time, how, emit);
        } else {
            self.end_span(handle, Some(head.tid), head.time, how, emit);
        }
    }

    /// The span that a stop record means, unless it is the copy of one that a forked process leaves.
    fn stopping(&mut self, head: &Head, image: ImageId, emit: Emit<'_>) -> Option<Handle> {
        if let Some(handle) = self.spans.find(image, head.instance) {
            return Some(handle);
        }
        let thread = self.threads.get_mut(head.tid)?;
        if let Some((_, span)) = thread.inherited.find(head.instance) {
            emit(Step::SpanStop(StopStep {
                span,
                site: head.site,
                image,
                pid: head.pid,
                tid: Some(head.tid),
                time: head.time,
                started: None,
                polls: 0,
                how: Stop::LeftByCopy,
            }));
            return None;
        }
        head.instance.is_some().then(|| self.missed(head, image, emit))
    }

    fn fork(&mut self, head: &Head, image: ImageId, place: Place, event: &Event<'_>, emit: Emit<'_>) {
        const PROCESS: u64 = TaskKind::Process as u64;
        let [Some(child), Some(thread), Some(kind)] = [0, 1, 2].map(|index| event.number(index)) else { return };
        let (Ok(child), Ok(thread)) = (u32::try_from(child), u32::try_from(thread)) else { return };
        let inherited = self.inheritance(head, image, place);
        let child_image = match kind {
            PROCESS => self.begin_process(head, image, place, Pid(child), emit),
            _ => image,
        };
        self.add_thread(
            Tid(thread),
            Thread { image: child_image, inherited, running: Vec::new(), seen: head.time },
            emit,
        );
    }

    fn begin_process(&mut self, head: &Head, parent: ImageId, place: Place, pid: Pid, emit: Emit<'_>) -> ImageId {
        let (image, older) = self.run(pid);
        if let Some(older) = older {
            self.end_image(older, head.time, Stop::Exited, emit);
        }
        let change = ProcessChange::Forked { parent, parent_pid: head.pid, place };
        emit(Step::Process(ProcessStep { time: Some(head.time), image, pid, comm: Some(head.comm), change }));
        // Not before: a damaged record can tell of a process that makes itself.
        if let Some(older) = older {
            self.release_image(older, emit);
        }
        image
    }

    fn execute(&mut self, head: &Head, before: ImageId, place: Place, event: &Event<'_>, emit: Emit<'_>) {
        let inherited = self.inheritance(head, before, place);
        self.end_image(before, head.time, Stop::Executed, emit);
        let (image, _) = self.processes.run(head.pid);
        self.add_thread(head.tid, Thread { image, inherited, running: Vec::new(), seen: head.time }, emit);
        let change = ProcessChange::Executed { before, place, event };
        let (time, pid, comm) = (Some(head.time), head.pid, Some(head.comm));
        emit(Step::Process(ProcessStep { time, image, pid, comm, change }));
        self.release_image(before, emit);
    }

    fn exit(&mut self, head: &Head, image: ImageId, event: &Event<'_>, emit: Emit<'_>) {
        self.end_image(image, head.time, Stop::Exited, emit);
        let change = ProcessChange::Exited { status: event.number(0).map(ExitStatus) };
        let (time, pid, comm) = (Some(head.time), head.pid, Some(head.comm));
        emit(Step::Process(ProcessStep { time, image, pid, comm, change }));
        if let Some(old) = self.processes.end(head.pid, head.time) {
            self.end_image(old, head.time, Stop::Exited, emit);
            self.release_image(old, emit);
        }
    }
}

/// What is told when a span is heard of.
fn start_step(head: &Head, span: &Span, parent: Place, how: Start) -> StartStep {
    StartStep {
        span: span.id,
        instance: span.instance,
        site: span.site,
        image: span.image,
        pid: span.pid,
        tid: head.tid,
        comm: head.comm,
        time: head.time,
        parent,
        how,
    }
}
