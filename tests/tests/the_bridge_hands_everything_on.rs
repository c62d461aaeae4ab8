//! A subscriber behind a bridge hears exactly what it would hear without, and the program hears exactly its answers.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod recorder;

use recorder::{Inside, Recorder};
use tracing::span::Id;
use tracing::{Dispatch, Instrument, Level, Span, Subscriber, debug, error, info, info_span, trace_span};
use vivarium::tracing::Bridge;
use vivarium_tests::observer::observe;

/// Runs the same program with each; gives what the subscriber heard and what the program was told.
fn heard(wrap: impl FnOnce(Recorder) -> Dispatch) -> Vec<String> {
    let recorder = Recorder::default();
    let log = recorder.log();
    let dispatch = wrap(recorder);
    let answers = tracing::dispatcher::with_default(&dispatch, script);
    drop(dispatch);
    let mut heard = log.lock().expect("no test panicked").clone();
    heard.extend(answers);
    heard
}

#[tracing::instrument(fields(sum), ret)]
fn add(one: u32, other: u32) -> u32 {
    Span::current().record("sum", one + other);
    one + other
}

#[tracing::instrument(err)]
fn fail() -> Result<(), &'static str> {
    Err("as it must")
}

/// Uses as much of `tracing` as there is, and tells what it was told.
fn script() -> Vec<String> {
    let mut answers = Vec::new();
    let mut answer = |what: &str, it: &dyn std::fmt::Debug| answers.push(format!("{what}: {it:?}"));

    answer("add", &add(1, 2));
    answer("fail", &fail());

    let disabled = trace_span!("disabled");
    answer("disabled", &disabled.is_disabled());
    let never = info_span!("never");
    answer("never", &never.is_disabled());
    let sometimes: Vec<_> = (0..4).map(|_| info_span!("sometimes").is_disabled()).collect();
    answer("sometimes", &sometimes);

    let parent = info_span!("parent", field = 1);
    answer("parent", &parent.id());
    let child = info_span!(parent: &parent, "child", later = tracing::field::Empty);
    child.record("later", "now");
    child.follows_from(&parent);
    let clone = child.clone();
    answer("clone", &(clone.id(), clone == child));
    drop(child);
    let in_parent = parent.enter();
    let in_clone = clone.enter();
    answer("current", &Span::current().id());
    drop(in_parent);
    info!(number = 1, "an event");
    debug!(target: "elsewhere", "another one");
    error!(parent: None, "muted");
    drop(in_clone);
    answer("enabled", &tracing::enabled!(Level::DEBUG));

    let last = info_span!("last");
    let last_id = last.id().expect("it is enabled");
    std::mem::forget(last);
    tracing::dispatcher::get_default(|dispatch| {
        answer("inside", &dispatch.downcast_ref::<Inside>().map(|inside| inside.0));
        answer("recorder", &dispatch.is::<Recorder>());
        let parent = parent.id().expect("it is enabled");
        answer("close", &dispatch.try_close(dispatch.clone_span(&parent)));
        answer("close for good", &dispatch.try_close(last_id.clone()));
    });

    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be built");
    runtime.block_on(
        async {
            info!("before");
            tokio::task::yield_now().await;
            info!("after");
        }
        .instrument(info_span!("task")),
    );
    tracing::callsite::rebuild_interest_cache();
    answers
}

#[test]
fn nothing_is_added_left_out_or_changed() {
    // From now on all callsites are registered, so that each run registers them anew in the same order.
    heard(Dispatch::new);
    let bare = heard(Dispatch::new);
    for part in recorder::METHODS {
        assert!(bare.iter().any(|line| line.starts_with(part)), "{part} isn't tested by the script");
    }
    assert_eq!(heard(|recorder| Dispatch::new(Bridge::new(recorder))), bare);
    let mut observed = Vec::new();
    let trace = observe(|| observed = heard(|recorder| Dispatch::new(Bridge::new(recorder))));
    assert_eq!(observed, bare, "while it is observed");
    assert!(!trace.events.is_empty());
}

#[test]
fn what_no_program_can_make_tracing_ask_is_handed_on() {
    let recorder = Recorder::default();
    let log = recorder.log();
    let bridge = Bridge::new(recorder);
    assert_eq!(bridge.clone_span(&Id::from_u64(7)), Id::from_u64(1007), "a clone may have an id of its own");
    #[expect(deprecated, reason = "it is still a part of `tracing`")]
    bridge.drop_span(Id::from_u64(7));
    assert_eq!(*log.lock().expect("no test panicked"), ["clone_span 7", "drop_span 7"]);
}

#[test]
fn a_bridge_is_itself_and_what_is_inside() {
    // Not as a dispatch: the recorder of the other test would hear of it.
    let bridge: &dyn Subscriber = &Bridge::new(Recorder::default());
    assert!(bridge.is::<Bridge<Recorder>>());
    assert!(bridge.is::<Recorder>());
    assert_eq!(bridge.downcast_ref::<Inside>().map(|inside| inside.0), Some("what is inside"));
    assert!(!bridge.is::<String>());
}
