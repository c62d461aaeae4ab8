//! Observations of a program that there isn't.

#[path = "../../../vivarium-session/tests/session/support/kernel.rs"]
#[expect(dead_code, reason = "the stand-in can do more than is needed here")]
pub(crate) mod kernel;
#[path = "../../../vivarium-session/tests/session/support/places.rs"]
pub(crate) mod places;
#[path = "../../../vivarium-session/tests/session/support/wire.rs"]
mod wire;

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use vivarium::seen::Observation;
use vivarium_session::filter::Filter;
use vivarium_session::record::{Pid, Time};
use vivarium_session::recording::Writer;
use vivarium_session::session::{Clock, Conclusion, Host, Kinds, Session, SessionInfo, SiteTable};
use vivarium_sys::event::{Backend, EventKind};

use self::kernel::{BEGIN, Kernel, ROOT};
use self::places::Site;

/// The observation that begins as `fixture` does: with a span around everything.
pub(crate) fn seen(work: impl FnOnce(&mut Kernel)) -> Observation {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::STEP, 1);
    work(&mut kernel);
    kernel.leave(ROOT, 1);
    observation(&kernel)
}

/// What the kernel saw, by way of a recording.
pub(crate) fn observation(kernel: &Kernel) -> Observation {
    let info = SessionInfo {
        version: "0.1.0".to_owned(),
        command: vec!["test".into()],
        pid: Pid(ROOT),
        backend: Backend::Syscalls,
        kinds: Kinds::default(),
        filter: Filter::default(),
        not_visible: Vec::new(),
        host: Host { kernel: "6.12.0".to_owned(), machine: "x86_64".to_owned() },
        started: Clock { monotonic: Time(BEGIN), realtime: 1_700_000_000_000_000_000 },
    };
    let sites: SiteTable = Site::ALL.into_iter().map(Site::info).collect();
    let mut recording = Vec::new();
    let mut session = Session::new(info, sites, vec![Box::new(Writer::new(&mut recording))]);
    kernel.records.iter().for_each(|record| session.feed(record));
    session.finish(Conclusion::at(Time(kernel.time), Some(kernel.counts.clone())));
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("recording");
    std::fs::write(&path, recording).expect("a file");
    Observation::of_recording(&path).expect("a recording")
}

/// Opens a file with these flags.
pub(crate) fn opens(kernel: &mut Kernel, path: &str, flags: i32) {
    let flags = u64::from(flags.cast_unsigned());
    kernel.event(ROOT, EventKind::PATH_OPEN, &[flags, 0], &[path.as_bytes()]);
}

/// Connects to an IPv4 address.
pub(crate) fn connects(kernel: &mut Kernel, address: [u8; 4], port: u16) {
    let mut bytes = vec![2, 0];
    bytes.extend(port.to_be_bytes());
    bytes.extend(address);
    bytes.extend([0; 8]);
    kernel.event(ROOT, EventKind::SOCK_CONNECT, &[2, 1, 6], &[&bytes]);
}

/// What a test is told whose expectation doesn't hold.
pub(crate) fn told<R: Debug>(expect: impl FnOnce() -> R) -> String {
    let payload = catch_unwind(AssertUnwindSafe(expect)).expect_err("the expectation doesn't hold");
    *payload.downcast::<String>().expect("a message")
}
