//! Uprobes at the probes of sites: in a file, and so in every process that has it mapped, now or later.

mod event;
mod functions;
mod multi;

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use vivarium_sys::SiteId;
use vivarium_sys::probe::Probe;

use crate::elf::FileOffset;
use crate::kernel::Hold;
use crate::kernel::sys::ShelteredFd;
use crate::sites::{AttachPoint, Catalog};
use event::EventLink;

pub use event::EventProgram;
pub(in crate::kernel) use functions::AttachedFunctions;
pub use functions::{FunctionPrograms, FunctionRefusal};
pub use multi::MultiProgram;

/// How many places are attached to by one call; a refusal costs that many.
const BATCH: usize = 4096;
/// Of a file with more sites, only the starts count in semaphores.
///
/// When a program is executed, the kernel compares each probe that counts with all others that do: 30,000 probes took it 3.4
/// seconds, 10,000 a ninth of that. With fewer sites all probes count, as other tools expect that attach to one of them.
const CROWD: usize = 2048;

/// What is attached to a place without one.
const NO_SEMAPHORE: FileOffset = FileOffset(0);

/// One copy of one probe of a site.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct UprobePoint {
    /// Where in the file it is.
    pub at: AttachPoint,
    /// Whose it is; [`SiteId::DYNAMIC`] where its argument tells.
    pub site: SiteId,
}

/// Where the sites of a file are attached to.
#[derive(Clone, Debug, Default)]
pub struct Points {
    start: Vec<UprobePoint>,
    stop: Vec<UprobePoint>,
    raise: Vec<UprobePoint>,
}

impl Points {
    /// All of them.
    #[must_use]
    pub fn of(catalog: &Catalog) -> Self {
        let [start, stop, raise] =
            [Probe::Start, Probe::Stop, Probe::Raise].map(|probe| UprobePoint::of(catalog, probe));
        Self { start, stop, raise }
    }

    /// Those of some sites.
    #[must_use]
    pub fn only(&self, which: impl Fn(SiteId) -> bool) -> Self {
        let of = |points: &[UprobePoint]| points.iter().copied().filter(|point| which(point.site)).collect();
        Self { start: of(&self.start), stop: of(&self.stop), raise: of(&self.raise) }
    }

    /// The same, but for those by which spans start.
    #[must_use]
    pub fn without_start(self) -> Self {
        Self { start: Vec::new(), ..self }
    }

    /// Those by which spans start alone.
    #[must_use]
    pub fn start_alone(self) -> Self {
        Self { start: self.start, ..Self::default() }
    }

    /// The sites.
    pub fn sites(&self) -> impl Iterator<Item = SiteId> {
        self.start.iter().map(|point| point.site)
    }

    fn of_probe(&self, probe: Probe) -> &[UprobePoint] {
        match probe {
            Probe::Start => &self.start,
            Probe::Stop => &self.stop,
            Probe::Raise => &self.raise,
        }
    }
}

impl UprobePoint {
    /// The copies of this probe of all sites of a file whose spans can be seen.
    #[must_use]
    pub fn of(catalog: &Catalog, probe: Probe) -> Vec<Self> {
        let sites = catalog.sites.iter().filter(|site| site.attachable().is_ok());
        let sites = sites.map(|site| (site.id, &site.probes));
        let dynamic = catalog.dynamic.iter().filter(|dynamic| dynamic.attachable().is_ok());
        let dynamic = dynamic.map(|dynamic| (SiteId::DYNAMIC, &dynamic.probes));
        let counts = probe == Probe::Start || catalog.sites.len() <= CROWD;
        let place = move |at: AttachPoint| if counts { at } else { AttachPoint { semaphore: NO_SEMAPHORE, ..at } };
        sites
            .chain(dynamic)
            .flat_map(|(site, probes)| {
                let copies = probes.iter().filter(move |location| location.probe == probe);
                copies.filter_map(move |location| Some(Self { at: place(location.attach.ok()?), site }))
            })
            .collect()
    }
}

/// A program that runs when a probe is hit.
#[derive(Debug)]
pub enum UprobeProgram {
    /// Attached to many probes by one call: Linux 6.6 and newer.
    Multi(MultiProgram),
    /// Attached to a trace event that has many places.
    Event(EventProgram),
}

/// The three programs, one for each probe of a site.
#[derive(Debug)]
pub struct SpanPrograms {
    /// Runs when a span starts.
    pub start: UprobeProgram,
    /// Runs when it stops.
    pub stop: UprobeProgram,
    /// Runs when something is raised in it.
    pub raise: UprobeProgram,
}

/// What is attached to a file. Dropping it detaches all of it.
#[derive(Debug, Default)]
pub struct Attached {
    // Dropped in this order: a start without its stop is worse than a stop without its start.
    start: Vec<Link>,
    raise: Vec<Link>,
    stop: Vec<Link>,
    /// The probes that could not be attached to.
    pub refused: Vec<Refusal>,
}

