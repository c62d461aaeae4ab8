//! The spans of a thread: how they nest, and how they come right again after a probe that was missed.
//!
//! Spans are matched by their instance and never assumed, so that one lost probe never misnests the rest. This runs in the
//! kernel: loops are bounded, and indexes masked where the verifier can't see that they are in range.

use super::thread::{Frame, ThreadFlags, ThreadState};
use crate::InstanceId;
use crate::event::TaskKind;
use crate::probe::{Probe, StartFlags};
use crate::wire::{MAX_DEPTH, RecordFlags};

/// Any index is in range after this.
const MASK: usize = MAX_DEPTH - 1;
const _: () = assert!(MAX_DEPTH.is_power_of_two());

/// What a start did to the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Started {
    /// The span is the innermost one now.
    Pushed,
    /// So it is, after spans were closed whose stops were missed: its own last poll and those in it.
    Healed,
    /// It is deeper than the stack holds.
    TooDeep,
}

/// What a stop did to the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stopped {
    /// The innermost span is closed.
    Popped,
    /// The span is closed, and so many deeper ones with it, whose stops were missed.
    Healed(u32),
    /// The span was deeper than the stack holds.
    TooDeep,
    /// It never started: nothing happened.
    Unknown,
}

impl ThreadState {
    /// The innermost span that is known.
    #[must_use]
    #[inline(always)]
    pub fn innermost(&self) -> Frame {
        match self.depth {
            0 => Frame::NONE,
            depth => self.frames[(depth as usize - 1) & MASK],
        }
    }

    /// The innermost span outside of the one that has just started, as far as it is known.
    #[must_use]
    #[inline(always)]
    pub fn outer(&self) -> Frame {
        if self.overflow != 0 {
            self.innermost()
        } else if self.depth > 1 {
            self.frames[(self.depth as usize - 2) & MASK]
        } else {
            Frame::NONE
        }
    }

    /// How many spans the thread is in by its own doing.
    #[must_use]
    #[inline(always)]
    pub const fn own_depth(&self) -> u32 {
        self.depth.saturating_sub(self.inherited).saturating_add(self.overflow)
    }

    /// What is special about a record of this thread.
    #[must_use]
    #[inline(always)]
    pub const fn record_flags(&self) -> RecordFlags {
        let mut flags = RecordFlags(0);
        if self.overflow != 0 {
            flags = flags.with(RecordFlags::DEEPER);
        } else if self.depth != 0 && self.depth <= self.inherited {
            flags = flags.with(RecordFlags::INHERITED);
        }
        if self.flags.contains(ThreadFlags::ENTERED_BEFORE) {
            flags = flags.with(RecordFlags::ENTERED_BEFORE);
        }
        flags
    }

    /// A probe is hit; whether it is the one that was hit last, by the same activation. Where it is attached to twice, that
    /// was the same hit.
    #[inline(always)]
    pub fn hit(&mut self, probe: Probe, instance: InstanceId) -> bool {
        let again = self.last == instance && self.last_probe == probe as u32;
        (self.last, self.last_probe) = (instance, probe as u32);
        again
    }

    /// The spans that it is in and will be seen to leave, as long as it runs this program.
    #[must_use]
    pub fn leaves(&self) -> &[Frame] {
        let depth = (self.depth as usize).min(MAX_DEPTH);
        &self.frames[(self.rooted as usize).min(depth)..depth]
    }

    /// It turns out that a stop which went with those of spans too deep was of a span that had not been seen to start.
    #[inline(always)]
    pub const fn stay_deep(&mut self) {
        self.overflow = self.overflow.saturating_add(1);
    }

    /// A span starts, or is polled again.
    #[inline(always)]
    pub fn start(&mut self, frame: Frame, flags: StartFlags) -> Started {
        let mut started = Started::Pushed;
        // Only an async span can start with an instance that was seen before.
        if flags != StartFlags::NONE
            && let Some(at) = self.find(frame.instance)
        {
            self.truncate(at);
            started = Started::Healed;
        }
        if self.depth as usize >= MAX_DEPTH {
            self.overflow = self.overflow.saturating_add(1);
            return Started::TooDeep;
        }
        self.frames[self.depth as usize & MASK] = frame;
        self.depth += 1;
        started
    }

