//! What a kernel lacks, and what nobody asks for.

use nix::unistd::Uid;
use vivarium_sys::load::{Field, MISSING, PROGRAMS};

use super::*;
use crate::kernel::RingSize;
use crate::kernel::facts::Facts;
use crate::kernel::object::Blank;

/// The kernel side of a machine whose kernel doesn't have these fields; none without root.
fn kernel_without(fields: &[Field]) -> Option<(KernelSide, Ring)> {
    if !Uid::effective().is_root() {
        println!("nothing is tested: loading programs needs root");
        return None;
    }
    let mut facts = Facts::of_the_running_kernel().expect("the kernel's types");
    fields.iter().for_each(|field| facts.offsets.set(*field, MISSING));
    let blank = Blank::new(RingSize::default()).expect("the maps");
    Some(KernelSide::over(blank, facts).expect("a kernel side"))
}

/// The programs that this backend has for itself and that need this field.
fn in_need_of(field: Field, backend: Backend) -> Vec<&'static str> {
    let own = |program: &&Program| program.backends == [backend] && program.needs.contains(field);
    PROGRAMS.iter().filter(own).map(|program| program.name).collect()
}

#[test]
fn a_field_that_a_kernel_lacks_costs_what_needs_it_and_nothing_else() {
    let Some((mut side, mut ring)) = kernel_without(&[Field::TaskRealParent]) else { return };
    let running = side.start(Backend::Syscalls, Extent::Whole, &mut ring).expect("the others are loaded");
    let lost: Vec<_> = running.lost.iter().map(|lost| lost.program.name).collect();
    let said = running.lost.iter().map(ToString::to_string).collect::<String>();
    let in_need = in_need_of(Field::TaskRealParent, Backend::Syscalls);
    assert!(!in_need.is_empty() && in_need.iter().all(|name| lost.contains(name)), "{said}");
    let others =
        PROGRAMS.iter().filter(|program| program.backends == [Backend::Syscalls] && !lost.contains(&program.name));
    for program in others {
        assert!(side.programs().is_loaded(program), "{} is not loaded", program.name);
    }
    assert!(said.contains("ptrace_traceme is not seen: this kernel has no task_struct.real_parent"), "{said}");
    side.stop(Backend::Syscalls);
}

#[test]
fn what_tells_of_kinds_that_nobody_wants_is_not_loaded() {
    let Some((mut side, mut ring)) = kernel_without(&[]) else { return };
    let wanted = [EventKind::SETID_CHANGE];
    side.start(Backend::Syscalls, Extent::Kinds(&wanted), &mut ring).expect("the backend works");
    let own = PROGRAMS.iter().filter(|program| program.backends == [Backend::Syscalls]);
    for program in own.filter(|program| !program.events.is_empty()) {
        let serves = program.events.iter().any(|kind| wanted.contains(kind) || *kind == TRIED);
        assert_eq!(side.programs().is_loaded(program), serves, "{}", program.name);
    }
    side.stop(Backend::Syscalls);
}
