use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::rc::Rc;

use vivarium_session::record::Time;
use vivarium_session::recording::{Reader, Writer, replay};
use vivarium_session::session::{Conclusion, Session};
use vivarium_session::sink::{Look, Tree};

use crate::support::observation::{info, observe, sites, tree};
use crate::support::tour::tour;

/// A file that others can look at while it is written.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_ends_the_recording_and_nothing_else() {
    let full = OpenOptions::new().write(true).open("/dev/full").expect("the system has it");
    let mut output = Vec::new();
    let sinks: Vec<Box<dyn vivarium_session::sink::Sink + '_>> =
        vec![Box::new(Writer::new(full)), Box::new(Tree::new(&mut output, Look::plain()))];
    let outcome = observe(&tour(), sinks);
    let failures: Vec<_> = outcome.failures.iter().map(|failure| (failure.sink, failure.error.kind())).collect();
    assert_eq!(failures, [("recording", io::ErrorKind::StorageFull)]);
    assert!(outcome.summary.verdict.is_complete());
    assert_eq!(String::from_utf8(output).expect("UTF-8"), tree(&tour()));
}

#[test]
fn what_was_flushed_can_be_read_whatever_happens_then() {
    let kernel = tour();
    let file = Shared::default();
    let mut session = Session::new(info(), sites(), vec![Box::new(Writer::new(file.clone()))]);
    for (number, record) in kernel.records.iter().enumerate() {
        session.feed(record);
        session.flush();
        let bytes = file.0.borrow().clone();
        let replay = replay(Reader::new(bytes.as_slice()).expect("a recording"), Vec::new()).expect("a recording");
        let events = kernel.records[..=number].iter().filter(|record| record[0] == 1).count();
        assert_eq!(replay.outcome.summary.events, events as u64);
    }
    session.finish(Conclusion::at(Time(kernel.time), None));
}
