//! What every backend needs: spans, and the coming and going of processes.

use super::needs::*;
use super::{Absence, Attach, Program};
use crate::event::{Backend, EventKind};
use crate::load::Field::*;
use crate::load::{FieldSet, RESULTS};
use crate::probe::Probe;

pub(super) const PROGRAMS: &[Program] = &[
    Program::everywhere("span_start", Attach::Site(Probe::Start), &[], FieldSet::NONE),
    Program::everywhere("span_stop", Attach::Site(Probe::Stop), &[], FieldSet::NONE),
    Program::everywhere("span_raise", Attach::Site(Probe::Raise), &[], FieldSet::NONE),
    Program::everywhere("task_fork", Attach::Event("task", "task_newtask"), &[EventKind::PROC_FORK], FORK),
    // What is executed is told to the typed program alone, which may be skipped; by whom it is observed must not rest on it.
    Program::everywhere("task_exec", Attach::Tracepoint("sched_process_exec"), &[EventKind::PROC_EXEC], EXEC),
    Program::everywhere("task_execed", Attach::Event("sched", "sched_process_exec"), &[], EXECED),
    Program::everywhere("task_exit", Attach::Event("sched", "sched_process_exit"), &[EventKind::PROC_EXIT], EXIT),
    // Returns the id of the thread that runs it, in the initial namespace: the key for `ADOPT`.
    Program::everywhere("whoami", Attach::TestRun, &[], FieldSet::NONE),
    // Takes an `Assignment`, and returns an `Assigned`.
    Program::everywhere("assign", Attach::TestRun, &[], FieldSet::NONE),
    // What came of events that hooks told of.
    Program {
        name: RESULTS,
        attach: Attach::SyscallExit,
        backends: &[Backend::Lsm, Backend::Fentry],
        events: &[],
        needs: RETURNED,
        absence: Absence::Loss,
    },
    // System calls, when they return: some are seen by every backend.
    Program::everywhere("sys_exit", Attach::SyscallExit, &[], RETURNED.with(FieldSet::of(&[TaskStatus, TaskPending]))),
];
