use serde_json::{Value, json};
use vivarium_session::filter::KeptOff;
use vivarium_session::record::Time;
use vivarium_session::recording::{Reader, Writer, replay};
use vivarium_session::session::{Conclusion, Outcome, Session, Switched};
use vivarium_session::sink::{Jsonl, Sink};

use crate::support::kernel::{Kernel, ROOT};
use crate::support::observation::{info, of_type, open_of, sites};
use crate::support::places::Site;

/// What happens to a session: records, and switches between them.
enum Act {
    Records(Kernel),
    Switch(bool, Site),
}

/// Plays it, told to these sinks.
fn play<'s>(acts: &[Act], off: KeptOff, sinks: Vec<Box<dyn Sink + 's>>) -> Outcome {
    let mut session = Session::new(info(), sites(), sinks);
    session.keep_off(off);
    let (mut told, mut last) = (0, None);
    for act in acts {
        match act {
            Act::Records(kernel) => {
                kernel.records[told..].iter().for_each(|record| session.feed(record));
                (told, last) = (kernel.records.len(), Some(kernel));
            }
            Act::Switch(on, site) => {
                let time = Time(last.map_or(0, |kernel| kernel.time));
                session.switch(&Switched { time, on: *on, sites: vec![site.id()] });
            }
        }
    }
    let last = last.expect("something happens");
    session.finish(Conclusion::at(Time(last.time), Some(last.counts.clone())))
}

/// The lines of it, as they were told and as a recording of it tells them.
fn told(acts: &[Act], off: &KeptOff) -> Vec<Value> {
    let (mut output, mut recording) = (Vec::new(), Vec::new());
    let outcome =
        play(acts, off.clone(), vec![Box::new(Jsonl::new(&mut output)), Box::new(Writer::new(&mut recording))]);
    assert!(outcome.summary.verdict.is_complete());
    let mut again = Vec::new();
    let reader = Reader::new(recording.as_slice()).expect("a recording");
    replay(reader, vec![Box::new(Jsonl::new(&mut again))]).expect("it is read");
    let lines = |output: &[u8]| -> Vec<Value> {
        let lines = output.split_inclusive(|byte| *byte == b'\n');
        lines.map(|line| serde_json::from_slice(line).expect("a line")).collect()
    };
    let (lines, mut again) = (lines(&output), lines(&again));
    // What is worth saying stands in the end of the recording as well.
    let notes = lines.last().expect("a summary")["notes"].clone();
    again.last_mut().expect("a summary")["notes"] = notes;
    assert_eq!(lines, again, "a recording tells the same");
    lines
}

#[test]
fn a_span_that_starts_while_its_site_is_off_is_told_of_the_one_around() {
    let mut kernel = Kernel::new();
    let mut acts = Vec::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.opens(ROOT, "/before");
    acts.extend([Act::Records(kernel.clone()), Act::Switch(false, Site::PARSE)]);
    kernel.opens(ROOT, "/in-flight");
    kernel.leave(ROOT, 0x11);
    kernel.enter(ROOT, Site::PARSE, 0x12);
    kernel.opens(ROOT, "/off");
    acts.extend([Act::Records(kernel.clone()), Act::Switch(true, Site::PARSE)]);
    kernel.opens(ROOT, "/entered-off");
    kernel.leave(ROOT, 0x12);
    kernel.enter(ROOT, Site::PARSE, 0x13);
    kernel.opens(ROOT, "/on");
    kernel.leave(ROOT, 0x13);
    kernel.leave(ROOT, 0x10);
    acts.push(Act::Records(kernel));
    let lines = told(&acts, &KeptOff::default());
    for path in ["/before", "/in-flight", "/on"] {
        let open = open_of(&lines, path);
        assert_eq!((&open["site"]["name"], &open["attribution"]), (&json!("parse"), &json!("innermost")), "{path}");
    }
    for path in ["/off", "/entered-off"] {
        let open = open_of(&lines, path);
        assert_eq!((&open["site"]["name"], &open["attribution"]), (&json!("load_config"), &json!("folded")), "{path}");
    }
    let starts = of_type(&lines, "span_start").len();
    assert_eq!((starts, of_type(&lines, "span_stop").len()), (3, 3), "no span is half open");
    assert!(lines.last().expect("a summary")["notes"].to_string().contains("switched off"));
}

#[test]
fn a_span_that_waits_when_its_site_is_switched_off_is_over() {
    let mut kernel = Kernel::new();
    kernel.poll(ROOT, Site::FETCH, 0x10);
    kernel.opens(ROOT, "/first");
    kernel.suspend(ROOT, 0x10);
    let mut acts = vec![Act::Records(kernel.clone()), Act::Switch(false, Site::FETCH)];
    kernel.poll(ROOT, Site::FETCH, 0x10);
    kernel.opens(ROOT, "/off");
    kernel.suspend(ROOT, 0x10);
    acts.extend([Act::Records(kernel.clone()), Act::Switch(true, Site::FETCH)]);
    kernel.poll(ROOT, Site::FETCH, 0x10);
    kernel.opens(ROOT, "/again");
    kernel.ready(ROOT, 0x10);
    acts.push(Act::Records(kernel));
    let lines = told(&acts, &KeptOff::default());
    let how: Vec<_> = of_type(&lines, "span_stop").iter().map(|stop| stop["how"].clone()).collect();
    assert_eq!(how, ["suspended", "switched_off", "returned"]);
    assert_ne!(open_of(&lines, "/first")["span"], open_of(&lines, "/again")["span"]);
    assert_eq!(open_of(&lines, "/off")["span"], Value::Null);
}

#[test]
fn what_is_kept_off_is_off_from_the_beginning_but_for_exceptions() {
    let mut kernel = Kernel::new();
    kernel.enter(ROOT, Site::LOAD_CONFIG, 0x10);
    kernel.enter(ROOT, Site::PARSE, 0x11);
    kernel.opens(ROOT, "/parsed");
    kernel.leave(ROOT, 0x11);
    kernel.leave(ROOT, 0x10);
    let pattern = |pattern: &str| vec![pattern.parse().expect("a pattern")];
    let off = KeptOff { disabled: pattern("*"), enabled: pattern("/^load_/") };
    let lines = told(&[Act::Records(kernel.clone())], &off);
    assert_eq!(open_of(&lines, "/parsed")["site"]["name"], "load_config");
    let off = KeptOff { disabled: pattern("parze"), enabled: Vec::new() };
    let lines = told(&[Act::Records(kernel)], &off);
    assert_eq!(open_of(&lines, "/parsed")["site"]["name"], "parse");
    assert!(lines.last().expect("a summary")["notes"].to_string().contains("did you mean parse"));
}
