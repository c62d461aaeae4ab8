//! A `tracing` span may be entered by several threads at once: to each it is nested as that thread entered it.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::sync::Barrier;
use std::thread;

use tracing::{Instrument, info_span};
use tracing_subscriber::layer::Identity;
use tracing_subscriber::prelude::*;
use vivarium::tracing::Bridge;
use vivarium_tests::observer::{Trace, observe};

const THREADS: usize = 4;
const ROUNDS: usize = 10;

fn dispatch() -> tracing::Dispatch {
    tracing::Dispatch::new(Bridge::new(tracing_subscriber::registry().with(Identity::new())))
}

/// What each thread did, by the numbers that the whole trace gives to its instances.
fn by_thread(trace: &Trace) -> Vec<Vec<String>> {
    let mut threads: Vec<(i32, Vec<String>)> = Vec::new();
    for (event, line) in trace.events.iter().zip(trace.lines()) {
        match threads.iter_mut().find(|(thread, _)| *thread == event.thread) {
            Some((_, lines)) => lines.push(line),
            None => threads.push((event.thread, vec![line])),
        }
    }
    threads.into_iter().map(|(_, lines)| lines).collect()
}

/// Fails unless each start is followed by the stop of the same instance, with whole pairs between the two.
fn assert_nested(lines: &[String]) {
    let mut stack = Vec::new();
    for line in lines {
        let words: Vec<_> = line.split(' ').collect();
        match words[0] {
            "start" => stack.push((words[1], words[2])),
            "stop" => assert_eq!(stack.pop(), Some((words[1], words[2])), "{line} in {lines:#?}"),
            other => panic!("nothing but starts and stops, not {other}"),
        }
    }
    assert!(stack.is_empty(), "{stack:?} never stopped");
}

#[test]
fn each_thread_is_in_it_by_itself() {
    let dispatch = dispatch();
    let trace = observe(|| {
        let shared = tracing::dispatcher::with_default(&dispatch, || info_span!("shared"));
        let all_inside = Barrier::new(THREADS);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    tracing::dispatcher::with_default(&dispatch, || {
                        for _ in 0..ROUNDS {
                            let _shared = shared.enter();
                            all_inside.wait();
                            info_span!("own").in_scope(|| ());
                        }
                    });
                });
            }
        });
    });
    let threads = by_thread(&trace);
    for lines in &threads[..THREADS] {
        assert_nested(lines);
        assert_eq!(lines.iter().filter(|line| *line == "start shared #1 poll").count(), ROUNDS);
        assert_eq!(lines.iter().filter(|line| line.starts_with("start own")).count(), 2 * ROUNDS);
    }
    assert_eq!(trace.instances().len(), 1 + THREADS * ROUNDS);
    assert_eq!(threads[THREADS..], [["start shared #1 drop", "stop shared #1 last"]]);
}

#[test]
fn a_task_is_one_instance_on_whatever_thread_it_runs() {
    const TASKS: usize = 20;
    let dispatch = dispatch();
    let trace = observe(|| {
        let dispatch_of_worker = dispatch.clone();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .on_thread_start(move || {
                // The thread keeps it until it ends.
                std::mem::forget(tracing::dispatcher::set_default(&dispatch_of_worker));
            })
            .build()
            .expect("threads can be started");
        let tasks: Vec<_> = tracing::dispatcher::with_default(&dispatch, || {
            let task = || {
                runtime.spawn(
                    async {
                        for _ in 0..ROUNDS {
                            tokio::task::yield_now().await;
                        }
                    }
                    .instrument(info_span!("task")),
                )
            };
            (0..TASKS).map(|_| task()).collect()
        });
        for task in tasks {
            runtime.block_on(task).expect("the task ends");
        }
    });
    by_thread(&trace).iter().for_each(|lines| assert_nested(lines));
    let lines = trace.lines();
    for task in 1..=TASKS {
        let count = |line: String| lines.iter().filter(|seen| **seen == line).count();
        // Each poll, and once more to drop the future.
        assert_eq!(count(format!("start task #{task} poll")), ROUNDS + 2);
        assert_eq!(count(format!("stop task #{task} poll")), ROUNDS + 2);
        assert_eq!(count(format!("start task #{task} drop")), 1);
        assert_eq!(count(format!("stop task #{task} last")), 1);
    }
    assert_eq!(lines.len(), TASKS * (2 * (ROUNDS + 2) + 2));
}
