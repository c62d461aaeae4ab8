//! One program at many places through a trace event, on kernels before 6.6.
//!
//! A perf event for each place would do as well, but closing each takes the kernel a tenth of a second. A trace event can
//! have any number of places, though only one cookie for all: the program learns the site from the probe's arguments.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use super::{Link, UprobePoint};
use crate::kernel::sys::{ShelteredFd, link_perf_event, open_uprobe_event};
use crate::kernel::tracefs::{Tracefs, UprobeEvent};

/// A program that is attached to trace events.
#[derive(Debug)]
pub struct EventProgram {
    program: OwnedFd,
    tracefs: Arc<Tracefs>,
}

/// What holds a program at the places of an event. Dropping it detaches the program and removes the event, in this order.
#[derive(Debug)]
pub(super) struct EventLink {
    _program: ShelteredFd,
    _event: UprobeEvent,
}

impl EventProgram {
    /// Takes a program that was loaded to be attached to events.
    pub(in crate::kernel) fn new(program: OwnedFd, tracefs: Arc<Tracefs>) -> Self {
        Self { program, tracefs }
    }

    /// Attaches to all of these places, or to none. They are of no site: an argument tells which.
    pub(super) fn attach(&self, path: &CStr, points: &[UprobePoint]) -> io::Result<Link> {
        self.attach_as(path, points, 0)
    }

    /// Attaches to all of these places, or to none, with one cookie for all.
    pub(super) fn attach_as(&self, path: &CStr, points: &[UprobePoint], cookie: u64) -> io::Result<Link> {
        let places = points.iter().map(|point| (point.at.probe, point.at.semaphore));
        let event = self.tracefs.define_uprobes(path, places)?;
        let descriptor = open_uprobe_event(event.number()?)?;
        let program = link_perf_event(self.program.as_fd(), descriptor.as_fd(), cookie)?;
        Ok(Link::Event(EventLink { _program: program.into(), _event: event }))
    }
}
