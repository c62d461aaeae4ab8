//! A stand-in for the kernel side: it keeps the threads' stacks of spans with the same code as the BPF programs, writes the
//! same records, and counts them. Records can be lost on purpose.

use std::collections::HashMap;

use vivarium_session::accounting::{Counter, KernelCounts};
use vivarium_session::record::Record;
use vivarium_sys::event::{EventKind, TaskKind};
use vivarium_sys::load::{Frame, SetId, Stopped, ThreadFlags, ThreadState};
use vivarium_sys::probe::{RaiseKind, StartFlags, StopFlags};
use vivarium_sys::wire::{COMM_BYTES, Header, RecordFlags, RecordType, TextLength};
use vivarium_sys::{InstanceId, SiteId};

use super::places::Site;
use super::wire::{encode, whole};

/// The process of the command.
pub(crate) const ROOT: u32 = 4242;
/// When the session begins.
pub(crate) const BEGIN: u64 = 1_000_000_000;
/// How long everything takes.
const TICK: u64 = 100_000;

/// The kernel side.
#[derive(Clone)]
pub(crate) struct Kernel {
    tasks: HashMap<u32, Task>,
    sites: HashMap<u64, SiteId>,
    pub(crate) records: Vec<Vec<u8>>,
    pub(crate) counts: KernelCounts,
    pub(crate) time: u64,
    pub(crate) ring_is_full: bool,
}

#[derive(Clone)]
struct Task {
    comm: &'static str,
    state: ThreadState,
    /// The instances around the only one that it inherited: nothing but its creator's records tells of them.
    around: Vec<u64>,
}

impl Kernel {
    /// A kernel that observes the process of the command, which has done nothing yet.
    pub(crate) fn new() -> Self {
        let mut kernel = Self {
            tasks: HashMap::new(),
            sites: HashMap::new(),
            records: Vec::new(),
            counts: KernelCounts::default(),
            time: BEGIN,
            ring_is_full: false,
        };
        kernel.appear(ROOT, ROOT, "tour");
        kernel
    }

    /// A task that was made before the observation.
    pub(crate) fn appear(&mut self, pid: u32, tid: u32, comm: &'static str) {
        let state = ThreadState::new(pid, SetId::new(0, 0), ThreadFlags::default());
        self.tasks.insert(tid, Task { comm, state, around: Vec::new() });
    }

    /// What the task was in when the observation began is not known.
    pub(crate) fn entered_before(&mut self, tid: u32) {
        self.task(tid).state.flags = ThreadFlags::ENTERED_BEFORE;
    }

