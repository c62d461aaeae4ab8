//! Programs at functions of libraries, and of programs that have such a library in themselves.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::AsRawFd;

use vivarium_sys::SiteId;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Attach, Moment, Program};

use super::{Link, NO_SEMAPHORE, UprobePoint, UprobeProgram};
use crate::elf::{ElfError, Image};
use crate::kernel::Hold;
use crate::sites::AttachPoint;

/// The programs of functions that some session wants.
#[derive(Debug, Default)]
pub struct FunctionPrograms(Vec<(&'static Program, UprobeProgram)>);

/// What is attached to the functions of a file. Dropping it detaches all of it.
#[derive(Debug, Default)]
pub(in crate::kernel) struct AttachedFunctions {
    links: Vec<Link>,
}

/// A function that could not be attached to.
#[derive(Debug, thiserror::Error)]
#[error("{} is not seen: {reason}", kinds(.program))]
pub struct FunctionRefusal {
    program: &'static Program,
    reason: Reason,
}

#[derive(Debug, thiserror::Error)]
enum Reason {
    #[error("the file {0}")]
    File(#[from] ElfError),
    #[error("where {0} returns can't be told from its code")]
    NoReturn(&'static str),
    #[error("the kernel refuses to attach to {0} ({1})")]
    Refused(&'static str, io::Error),
}

/// What a program tells of.
fn kinds(program: &Program) -> String {
    let names: Vec<_> = program.events.iter().filter_map(|kind| kind.spec()).map(|row| row.name).collect();
    names.join(", ")
}

impl AttachedFunctions {
    /// All of it, to be detached in any order.
    pub(in crate::kernel) fn into_holds(self) -> impl Iterator<Item = Hold> {
        self.links.into_iter().map(|link| -> Hold { Box::new(link) })
    }
}

impl FunctionPrograms {
    /// With one more.
    pub(in crate::kernel) fn add(&mut self, row: &'static Program, program: UprobeProgram) {
        self.0.push((row, program));
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any of them tells of this kind.
    #[must_use]
    pub fn tells(&self, kind: EventKind) -> bool {
        self.0.iter().any(|(row, _)| row.events.contains(&kind))
    }

    /// Attaches to those functions that the file has.
    pub(in crate::kernel) fn attach(&self, image: &Image) -> (AttachedFunctions, Vec<FunctionRefusal>) {
        let path = CString::new(format!("/proc/self/fd/{}", image.file().as_raw_fd())).unwrap_or_default();
        let (mut links, mut refusals) = (Vec::new(), Vec::new());
        for (row, program) in &self.0 {
            let Attach::Functions(moment, names) = row.attach else { continue };
            if let Err(reason) = attach_one(program, moment, names, image, &path, &mut links) {
                refusals.push(FunctionRefusal { program: row, reason });
            }
        }
        (AttachedFunctions { links }, refusals)
    }
}

fn attach_one(
    program: &UprobeProgram,
    moment: Moment,
    names: &[&'static str],
    image: &Image,
    path: &CStr,
    links: &mut Vec<Link>,
) -> Result<(), Reason> {
    for function in image.functions(names)? {
        let name = names[function.name];
        let places = match moment {
            Moment::Entry => image.entry(function).into_iter().collect(),
            Moment::Return => image.returns(function)?,
        };
        if places.is_empty() {
            return Err(Reason::NoReturn(name));
        }
        // Not of sites, but of functions, which the cookie tells as it tells sites.
        let cookie = function.name as u64;
        let at = |probe| AttachPoint { probe, semaphore: NO_SEMAPHORE };
        let points: Vec<_> =
            places.into_iter().map(|place| UprobePoint { at: at(place), site: SiteId(cookie) }).collect();
        let link = match program {
            UprobeProgram::Multi(program) => program.attach(path, &points),
            UprobeProgram::Event(program) => program.attach_as(path, &points, cookie),
        };
        links.push(link.map_err(|error| Reason::Refused(name, error))?);
    }
    Ok(())
}
