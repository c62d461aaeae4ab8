//! Whatever a program does, and however much of it: a session with its tree takes no more than so much memory.

#[path = "session/support/kernel.rs"]
#[expect(dead_code, reason = "shared with the tests of the session, which use all of it")]
mod kernel;
#[path = "session/support/places.rs"]
mod places;
#[path = "session/support/wire.rs"]
mod wire;

use peak_alloc::PeakAlloc;
use vivarium_session::record::{Pid, Time};
use vivarium_session::session::{Conclusion, Kinds, Session, SessionInfo};
use vivarium_session::sink::{Look, Tree};
use vivarium_sys::event::Backend;

use self::kernel::{Kernel, ROOT};
use self::places::Site;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// In MiB. A whole session is to stay under 64, of which the ring takes 16 and the program itself some more.
const BOUND: f32 = 24.0;

/// The most that a session takes, in MiB, while a program does `what` so many times.
fn peak(times: u64, what: impl Fn(&mut Kernel, u64)) -> f32 {
    let info = SessionInfo::begin(vec!["program".into()], Pid(ROOT), Backend::Syscalls, Kinds::default());
    let sites = Site::ALL.into_iter().map(Site::info).collect();
    let mut kernel = Kernel::new();
    let mut session = Session::new(info, sites, vec![Box::new(Tree::new(std::io::sink(), Look::plain()))]);
    MEMORY.reset_peak_usage();
    for time in 1..=times {
        what(&mut kernel, time);
        kernel.records.drain(..).for_each(|record| session.feed(&record));
    }
    let outcome = session.finish(Conclusion::at(Time(kernel.time), Some(kernel.counts)));
    assert!(outcome.summary.verdict.is_complete());
    MEMORY.peak_usage_as_mb()
}

/// In MiB. What the stand-in for the kernel side takes itself, for it remembers the site of each span.
const STAND_IN: f32 = 4.0;

/// One test, since the allocator counts for all threads.
#[test]
fn by_a_few_mebibytes() {
    let spans = peak(40_000, |kernel, time| {
        kernel.enter(ROOT, Site::STEP, time);
        kernel.leave(ROOT, time);
    });
    assert!(spans < STAND_IN, "{spans} MiB for spans that come and go");

    let waiting = peak(80_000, |kernel, time| {
        kernel.poll(ROOT, Site::FETCH, time);
        kernel.suspend(ROOT, time);
    });
    assert!(waiting < BOUND + STAND_IN, "{waiting} MiB for tasks that wait");

    let padding = "x".repeat(4_000);
    let distinct = peak(10_000, |kernel, time| {
        if time % 200 == 1 {
            kernel.enter(ROOT, Site::LOAD_CONFIG, time);
        }
        kernel.opens(ROOT, &format!("/{time}/{padding}"));
        if time % 200 == 0 {
            kernel.leave(ROOT, time - 199);
        }
    });
    assert!(distinct < BOUND + STAND_IN, "{distinct} MiB for events of which none is like another");

    let processes = peak(2_000, |kernel, time| {
        let child = 10_000 + u32::try_from(time).expect("a small number");
        kernel.forks(ROOT, child);
        kernel.executes(child, "/bin/true", &["true"]);
        kernel.enter(child, Site::STEP, 1);
        kernel.exits(child, 0);
    });
    assert!(processes < STAND_IN, "{processes} MiB for processes that come and go");
}
