//! A program that does anything in any order, of which any record can be lost; and where each of its events truly was.

use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::kernel::{Kernel, ROOT};
use super::places::Site;

/// One thing that a program does.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    /// Which of its threads does it.
    thread: prop::sample::Index,
    what: What,
    lost: bool,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Enter(usize),
    /// Leaves the innermost span, or one further out: the stops of the others are never seen by anyone.
    Leave(usize),
    Suspend,
    Resume(prop::sample::Index),
    Spawn,
    Fork,
    Execute,
    Open,
}

/// Any program; records are lost if `lossy`.
pub(crate) fn acts(lossy: bool) -> impl Strategy<Value = Vec<Act>> {
    let what = prop_oneof![
        6 => (0..3_usize).prop_map(What::Enter),
        4 => (0..2_usize).prop_map(What::Leave),
        2 => Just(What::Suspend),
        3 => any::<prop::sample::Index>().prop_map(What::Resume),
        1 => Just(What::Spawn),
        1 => Just(What::Fork),
        1 => Just(What::Execute),
        6 => Just(What::Open),
    ];
    let lost = if lossy { proptest::bool::weighted(0.15).boxed() } else { Just(false).boxed() };
    let act = (any::<prop::sample::Index>(), what, lost);
    vec(act.prop_map(|(thread, what, lost)| Act { thread, what, lost }), 1..120)
}

/// What the kernel saw of a program, and the instances that each of its opens was in.
pub(crate) struct Performance {
    pub(crate) kernel: Kernel,
    pub(crate) truth: HashMap<String, Vec<u64>>,
    threads: Vec<Thread>,
    next: u64,
    /// Whether nothing is lost yet. Where something is, an exec in a poll looks the same as an exec elsewhere in a poll whose
    /// start was lost, and can be told to be there.
    is_whole: bool,
}

struct Thread {
    pid: u32,
    tid: u32,
    /// The async instances of its process that wait.
    asynchronous: Vec<u64>,
}

impl Performance {
    pub(crate) fn of(acts: &[Act]) -> Self {
        Self::by(Kernel::new(), acts)
    }

    /// A program that enters a span before it does these.
    pub(crate) fn within(site: Site, instance: u64, acts: &[Act]) -> Self {
        let mut kernel = Kernel::new();
        kernel.enter(ROOT, site, instance);
        Self::by(kernel, acts)
    }

    fn by(kernel: Kernel, acts: &[Act]) -> Self {
        let threads = vec![Thread { pid: ROOT, tid: ROOT, asynchronous: Vec::new() }];
        let mut this = Self { kernel, truth: HashMap::new(), threads, next: 1, is_whole: true };
        for act in acts {
            this.kernel.ring_is_full = act.lost;
            this.is_whole &= !act.lost;
            let thread = act.thread.index(this.threads.len());
            this.perform(thread, act.what);
        }
        this
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn perform(&mut self, thread: usize, what: What) {
        let Thread { pid, tid, .. } = self.threads[thread];
        let (stack, inherited) = self.kernel.stack(tid);
        let own = &stack[inherited..];
        match what {
            What::Enter(site) if stack.len() < 40 => {
                let instance = self.number();
                self.kernel.enter(tid, Site::ALL[site], instance);
            }
            What::Leave(skipped) => {
                // Async spans are left by `Suspend`; a real program doesn't tear them down from outside.
                let left = own.iter().rev().nth(skipped).copied();
                let torn = own.iter().rev().take(skipped + 1).any(|instance| self.is_async(*instance));
                if let Some(instance) = left.filter(|_| !torn) {
                    self.kernel.leave(tid, instance);
                }
            }
            What::Suspend => {
                if let Some(instance) = own.last().copied().filter(|instance| self.is_async(*instance)) {
                    self.kernel.suspend(tid, instance);
                    self.threads[thread].asynchronous.push(instance);
                }
            }
            What::Resume(which) => self.resume(pid, tid, which),
            What::Spawn if self.threads.len() < 8 => {
                let thread = u32::try_from(self.number()).expect("a small number") + 10_000;
                self.kernel.spawns(tid, thread);
                self.threads.push(Thread { pid, tid: thread, asynchronous: Vec::new() });
            }
            What::Fork if self.threads.len() < 8 => {
                let child = u32::try_from(self.number()).expect("a small number") + 10_000;
                self.kernel.forks(tid, child);
                self.threads.push(Thread { pid: child, tid: child, asynchronous: Vec::new() });
            }
            What::Execute if pid == tid || self.is_whole || !own.iter().any(|instance| self.is_async(*instance)) => {
                self.kernel.executes(tid, "/bin/other", &["other"]);
                self.threads.retain(|other| other.pid != pid);
                self.threads.push(Thread { pid, tid: pid, asynchronous: Vec::new() });
            }
            What::Open => {
                let path = format!("/{}", self.number());
                self.kernel.opens(tid, &path);
                self.truth.insert(path, stack);
            }
            _ => {}
        }
    }

    /// Polls a waiting future, made by whichever thread of the process, or a new one.
    fn resume(&mut self, pid: u32, tid: u32, which: prop::sample::Index) {
        let waiting: Vec<_> = self
            .threads
            .iter()
            .filter(|other| other.pid == pid)
            .flat_map(|other| &other.asynchronous)
            .copied()
            .collect();
        let choice = which.index(waiting.len() + 1);
        let instance = match waiting.get(choice) {
            Some(instance) => *instance,
            None => self.number() | ASYNC,
        };
        self.threads.iter_mut().for_each(|other| other.asynchronous.retain(|known| *known != instance));
        self.kernel.poll(tid, Site::FETCH, instance);
    }

    fn is_async(&self, instance: u64) -> bool {
        instance & ASYNC != 0
    }
}

/// Marks the instances of async spans.
pub(crate) const ASYNC: u64 = 1 << 32;
