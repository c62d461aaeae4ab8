//! What the kernel has of what programs are attached to: the numbers by which it knows the types of tracepoints and functions.

use vivarium_sys::load::{Attach, PROGRAMS};

use super::Unavailable;
use super::types::{Kind, Names, Numbers};

/// The numbers of what programs are attached to, as far as the kernel has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Targets(Numbers);

impl Targets {
    /// All that any program may be attached to.
    pub(super) fn wanted() -> Names {
        PROGRAMS.iter().flat_map(|program| candidates(program.attach)).collect()
    }

    /// What of that the kernel has.
    pub(super) fn new(found: Numbers) -> Self {
        Self(found)
    }

    /// The number of what this is attached to.
    pub(super) fn number(&self, attach: Attach) -> Result<u32, Unavailable> {
        let mut lacking = Unavailable::Missing;
        for candidate in candidates(attach) {
            match self.0.get(&candidate) {
                Some(number) => return Ok(*number),
                None => lacking = Unavailable::Target(candidate.1),
            }
        }
        Err(lacking)
    }
}

/// The types of what this is attached to: the first that the kernel has is it.
fn candidates(attach: Attach) -> Vec<(Kind, String)> {
    let tracepoint = |name: &str| (Kind::Alias, format!("btf_trace_{name}"));
    match attach {
        Attach::Tracepoint(name) => vec![tracepoint(name)],
        Attach::SyscallExit | Attach::Syscalls(_) => vec![tracepoint("sys_exit")],
        Attach::AnyTracepoint(names) => names.iter().copied().map(tracepoint).collect(),
        Attach::Lsm(hook) => vec![(Kind::Function, format!("bpf_lsm_{hook}"))],
        Attach::Fentry(function) | Attach::Fexit(function) => vec![(Kind::Function, function.to_owned())],
        _ => Vec::new(),
    }
}
