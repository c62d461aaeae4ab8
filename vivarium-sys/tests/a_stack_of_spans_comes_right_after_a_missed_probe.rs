//! The stack that the kernel keeps for a thread, against what the thread really does.

use proptest::prelude::*;
use vivarium_sys::event::TaskKind;
use vivarium_sys::load::{Frame, SetId, Started, Stopped, ThreadFlags, ThreadState};
use vivarium_sys::probe::{Probe, StartFlags};
use vivarium_sys::wire::{MAX_DEPTH, RecordFlags};
use vivarium_sys::{InstanceId, SiteId};

fn frame(instance: u64) -> Frame {
    Frame { site: SiteId(instance + 1000), instance: InstanceId(instance) }
}

fn thread() -> ThreadState {
    ThreadState::new(1, SetId::new(0, 0), ThreadFlags::default())
}

/// A thread in these spans.
fn thread_in(instances: &[u64]) -> ThreadState {
    let mut thread = thread();
    for &instance in instances {
        assert_eq!(thread.start(frame(instance), StartFlags::NONE), Started::Pushed);
    }
    thread
}

/// The instances that a thread is in, the innermost last.
fn spans(thread: &ThreadState) -> Vec<u64> {
    thread.frames[..thread.depth as usize].iter().map(|frame| frame.instance.0).collect()
}

/// What a thread does next, and whether the kernel hears of it.
#[derive(Clone, Debug)]
enum Step {
    Enter { heard: bool },
    Leave { heard: bool },
}

fn steps(heard: impl Strategy<Value = bool> + Clone) -> impl Strategy<Value = Vec<Step>> {
    let enter = heard.clone().prop_map(|heard| Step::Enter { heard });
    let leave = heard.prop_map(|heard| Step::Leave { heard });
    prop::collection::vec(prop_oneof![3 => enter, 2 => leave], 0..400)
}

proptest! {
    #[test]
    fn when_all_is_heard_the_innermost_span_is_exact_or_marked(steps in steps(Just(true))) {
        let (mut thread, mut truth) = (thread(), Vec::new());
        for (step, instance) in steps.iter().zip(1..) {
            match step {
                Step::Enter { .. } => {
                    truth.push(instance);
                    thread.start(frame(instance), StartFlags::NONE);
                }
                Step::Leave { .. } => {
                    let Some(instance) = truth.pop() else { continue };
                    prop_assert!(matches!(thread.stop(InstanceId(instance)), Stopped::Popped | Stopped::TooDeep));
                }
            }
            let known = &truth[..truth.len().min(MAX_DEPTH)];
            prop_assert_eq!(spans(&thread), known);
            prop_assert_eq!(thread.own_depth() as usize, truth.len());
            let deeper = thread.record_flags().contains(RecordFlags::DEEPER);
            prop_assert_eq!(deeper, truth.len() > MAX_DEPTH);
        }
    }

    #[test]
    fn a_span_whose_stop_is_heard_leaves_nothing_of_itself(steps in steps(prop::bool::weighted(0.8))) {
        let (mut thread, mut truth) = (thread(), Vec::new());
        for (step, instance) in steps.iter().zip(1..) {
            match step {
                Step::Enter { heard } => {
                    truth.push(instance);
                    if *heard {
                        thread.start(frame(instance), StartFlags::NONE);
                    }
                }
                Step::Leave { heard } => {
                    let Some(instance) = truth.pop() else { continue };
                    if *heard && thread.overflow == 0 {
                        let before = spans(&thread);
                        let stopped = thread.stop(InstanceId(instance));
                        let outside = before.iter().position(|&span| span == instance);
                        match outside {
                            Some(at) => prop_assert_eq!(spans(&thread), &before[..at]),
                            None => {
                                prop_assert_eq!(stopped, Stopped::Unknown);
                                prop_assert_eq!(spans(&thread), before);
                            }
                        }
                    }
                }
            }
            // Spans are still in the order in which they were entered.
            prop_assert!(spans(&thread).is_sorted());
        }
    }
}

#[test]
fn a_missed_stop_is_made_up_for_by_that_of_the_span_around_it() {
    let mut thread = thread_in(&[1, 2, 3, 4]);
    assert_eq!(thread.stop(InstanceId(2)), Stopped::Healed(2));
    assert_eq!(spans(&thread), [1]);
}

#[test]
fn a_stop_without_a_start_changes_nothing() {
    let mut thread = thread_in(&[1, 2]);
    let before = thread;
    assert_eq!(thread.stop(InstanceId(9)), Stopped::Unknown);
    assert_eq!(thread, before);
}

#[test]
fn a_poll_whose_last_stop_was_missed_closes_the_poll_before() {
    let mut thread = thread_in(&[1, 2, 3]);
    assert_eq!(thread.start(frame(2), StartFlags::POLL), Started::Healed);
    assert_eq!(spans(&thread), [1, 2]);
    assert_eq!(thread.outer(), frame(1));
}

#[test]
fn recursion_beyond_the_stack_comes_back_to_it() {
    let mut thread = thread();
    for instance in 1..=1000 {
        thread.start(frame(instance), StartFlags::NONE);
    }
    assert_eq!(thread.innermost(), frame(MAX_DEPTH as u64));
    assert_eq!(thread.own_depth(), 1000);
    for instance in (1..=1000).rev() {
        let stopped = thread.stop(InstanceId(instance));
        let expected = if instance > MAX_DEPTH as u64 { Stopped::TooDeep } else { Stopped::Popped };
        assert_eq!(stopped, expected, "{instance}");
    }
    assert_eq!(spans(&thread), []);
}

