//! The BPF object that is a part of this program.

use std::borrow::Cow;

use aya::util::nr_cpus;
use aya::{Btf, Ebpf, EbpfError, EbpfLoader, VerifierLogLevel};
use vivarium_sys::load::{Offsets, global, map};

use super::RingSize;
use super::returns::SyscallPrograms;
use super::sizes::scratch_entries;

/// Built by `cargo xtask bpf`.
pub(super) static OBJECT: &[u8] = aya::include_bytes_aligned!("../../bpf/vivarium.bpf.o");

/// Makes the maps, and gets the programs ready to be loaded.
pub(super) fn open(types: &Btf, offsets: &Offsets, ring: RingSize) -> Result<Ebpf, EbpfError> {
    let processors = nr_cpus().map_err(|(path, error)| EbpfError::FileError { path: path.into(), error })?;
    let processors = u32::try_from(processors).unwrap_or(u32::MAX);
    let claimed = scratch_entries(processors);
    EbpfLoader::new()
        .btf(Some(types))
        .verifier_log_level(VerifierLogLevel::DEBUG)
        .override_global(global::OFFSETS, offsets.0.as_slice(), true)
        .override_global(global::SCRATCH_MASK, &(claimed - 1), true)
        .override_global(global::WAKE_BYTES, &ring.wake_bytes(), true)
        .map_max_entries(map::RECORDS, ring.bytes())
        .map_max_entries(map::SCRATCH, claimed + processors)
        .load(&variant(SyscallPrograms::of_the_running_kernel()))
}

/// The section of the programs of system calls, by which aya makes them programs of a raw tracepoint.
const RAW: &[u8] = b"raw_tp/syscalls\0";
/// The same, by which it makes them programs of a trace event. As long as the other.
const OF_EVENT: &[u8] = b"tp/raw_syscalls\0";
const _: () = assert!(RAW.len() == OF_EVENT.len());

/// The object, with the programs of system calls as they are wanted: all are of one kind, since they call one another. aya knows
/// no other way to say of which kind a program is than the name of its section, which stands among the names of the object and
/// among those of its types.
fn variant(wanted: SyscallPrograms) -> Cow<'static, [u8]> {
    match wanted {
        SyscallPrograms::Raw => Cow::Borrowed(OBJECT),
        SyscallPrograms::OfEvent => {
            let mut object = OBJECT.to_vec();
            let mut rest = object.as_mut_slice();
            while let Some(at) = rest.windows(RAW.len()).position(|window| window == RAW) {
                rest[at..at + RAW.len()].copy_from_slice(OF_EVENT);
                rest = &mut rest[at + RAW.len()..];
            }
            Cow::Owned(object)
        }
    }
}

#[cfg(test)]
mod tests {
    use aya_obj::ProgramSection;
    use object::{Object as _, ObjectSection as _, ObjectSymbol as _};
    use vivarium_sys::load::{Attach, PROGRAMS};

    use super::*;

    /// `call bpf_tail_call`, as the kernel reads it.
    const TAIL_CALL: [u8; 8] = [0x85, 0, 0, 0, 12, 0, 0, 0];

    /// The lowest place on the stack that a program uses.
    fn lowest(code: &[u8]) -> i32 {
        const FRAME: u8 = 10;
        let place = |instruction: &[u8]| {
            let (to, from) = (instruction[1] & 15, instruction[1] >> 4);
            let offset = i16::from_le_bytes([instruction[2], instruction[3]]);
            match instruction[0] & 7 {
                1 if from == FRAME => offset.into(),
                2 | 3 if to == FRAME => offset.into(),
                // A pointer to it, which is reckoned with.
                7 if instruction[0] == 0x07 => i32::from_le_bytes(instruction[4..].try_into().unwrap()),
                _ => 0,
            }
        };
        code.chunks(8).map(place).min().unwrap_or(0)
    }

    #[test]
    fn all_programs_of_system_calls_are_of_the_kind_that_is_wanted() {
        let kinds = [
            (SyscallPrograms::Raw, ProgramSection::RawTracePoint),
            (SyscallPrograms::OfEvent, ProgramSection::TracePoint),
        ];
        for (wanted, kind) in kinds {
            let object = aya_obj::Object::parse(&variant(wanted)).unwrap();
            let rows = PROGRAMS.iter().filter(|row| matches!(row.attach, Attach::SyscallExit | Attach::Syscalls(_)));
            for row in rows {
                let section = &object.programs[row.name].section;
                assert_eq!(std::mem::discriminant(section), std::mem::discriminant(&kind), "{}", row.name);
            }
        }
    }

    #[test]
    fn each_program_at_a_probe_keeps_the_stack_of_its_task() {
        let object = object::File::parse(OBJECT).unwrap();
        let mut programs = 0;
        for section in object.sections().filter(|section| section.name().unwrap().starts_with("uprobe")) {
            let code = section.data().unwrap();
            let inside = |symbol: &object::Symbol<'_, '_>| symbol.section_index() == Some(section.index());
            for program in object.symbols().filter(inside).filter(object::ObjectSymbol::is_definition) {
                let start = usize::try_from(program.address()).unwrap();
                let code = &code[start..start + usize::try_from(program.size()).unwrap()];
                let name = program.name().unwrap();
                // Those that may wait can't, and need so little that they are on it anyway.
                let keeps = code.chunks(8).any(|instruction| instruction == TAIL_CALL);
                let is_small = section.name().unwrap().starts_with("uprobe.s") && lowest(code) > -64;
                assert!(keeps || is_small, "{name} calls no own_stack::keep");
                programs += 1;
            }
        }
        assert!(programs >= 3, "the programs at probes are in sections of another name");
    }
}
