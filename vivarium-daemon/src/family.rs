//! The processes that a process has made, and the threads of each, as `/proc` shows them at a moment.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use nix::errno::Errno;
use nix::sched::sched_getaffinity;
use vivarium_session::record::{Pid, Tid};

/// The thread is about to end.
const PF_EXITING: u64 = 4;

/// How many generations are looked through.
const MAX_GENERATIONS: usize = 4096;

/// The process, and with `children` all that descend from it and whose makers still run.
pub(crate) fn family(process: Pid, children: bool) -> BTreeSet<Pid> {
    let mut family = BTreeSet::from([process]);
    if !children {
        return family;
    }
    let mut made: BTreeMap<Pid, Vec<Pid>> = BTreeMap::new();
    for pid in numbers("/proc").map(Pid) {
        if let Some(parent) = stat(&format!("/proc/{pid}/stat")).and_then(|fields| fields.parent) {
            made.entry(parent).or_default().push(pid);
        }
    }
    let mut next = vec![process];
    while let Some(pid) = next.pop() {
        for child in made.remove(&pid).unwrap_or_default() {
            if family.insert(child) {
                next.push(child);
            }
        }
    }
    family
}

/// Whether a process was made by another one, or by one that was, and so on, as long as those run.
pub(crate) fn descends(process: Pid, from: Pid) -> bool {
    let mut next = Some(process);
    // Numbers that are used again while this looks must not lead in circles.
    for _ in 0..MAX_GENERATIONS {
        next = next.and_then(|pid| stat(&format!("/proc/{pid}/stat"))?.parent);
        match next {
            Some(parent) if parent == from => return true,
            Some(_) => {}
            None => return false,
        }
    }
    false
}

/// The threads of a process.
pub(crate) fn threads(process: Pid) -> impl Iterator<Item = Tid> {
    let folder = format!("/proc/{process}/task");
    numbers(&folder).map(Tid)
}

/// How many threads a process has.
pub(crate) fn count_of_threads(process: Pid) -> Option<usize> {
    stat(&format!("/proc/{process}/stat")).map(|fields| fields.threads)
}

/// Whether a thread has ended, or has begun to: nobody will hear of its end any more.
pub(crate) fn is_ending(process: Pid, thread: Tid) -> bool {
    stat(&format!("/proc/{process}/task/{}/stat", thread.0)).is_none_or(|fields| fields.flags & PF_EXITING != 0)
}

/// Whether a thread has ended altogether, so that its end has been told of if it ever will be.
pub(crate) fn has_ended(thread: Tid) -> bool {
    match stat(&format!("/proc/{}/stat", thread.0)) {
        Some(fields) => fields.has_ended,
        // It may be hidden from us. Of one that is there, anyone is told where it may run.
        None => sched_getaffinity(nix::unistd::Pid::from_raw(thread.0.cast_signed())) == Err(Errno::ESRCH),
    }
}

/// The names of a folder that are numbers.
fn numbers(folder: &str) -> impl Iterator<Item = u32> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// What the kernel says of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Fields {
    /// Nothing of it is left but what somebody may wait for.
    has_ended: bool,
    parent: Option<Pid>,
    flags: u64,
    threads: usize,
}

fn stat(path: &str) -> Option<Fields> {
    parse(&fs::read(path).ok()?)
}

/// The name stands in parentheses, and may hold any byte.
fn parse(stat: &[u8]) -> Option<Fields> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let rest = str::from_utf8(&stat[end + 1..]).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let has_ended = matches!(fields.next()?, "Z" | "X");
    let parent = fields.next()?.parse().ok().filter(|parent| *parent != 0).map(Pid);
    let (flags, threads) = (fields.nth(4)?.parse().ok()?, fields.nth(10)?.parse().ok()?);
    Some(Fields { has_ended, parent, flags, threads })
}

#[cfg(test)]
mod tests {
    use std::process::{Command, id};

    use nix::sys::wait::{Id, WaitPidFlag, waitid};

    use super::*;

    #[test]
    fn a_name_does_not_confuse_what_follows() {
        let stat = b"42 (a) b (c) R 7 42 42 0 -1 4194308 0 0 0 0 1 2 3 4 20 0 5 0 9";
        assert_eq!(parse(stat), Some(Fields { has_ended: false, parent: Some(Pid(7)), flags: 4_194_308, threads: 5 }));
        assert_eq!(parse(b"42 (a"), None);
    }

    #[test]
    fn who_is_waited_for_has_ended_and_who_is_gone() {
        let mut child = Command::new("true").spawn().unwrap();
        let thread = Tid(child.id());
        let pid = nix::unistd::Pid::from_raw(child.id().cast_signed());
        waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT).unwrap();
        assert!(has_ended(thread), "nobody has waited for it yet");
        child.wait().unwrap();
        assert!(has_ended(thread), "it is gone");
        assert!(!has_ended(Tid(id())));
    }

    #[test]
    fn this_process_and_its_children_are_a_family() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let (me, it) = (Pid(id()), Pid(child.id()));
        let (with, without) = (family(me, true), family(me, false));
        let main = threads(it).any(|thread| thread.0 == it.0);
        let runs = !is_ending(it, Tid(it.0));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(with.contains(&it) && with.contains(&me));
        assert_eq!(without, BTreeSet::from([me]));
        assert!(main && runs);
        assert!(is_ending(it, Tid(it.0)));
    }
}
