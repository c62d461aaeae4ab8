//! With sites in this very program, and a BPF program that does nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::Uid;
use vivarium_sys::Place;

use super::multi::nothing;
use super::*;
use crate::elf::{FileOffset, Image};
use crate::kernel::sys::{Loading, Purpose, load_program};
use crate::kernel::tracefs::Tracefs;

/// All tests look at the semaphores of one program.
static ALONE: Mutex<()> = Mutex::new(());

/// The programs, where this user can have some.
fn programs(how: Purpose) -> Option<SpanPrograms> {
    if !Uid::effective().is_root() {
        println!("nothing is tested: attaching needs root");
        return None;
    }
    if how == Purpose::Places && !MultiProgram::are_known() {
        println!("{how:?} is not tested: it needs Linux 6.6 or newer");
        return None;
    }
    let tracefs = Arc::new(Tracefs::find().unwrap());
    let program = || {
        let loaded = match load_program(&Loading::bare("nothing", &nothing(), how)) {
            Ok(program) => program,
            Err(refused) => panic!("{refused}: {}", refused.log),
        };
        match how {
            Purpose::Places => UprobeProgram::Multi(MultiProgram::new(loaded)),
            _ => UprobeProgram::Event(EventProgram::new(loaded, Arc::clone(&tracefs))),
        }
    };
    Some(SpanPrograms { start: program(), stop: program(), raise: program() })
}

fn here() -> Image {
    Image::open("/proc/self/exe".as_ref()).unwrap()
}

macro_rules! place {
    ($name:literal) => {
        vivarium_sys::site!(
            kind: Span, name: $name, module: module_path!(), file: file!(), line: line!(), column: column!()
        )
    };
}

/// Whether nothing observes a place any more, as soon as the children that other tests have just forked have left behind,
/// by their exec, the links that they inherited.
fn ends_unobserved(place: &Place) -> bool {
    let given_up = Instant::now() + Duration::from_secs(30);
    while place.is_observed() && Instant::now() < given_up {
        thread::yield_now();
    }
    !place.is_observed()
}

#[test]
fn every_site_is_observed_until_the_attachment_is_dropped() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let place = place!("observed");
    for how in [Purpose::Places, Purpose::PlacesOfEvent] {
        let Some(programs) = programs(how) else { continue };
        let image = here();
        let attached = programs.attach(image.file(), &Points::of(&Catalog::read(&image).unwrap()));
        assert!(attached.refused.is_empty(), "{:?}", attached.refused);
        assert!(place.is_observed(), "{how:?}");
        drop(attached);
        assert!(ends_unobserved(&place), "{how:?}");
    }
}

#[test]
fn a_site_of_which_one_probe_is_refused_is_not_observed_and_the_others_are() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (refused, other) = (place!("refused"), place!("other"));
    for how in [Purpose::Places, Purpose::PlacesOfEvent] {
        let Some(programs) = programs(how) else { continue };
        let image = here();
        let mut catalog = Catalog::read(&image).unwrap();
        let site = catalog.sites.iter_mut().find(|site| site.id == refused.site().id).unwrap();
        for stop in site.probes.iter_mut().filter(|location| location.probe == Probe::Stop) {
            // Beyond the end of the file.
            stop.attach = stop.attach.map(|at| AttachPoint { probe: FileOffset(1 << 40), ..at });
        }
        let attached = programs.attach(image.file(), &Points::of(&catalog));
        let told: Vec<_> = attached.refused.iter().map(|refusal| (refusal.probe, refusal.point.site)).collect();
        assert_eq!(told, [(Probe::Stop, refused.site().id)], "{how:?}");
        assert!(ends_unobserved(&refused), "{how:?}");
        assert!(other.is_observed(), "{how:?}");
    }
}

#[test]
fn of_a_crowd_only_the_starts_count() {
    let place = place!("crowd");
    let mut catalog = Catalog::read(&here()).unwrap();
    let site = catalog.sites.iter().find(|site| site.id == place.site().id).unwrap().clone();
    let counting = |catalog: &Catalog| {
        Probe::ALL.map(|probe| UprobePoint::of(catalog, probe).iter().any(|point| point.at.semaphore != NO_SEMAPHORE))
    };
    catalog.sites.resize(CROWD, site.clone());
    assert_eq!(counting(&catalog), [true, true, true]);
    catalog.sites.resize(CROWD + 1, site);
    assert_eq!(counting(&catalog), [true, false, false]);
}
