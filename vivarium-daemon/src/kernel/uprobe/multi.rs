//! One program at many places by one call: Linux 6.6 and newer.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use aya_obj::generated::bpf_insn;

use super::{Link, UprobePoint};
use crate::kernel::sys::{Loading, Purpose, UprobeLinks, link_uprobes, load_program};

/// `r0 = 0; exit`.
pub(super) fn nothing() -> [bpf_insn; 2] {
    [0xb7, 0x95].map(|code| bpf_insn {
        code,
        _bitfield_align_1: [],
        _bitfield_1: bpf_insn::new_bitfield_1(0, 0),
        off: 0,
        imm: 0,
    })
}

/// A program that can be attached to many places at once.
#[derive(Debug)]
pub struct MultiProgram(OwnedFd);

impl MultiProgram {
    /// Whether this kernel knows such programs, found out with one that does nothing: Linux 6.6 or newer. An older one loads it
    /// and attaches it nowhere. Programs that share an array of programs must be loaded for the same use, so none is loaded for
    /// one that it turns out not to have.
    pub(in crate::kernel) fn are_known() -> bool {
        let Ok(program) = load_program(&Loading::bare("nothing", &nothing(), Purpose::Places)) else { return false };
        // Not a file with code. Who knows how to attach says so; who doesn't finds the whole request invalid.
        let nowhere = UprobeLinks { path: c"/", offsets: &[0], semaphores: &[0], cookies: &[0] };
        let answer = link_uprobes(program.as_fd(), &nowhere);
        answer.is_err_and(|error| error.raw_os_error() == Some(libc::EBADF))
    }

    /// Takes a program that was loaded for it.
    pub(in crate::kernel) fn new(program: OwnedFd) -> Self {
        Self(program)
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