/// What holds a program at places. Dropping it detaches the program from all of them.
#[derive(Debug)]
enum Link {
    Multi(#[expect(dead_code, reason = "held until it is dropped")] ShelteredFd),
    Event(#[expect(dead_code, reason = "held until it is dropped")] EventLink),
}

/// A probe that could not be attached to.
#[derive(Debug, thiserror::Error)]
#[error("cannot attach to {} of site {} at {}: {reason}", .probe.name(), .point.site, .point.at.probe)]
pub struct Refusal {
    /// Which probe.
    pub probe: Probe,
    /// Where.
    pub point: UprobePoint,
    /// Why.
    pub reason: RefusalReason,
}

/// Why a probe could not be attached to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The kernel finds the request wrong; where the file was checked, that has one reason.
    #[error(
        "the kernel says that it is invalid; another tool may have attached to this place without the semaphore of the \
         site, or with another one: end that tool first"
    )]
    Invalid,
    /// The file system does not take uprobes.
    #[error("its file system does not take uprobes: copy the program to a disk or to /tmp")]
    FileSystem,
    /// Something else.
    #[error("{0}")]
    Other(io::Error),
}

impl From<io::Error> for RefusalReason {
    fn from(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(libc::EINVAL) => Self::Invalid,
            Some(libc::EIO) => Self::FileSystem,
            _ => Self::Other(error),
        }
    }
}

impl UprobeProgram {
    /// Attaches to as many of these places as can be, and tells of the others.
    fn attach(&self, path: &CStr, points: &[UprobePoint]) -> (Vec<Link>, Vec<(UprobePoint, io::Error)>) {
        let (mut links, mut refused) = (Vec::new(), Vec::new());
        for batch in points.chunks(BATCH) {
            self.attach_batch(path, batch, &mut links, &mut refused);
        }
        (links, refused)
    }

    /// Attaches to all places or, where one of them is refused, to the halves, until it is known which.
    fn attach_batch(
        &self,
        path: &CStr,
        points: &[UprobePoint],
        links: &mut Vec<Link>,
        refused: &mut Vec<(UprobePoint, io::Error)>,
    ) {
        let attached = match self {
            Self::Multi(program) => program.attach(path, points),
            Self::Event(program) => program.attach(path, points),
        };
        match (attached, points) {
            (Ok(link), _) => links.push(link),
            (Err(error), [point]) => refused.push((*point, error)),
            (Err(_), _) => {
                let (one, other) = points.split_at(points.len() / 2);
                self.attach_batch(path, one, links, refused);
                self.attach_batch(path, other, links, refused);
            }
        }
    }
}

impl SpanPrograms {
    /// How they are attached, in a few words.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self.start {
            UprobeProgram::Multi(_) => "to all sites of a file by one call",
            UprobeProgram::Event(_) => "to all sites of a file through a trace event",
        }
    }

    /// Attaches to sites of an open file. What can't be attached to is told in the result; a site whose spans would not
    /// be seen to stop isn't seen to start either.
    #[must_use]
    pub fn attach(&self, file: &File, points: &Points) -> Attached {
        let path = CString::new(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap_or_default();
        let mut attached = Attached::default();
        let mut attach = |probe, program: &UprobeProgram| {
            let mut points = points.of_probe(probe).to_vec();
            points.retain(|point| attached.refused.iter().all(|refusal| refusal.point.site != point.site));
            let (links, refused) = program.attach(&path, &points);
            let refused = refused.into_iter().map(|(point, error)| Refusal { probe, point, reason: error.into() });
            attached.refused.extend(refused);
            links
        };
        let stop = attach(Probe::Stop, &self.stop);
        let raise = attach(Probe::Raise, &self.raise);
        let start = attach(Probe::Start, &self.start);
        Attached { start, raise, stop, ..attached }
    }
}

impl Attached {
    /// What spans start by, which goes off first; the rest sees those to their ends that have started.
    #[must_use]
    pub fn take_start(&mut self) -> Self {
        Self { start: std::mem::take(&mut self.start), ..Self::default() }
    }

    /// With what spans start by.
    pub fn set_start(&mut self, start: Self) {
        self.start = start.start;
    }

    /// Whether nothing is attached.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start.is_empty() && self.raise.is_empty() && self.stop.is_empty()
    }

    /// All of it, to be detached in any order: for when nobody is observed any more.
    #[must_use]
    pub fn into_holds(self) -> Vec<Hold> {
        let links = [self.start, self.raise, self.stop].into_iter().flatten();
        links.map(|link| -> Hold { Box::new(link) }).collect()
    }
}

#[cfg(test)]
mod tests;