    /// The innermost span, which has just started at this time, is told of when something happens in it or when it stops.
    #[inline(always)]
    pub const fn hold_back(&mut self, started: u64) {
        self.untold = started;
    }

    /// When the innermost span started, if that is not told; it is from now on.
    #[inline(always)]
    pub const fn take_untold(&mut self) -> Option<u64> {
        let started = self.untold;
        self.untold = 0;
        if started == 0 { None } else { Some(started) }
    }

    /// Whether the innermost span is this one and its start is not told.
    #[must_use]
    #[inline(always)]
    pub fn is_untold(&self, instance: InstanceId) -> bool {
        self.untold != 0 && self.innermost().instance == instance
    }

    /// A span stops, or a poll of it does.
    #[inline(always)]
    pub fn stop(&mut self, instance: InstanceId) -> Stopped {
        if self.overflow == 0 && self.depth != 0 && self.innermost().instance == instance {
            self.truncate(self.depth - 1);
            return Stopped::Popped;
        }
        let overflow = self.overflow;
        match self.find(instance) {
            Some(at) => {
                let deeper = self.depth.wrapping_sub(at + 1).wrapping_add(overflow);
                self.truncate(at);
                Stopped::Healed(deeper)
            }
            None if overflow != 0 => {
                self.overflow = overflow - 1;
                Stopped::TooDeep
            }
            None => Stopped::Unknown,
        }
    }

    /// Where `instance` is in the stack, from its end.
    #[inline(always)]
    fn find(&self, instance: InstanceId) -> Option<u32> {
        for back in 1..=MAX_DEPTH as u32 {
            if back > self.depth {
                break;
            }
            let at = self.depth - back;
            if self.frames[at as usize & MASK].instance == instance {
                return Some(at);
            }
        }
        None
    }

    /// Keeps the outermost spans.
    #[inline(always)]
    fn truncate(&mut self, depth: u32) {
        self.depth = depth;
        self.overflow = 0;
        self.untold = 0;
        if self.inherited > depth {
            self.inherited = depth;
        }
        if self.rooted > depth {
            self.rooted = depth;
        }
    }

    /// It comes to be observed again, and nobody knows where it has been meanwhile.
    #[inline(always)]
    pub fn begin_unseen(&mut self, process: u32, flags: ThreadFlags) {
        self.truncate(0);
        self.process = process;
        self.flags = flags;
        self.users = [Self::UNKNOWN_USER; 4];
        self.groups = [Self::UNKNOWN_USER; 4];
        self.awaits = 0;
        (self.last, self.last_probe) = (InstanceId::NONE, 0);
    }

    /// Makes a copy of the creator's state that of its child. A new process goes on in the same functions, whose ends it
    /// will see; a new thread begins inside of the creator's innermost span.
    #[inline(always)]
    pub fn become_child(&mut self, process: u32, kind: TaskKind) {
        self.process = process;
        self.awaits = 0;
        // Who made it tells of it.
        self.untold = 0;
        match kind {
            TaskKind::Process => self.inherited = self.depth,
            TaskKind::Thread => self.begin_anew(),
        }
    }

    /// Another program takes over, which begins inside of the innermost span.
    #[inline(always)]
    pub fn become_program(&mut self) {
        self.flags = self.flags.without(ThreadFlags::PENDING);
        self.awaits = 0;
        self.begin_anew();
    }

    /// Keeps only the innermost span, as an inherited one.
    #[inline(always)]
    fn begin_anew(&mut self) {
        let innermost = self.innermost();
        self.overflow = 0;
        self.untold = 0;
        if innermost.instance.is_some() {
            self.frames[0] = innermost;
            self.depth = 1;
            // Whatever was entered before is outside of this span.
            self.flags = self.flags.without(ThreadFlags::ENTERED_BEFORE);
        } else {
            self.depth = 0;
        }
        self.inherited = self.depth;
        self.rooted = self.depth;
    }
}