#[test]
fn stops_that_were_missed_beyond_the_stack_are_made_up_for() {
    let mut thread = thread();
    for instance in 1..=100 {
        thread.start(frame(instance), StartFlags::NONE);
    }
    assert_eq!(thread.stop(InstanceId(10)), Stopped::Healed(90));
    assert_eq!((thread.own_depth(), thread.innermost()), (9, frame(9)));
    assert!(!thread.record_flags().contains(RecordFlags::DEEPER));
}

#[test]
fn a_new_process_goes_on_in_the_functions_of_its_creator() {
    let mut child = thread_in(&[1, 2]);
    child.become_child(7, TaskKind::Process);
    assert_eq!((child.process, child.own_depth()), (7, 0));
    assert!(child.record_flags().contains(RecordFlags::INHERITED));
    child.start(frame(3), StartFlags::NONE);
    assert_eq!(child.own_depth(), 1);
    assert!(!child.record_flags().contains(RecordFlags::INHERITED));
    for instance in [3, 2, 1] {
        assert_eq!(child.stop(InstanceId(instance)), Stopped::Popped);
    }
    assert_eq!(child.innermost(), Frame::NONE);
    assert!(!child.record_flags().contains(RecordFlags::INHERITED));
}

#[test]
fn a_new_thread_begins_in_the_innermost_span_of_its_creator() {
    let mut child = thread_in(&[1, 2]);
    child.become_child(1, TaskKind::Thread);
    assert_eq!(spans(&child), [2]);
    assert_eq!(child.own_depth(), 0);
    assert!(child.record_flags().contains(RecordFlags::INHERITED));
}

#[test]
fn a_new_program_begins_in_the_innermost_span_of_the_old_one() {
    let mut thread = thread_in(&[1, 2]);
    thread.flags = ThreadFlags::PENDING;
    thread.become_program();
    assert_eq!(spans(&thread), [2]);
    assert!(thread.record_flags().contains(RecordFlags::INHERITED));
    assert!(!thread.flags.contains(ThreadFlags::PENDING));
}

#[test]
fn what_was_entered_before_stays_unknown_for_those_who_inherit_nothing_else() {
    let before = ThreadState::new(1, SetId::new(0, 0), ThreadFlags::ENTERED_BEFORE);
    let mut outside = before;
    outside.become_child(1, TaskKind::Thread);
    assert!(outside.record_flags().contains(RecordFlags::ENTERED_BEFORE));
    let mut inside = before;
    inside.start(frame(1), StartFlags::NONE);
    inside.become_child(1, TaskKind::Thread);
    assert!(!inside.record_flags().contains(RecordFlags::ENTERED_BEFORE));
}

#[test]
fn a_hit_that_is_told_of_twice_is_known_by_that() {
    let mut thread = thread_in(&[1]);
    assert!(!thread.hit(Probe::Start, InstanceId(2)));
    assert!(thread.hit(Probe::Start, InstanceId(2)), "nothing came between");
    assert!(!thread.hit(Probe::Stop, InstanceId(2)));
    assert!(!thread.hit(Probe::Start, InstanceId(2)), "it is polled again");
    assert!(!thread.hit(Probe::Start, InstanceId(3)));
}

#[test]
fn a_span_that_was_inherited_by_a_thread_is_none_that_it_leaves() {
    let left = |thread: &ThreadState| -> Vec<u64> { thread.leaves().iter().map(|frame| frame.instance.0).collect() };
    let maker = thread_in(&[1, 2]);
    assert_eq!(left(&maker), [1, 2]);
    let mut other = maker;
    other.become_child(1, TaskKind::Thread);
    assert!(left(&other).is_empty(), "its maker leaves it");
    other.start(frame(3), StartFlags::NONE);
    assert_eq!(left(&other), [3]);
    let mut forked = other;
    forked.become_child(9, TaskKind::Process);
    assert_eq!(left(&forked), [3], "a copy goes on in the same functions");
    let mut forked = maker;
    forked.become_child(9, TaskKind::Process);
    assert_eq!(left(&forked), [1, 2]);
    forked.become_program();
    assert!(left(&forked).is_empty(), "another program runs");
    // A future that goes on in the thread that was made in it.
    other.start(frame(2), StartFlags::POLL);
    assert_eq!(left(&other), [2]);
}

#[test]
fn a_thread_that_comes_to_be_observed_again_is_in_nothing_that_it_was_in_before() {
    let mut thread = thread_in(&[1, 2]);
    for deeper in 0..2 * MAX_DEPTH as u64 {
        thread.start(frame(100 + deeper), StartFlags::NONE);
    }
    thread.begin_unseen(7, ThreadFlags::ENTERED_BEFORE);
    let unseen = ThreadState::new(7, thread.sessions, ThreadFlags::ENTERED_BEFORE);
    assert_eq!(thread, ThreadState { frames: thread.frames, ..unseen });
    assert_eq!(thread.innermost(), Frame::NONE);
    assert_eq!(thread.stop(InstanceId(2)), Stopped::Unknown);
}