    /// Does something whose records find no room.
    pub(crate) fn losing(&mut self, what: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.ring_is_full, true);
        what(self);
        self.ring_is_full = before;
    }

    /// The instances that the task is in, the outermost first, and how many of those it inherited.
    pub(crate) fn stack(&self, tid: u32) -> (Vec<u64>, usize) {
        let Task { state, around, .. } = &self.tasks[&tid];
        let frames = state.frames[..state.depth as usize].iter().map(|frame| frame.instance.0);
        (around.iter().copied().chain(frames).collect(), around.len() + state.inherited as usize)
    }

    pub(crate) fn wait(&mut self, micros: u64) {
        self.time += micros * 1_000;
    }

    pub(crate) fn enter(&mut self, tid: u32, site: Site, instance: u64) {
        self.start(tid, site, instance, StartFlags::NONE);
    }

    pub(crate) fn poll(&mut self, tid: u32, site: Site, instance: u64) {
        self.start(tid, site, instance, StartFlags::POLL);
    }

    /// The future is dropped.
    pub(crate) fn cancel(&mut self, tid: u32, site: Site, instance: u64) {
        self.start(tid, site, instance, StartFlags::DROP);
    }

    pub(crate) fn leave(&mut self, tid: u32, instance: u64) {
        self.stop(tid, instance, StopFlags::LAST);
    }

    /// The poll ends, and the future isn't ready.
    pub(crate) fn suspend(&mut self, tid: u32, instance: u64) {
        self.stop(tid, instance, StopFlags::POLL);
    }

    pub(crate) fn ready(&mut self, tid: u32, instance: u64) {
        self.stop(tid, instance, StopFlags::POLL.with(StopFlags::LAST));
    }

    pub(crate) fn leave_by_panic(&mut self, tid: u32, instance: u64) {
        self.stop(tid, instance, StopFlags::LAST.with(StopFlags::PANIC));
    }

    pub(crate) fn panics(&mut self, tid: u32, message: &str) {
        let numbers = [RaiseKind::Panic as u64, 99];
        let header = self.header(tid, RecordType::SpanRaise, EventKind::NONE);
        self.send(&header, &numbers, &[whole(message.as_bytes()), whole(b"examples/tour.rs")]);
    }

    pub(crate) fn opens(&mut self, tid: u32, path: &str) {
        self.event(tid, EventKind::PATH_OPEN, &[0, 0], &[path.as_bytes()]);
    }

    pub(crate) fn event(&mut self, tid: u32, kind: EventKind, numbers: &[u64], texts: &[&[u8]]) {
        let texts: Vec<_> = texts.iter().map(|text| whole(text)).collect();
        self.raw_event(tid, kind, None, numbers, &texts);
    }

    /// A hook tells of an open before it is done.
    pub(crate) fn asks_to_open(&mut self, tid: u32, path: &str) {
        let header = self.header(tid, RecordType::Event, EventKind::PATH_OPEN);
        let flags = header.flags.with(RecordFlags::RESULT_FOLLOWS);
        self.send(&Header { flags, ..header }, &[0, 0], &[whole(path.as_bytes())]);
    }

    /// The system call returns in which the last of those were asked for.
    pub(crate) fn returns(&mut self, tid: u32, result: Option<i32>) {
        let mut header = self.header(tid, RecordType::Result, EventKind::NONE);
        if let Some(result) = result {
            header.result = result;
            header.flags = header.flags.with(RecordFlags::HAS_RESULT);
        }
        self.send(&header, &[], &[]);
    }

    /// An event with all that a record can say.
    pub(crate) fn raw_event(
        &mut self,
        tid: u32,
        kind: EventKind,
        result: Option<i32>,
        numbers: &[u64],
        texts: &[(&[u8], TextLength)],
    ) {
        let mut header = self.header(tid, RecordType::Event, kind);
        if let Some(result) = result {
            header.result = result;
            header.flags = header.flags.with(RecordFlags::HAS_RESULT);
        }
        self.send(&header, numbers, texts);
    }

    pub(crate) fn forks(&mut self, tid: u32, child: u32) {
        self.event(tid, EventKind::PROC_FORK, &[child.into(), child.into(), TaskKind::Process as u64], &[]);
        let mut task = self.task(tid).clone();
        task.state.become_child(child, TaskKind::Process);
        self.tasks.insert(child, task);
    }

    pub(crate) fn spawns(&mut self, tid: u32, thread: u32) {
        let pid = self.task(tid).state.process;
        self.event(tid, EventKind::PROC_FORK, &[pid.into(), thread.into(), TaskKind::Thread as u64], &[]);
        let around = self.around_innermost(tid);
        let mut task = self.task(tid).clone();
        task.state.become_child(pid, TaskKind::Thread);
        self.tasks.insert(thread, Task { around, ..task });
    }

    /// Whichever thread executes a program becomes the leader of its process, and the record has the leader's number.
    pub(crate) fn executes(&mut self, tid: u32, path: &'static str, arguments: &[&str]) {
        let task = self.tasks.remove(&tid).expect("a task of the test");
        let tid = task.state.process;
        self.tasks.insert(tid, task);
        self.task(tid).comm = path.rsplit('/').next().unwrap_or(path);
        let list: Vec<u8> = arguments.iter().flat_map(|text| text.bytes().chain([0])).collect();
        self.event(tid, EventKind::PROC_EXEC, &[arguments.len() as u64], &[path.as_bytes(), &list]);
        let around = self.around_innermost(tid);
        let task = self.task(tid);
        task.around = around;
        task.state.become_program();
        let pid = task.state.process;
        self.tasks.retain(|other, task| *other == tid || task.state.process != pid);
    }

    pub(crate) fn exits(&mut self, tid: u32, status: u64) {
        self.event(tid, EventKind::PROC_EXIT, &[status], &[]);
        let pid = self.task(tid).state.process;
        self.tasks.retain(|_, task| task.state.process != pid);
    }

    fn around_innermost(&self, tid: u32) -> Vec<u64> {
        let (mut stack, _) = self.stack(tid);
        stack.pop();
        stack
    }

    fn task(&mut self, tid: u32) -> &mut Task {
        self.tasks.get_mut(&tid).expect("a task of the test")
    }

    fn start(&mut self, tid: u32, site: Site, instance: u64, flags: StartFlags) {
        let span = Frame { site: site.id(), instance: InstanceId(instance) };
        let task = self.task(tid);
        task.state.start(span, flags);
        if task.state.inherited == 0 {
            task.around.clear();
        }
        let outer = self.task(tid).state.outer().instance;
        let header = self.span_header(tid, RecordType::SpanStart, span);
        self.send(&header, &[flags.0.into(), outer.0], &[]);
    }

    fn stop(&mut self, tid: u32, instance: u64, flags: StopFlags) {
        let site = self.sites.get(&instance).copied().unwrap_or(SiteId::DYNAMIC);
        let header = self.span_header(tid, RecordType::SpanStop, Frame { site, instance: InstanceId(instance) });
        let closed = match self.task(tid).state.stop(InstanceId(instance)) {
            Stopped::Popped | Stopped::TooDeep => 0,
            Stopped::Healed(deeper) => deeper,
            Stopped::Unknown => return,
        };
        self.send(&header, &[flags.0.into(), closed.into()], &[]);
    }

    /// The head of a record that is about a span.
    fn span_header(&mut self, tid: u32, record: RecordType, span: Frame) -> Header {
        self.sites.insert(span.instance.0, span.site);
        let mut header = self.header(tid, record, EventKind::NONE);
        header.flags.0 &= !RecordFlags::INHERITED.0;
        Header { site: span.site, instance: span.instance, ..header }
    }

    fn header(&mut self, tid: u32, record: RecordType, kind: EventKind) -> Header {
        self.time += TICK;
        let time = self.time;
        let task = self.task(tid);
        let innermost = task.state.innermost();
        let mut comm = [0; COMM_BYTES];
        comm[..task.comm.len()].copy_from_slice(task.comm.as_bytes());
        Header {
            record: record as u8,
            flags: task.state.record_flags(),
            kind,
            depth: u16::try_from(task.state.own_depth()).expect("a shallow stack"),
            numbers: 0,
            texts: 0,
            time,
            sessions: 1,
            pid: task.state.process,
            tid,
            uid: 1000,
            gid: 1000,
            instance: innermost.instance,
            site: innermost.site,
            result: 0,
            cpu: 0,
            comm,
        }
    }

    fn send(&mut self, header: &Header, numbers: &[u64], texts: &[(&[u8], TextLength)]) {
        let bytes = encode(header, numbers, texts);
        let counter = Counter::of(&Record::decode(&bytes).expect("a record that can be read"));
        let mut counts = self.counts.get(counter);
        counts.seen += 1;
        if self.ring_is_full {
            counts.dropped += 1;
        } else {
            counts.submitted += 1;
            self.records.push(bytes);
        }
        self.counts.set(counter, counts);
    }
}
