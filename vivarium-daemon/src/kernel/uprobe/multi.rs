//! One program at many places by one call: Linux 6.6 and newer.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use super::{Link, UprobePoint};
use crate::kernel::sys::{UprobeLinks, link_uprobes};

/// A program that can be attached to many places at once.
#[derive(Debug)]
pub struct MultiProgram(OwnedFd);

impl MultiProgram {
    /// Takes a program that was loaded for it, if the kernel is Linux 6.6 or newer: an older one loads it and attaches it
    /// nowhere.
    pub(in crate::kernel) fn new(program: OwnedFd) -> Option<Self> {
        // Not a file with code. Who knows how to attach says so; who doesn't finds the whole request invalid.
        let nowhere = UprobeLinks { path: c"/", offsets: &[0], semaphores: &[0], cookies: &[0] };
        let answer = link_uprobes(program.as_fd(), &nowhere);
        let is_known = answer.is_err_and(|error| error.raw_os_error() == Some(libc::EBADF));
        is_known.then_some(Self(program))
    }

    /// Attaches to all of these places, or to none.
    pub(super) fn attach(&self, path: &CStr, points: &[UprobePoint]) -> io::Result<Link> {
        let column = |value: fn(&UprobePoint) -> u64| points.iter().map(value).collect::<Vec<_>>();
        let links = UprobeLinks {
            path,
            offsets: &column(|point| point.at.probe.0),
            semaphores: &column(|point| point.at.semaphore.0),
            cookies: &column(|point| point.site.0),
        };
        link_uprobes(self.0.as_fd(), &links).map(Link::Multi)
    }
}
