//! Running a session over the records of the stand-in.

use serde_json::Value;
use vivarium_session::filter::Filter;
use vivarium_session::record::{Pid, Time};
use vivarium_session::recording::{Reader, RecordingError, Replay, Writer, replay};
use vivarium_session::session::{Brevity, Clock, Conclusion, Host, Kinds, Outcome, Session, SessionInfo, SiteTable};
use vivarium_session::sink::{Jsonl, Live, Look, Sink, Tree};
use vivarium_sys::event::{Backend, EventKind};

use super::kernel::{BEGIN, Kernel, ROOT};
use super::places::Site;

/// The kinds that the observer asks for.
const KINDS: [EventKind; 4] =
    [EventKind::FILE_UNLINK, EventKind::SOCK_CONNECT, EventKind::PROC_EXEC, EventKind::SETID_CHANGE];

/// The same session each time, whatever the machine and the hour.
pub(crate) fn info() -> SessionInfo {
    SessionInfo {
        version: "0.1.0".to_owned(),
        command: vec!["target/debug/examples/tour".into()],
        pid: Pid(ROOT),
        backend: Backend::Lsm,
        kinds: Kinds::new(KINDS.iter().filter_map(|kind| kind.spec())),
        filter: Filter::default(),
        not_visible: Vec::new(),
        host: Host { kernel: "6.12.0".to_owned(), machine: "x86_64".to_owned() },
        started: Clock { monotonic: Time(BEGIN), realtime: 1_700_000_000_000_000_000 },
    }
}

/// The sites of the program.
pub(crate) fn sites() -> SiteTable {
    Site::ALL.into_iter().map(Site::info).collect()
}

/// Lets these sinks observe what the kernel saw.
pub(crate) fn observe<'s>(kernel: &Kernel, sinks: Vec<Box<dyn Sink + 's>>) -> Outcome {
    observe_as(info(), Brevity::default(), kernel, sinks)
}

/// The same of another session, and as briefly as this.
pub(crate) fn observe_as<'s>(
    info: SessionInfo,
    brevity: Brevity,
    kernel: &Kernel,
    sinks: Vec<Box<dyn Sink + 's>>,
) -> Outcome {
    let conclusion = Conclusion::at(Time(kernel.time), Some(kernel.counts.clone()));
    observe_until(conclusion, Session::told_briefly(info, sites(), sinks, brevity), kernel)
}

/// Lets these sinks observe a session that ended like this.
pub(crate) fn observe_to<'s>(conclusion: Conclusion, kernel: &Kernel, sinks: Vec<Box<dyn Sink + 's>>) -> Outcome {
    observe_until(conclusion, Session::new(info(), sites(), sinks), kernel)
}

fn observe_until(conclusion: Conclusion, mut session: Session<'_>, kernel: &Kernel) -> Outcome {
    for record in &kernel.records {
        session.feed(record);
    }
    session.finish(conclusion)
}

/// The last line of the JSON output where a session ended like this.
pub(crate) fn summary_of(conclusion: Conclusion, kernel: &Kernel) -> Value {
    let mut output = Vec::new();
    observe_to(conclusion, kernel, vec![Box::new(Jsonl::new(&mut output))]);
    let last = output.split_inclusive(|byte| *byte == b'\n').next_back().expect("a line");
    serde_json::from_slice(last).expect("a line of JSON")
}

/// The lines of the JSON output.
pub(crate) fn lines(kernel: &Kernel) -> Vec<Value> {
    let mut output = Vec::new();
    observe(kernel, vec![Box::new(Jsonl::new(&mut output))]);
    let lines = output.split_inclusive(|byte| *byte == b'\n');
    lines.map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect()
}

/// The lines of one type.
pub(crate) fn of_type(lines: &[Value], wanted: &str) -> Vec<Value> {
    lines.iter().filter(|line| line["type"] == wanted).cloned().collect()
}

/// The lines as they are shown live.
pub(crate) fn live(kernel: &Kernel) -> String {
    let mut output = Vec::new();
    observe(kernel, vec![Box::new(Live::new(&mut output, Look::plain()))]);
    String::from_utf8(output).expect("UTF-8")
}

/// The only event that opens this path.
pub(crate) fn open_of(lines: &[Value], path: &str) -> Value {
    let mut opens = lines.iter().filter(|line| line["kind"] == "path_open" && line["fields"]["path"] == path);
    let open = opens.next().expect("the path is opened").clone();
    assert!(opens.next().is_none(), "{path} is opened once");
    open
}

/// The tree, without colour and as wide as need be.
pub(crate) fn tree(kernel: &Kernel) -> String {
    tree_that_looks(kernel, Look::plain())
}

/// The tree in some look.
pub(crate) fn tree_that_looks(kernel: &Kernel, look: Look) -> String {
    let mut output = Vec::new();
    observe(kernel, vec![Box::new(Tree::new(&mut output, look))]);
    String::from_utf8(output).expect("UTF-8")
}

/// The recording.
pub(crate) fn recording(kernel: &Kernel) -> Vec<u8> {
    let mut output = Vec::new();
    observe(kernel, vec![Box::new(Writer::new(&mut output))]);
    output
}

/// A recording, rendered again as a tree and as JSON lines.
pub(crate) fn render(recording: &[u8]) -> Result<(Replay, String, String), RecordingError> {
    let (mut tree, mut lines) = (Vec::new(), Vec::new());
    let sinks: Vec<Box<dyn Sink + '_>> =
        vec![Box::new(Tree::new(&mut tree, Look::plain())), Box::new(Jsonl::new(&mut lines))];
    let replay = replay(Reader::new(recording)?, sinks)?;
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ok((replay, text(tree), text(lines)))
}
