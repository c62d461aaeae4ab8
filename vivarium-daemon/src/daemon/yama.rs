//! What the security module Yama says of tracing, on top of who runs as whom.

use std::fs;

use vivarium_session::record::Pid;

use crate::family::descends;

/// Where it says so; nothing is there without it.
const SCOPE: &str = "/proc/sys/kernel/yama/ptrace_scope";

/// Whom a process may trace that has no privileges.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scope {
    /// All of its own user.
    OfUser,
    /// What descends from it.
    Descendants,
    /// None.
    Nobody,
}

impl Scope {
    /// On this machine, at this moment.
    pub(super) fn now() -> Self {
        fs::read_to_string(SCOPE).map_or(Self::OfUser, |scope| Self::read(&scope))
    }

    fn read(scope: &str) -> Self {
        match scope.trim() {
            "0" => Self::OfUser,
            "1" => Self::Descendants,
            // What is not known is not granted.
            _ => Self::Nobody,
        }
    }

    /// Whether one process may trace another one. Itself it knows anyway.
    pub(super) fn lets(self, tracer: Pid, process: Pid) -> bool {
        process == tracer
            || match self {
                Self::OfUser => true,
                Self::Descendants => descends(process, tracer),
                Self::Nobody => false,
            }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, id};

    use super::*;

    #[test]
    fn it_is_as_yama_says() {
        assert_eq!(Scope::read("0\n"), Scope::OfUser);
        assert_eq!(Scope::read("1\n"), Scope::Descendants);
        for other in ["2\n", "3\n", "", "7"] {
            assert_eq!(Scope::read(other), Scope::Nobody, "{other:?}");
        }
    }

    #[test]
    fn each_lets_trace_whom_it_says() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let (me, it) = (Pid(id()), Pid(child.id()));
        let lets = |scope: Scope| [(me, me), (me, it), (it, me)].map(|(tracer, process)| scope.lets(tracer, process));
        let (of_user, descendants, nobody) = (lets(Scope::OfUser), lets(Scope::Descendants), lets(Scope::Nobody));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(of_user, [true, true, true]);
        assert_eq!(descendants, [true, true, false]);
        assert_eq!(nobody, [true, false, false]);
    }
}
