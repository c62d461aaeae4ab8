//! The BPF object that is a part of this program.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use aya::maps::{Map, MapData, MapError};
use aya::util::nr_cpus;
use aya_obj::btf::BtfError;
use aya_obj::generated::{bpf_insn, bpf_map_type};
use aya_obj::relocation::EbpfRelocationError;
use aya_obj::{EbpfSectionKind, ParseError, ProgramSection};
use vivarium_sys::load::{Offsets, global, map};

use super::RingSize;
use super::reads::Reads;
use super::returns::SyscallPrograms;
use super::sizes::{LaneSizes, scratch_entries};
use super::sys::{Functions, Loading, Purpose, fill_array, freeze_map, load_types};

/// Built by `cargo xtask bpf`.
pub(super) static OBJECT: &[u8] = aya::include_bytes_aligned!("../../bpf/vivarium.bpf.o");

/// Why the object cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ObjectError {
    /// It makes no sense.
    #[error("the BPF object cannot be read; build it again with `cargo xtask bpf`")]
    Malformed(#[from] ParseError),
    /// Nor do its references.
    #[error("the BPF object does not fit its maps; build it again with `cargo xtask bpf`")]
    Relocation(#[from] EbpfRelocationError),
    /// Its types make no sense.
    #[error("the types of the BPF object cannot be understood")]
    Types(#[from] BtfError),
    /// The kernel doesn't take them.
    #[error("the kernel refuses the types of the BPF object")]
    RefusedTypes(#[source] io::Error),
    /// It doesn't take a map.
    #[error(transparent)]
    Map(#[from] MapError),
    /// Or not what is in it.
    #[error("the kernel refuses the constants of the BPF object")]
    Constants(#[source] io::Error),
    /// Nobody says how many processors there are.
    #[error("cannot find out how many processors there are")]
    Processors(#[source] io::Error),
}

/// The programs of the object, which can be loaded: the descriptors of the maps are in their instructions.
pub(super) struct Object {
    codes: BTreeMap<String, Code>,
    types: Option<OwnedFd>,
}

/// What a program does.
pub(super) struct Code {
    /// Where it can be attached.
    pub(super) section: ProgramSection,
    license: CString,
    instructions: Vec<bpf_insn>,
    functions: Vec<u8>,
}

/// An object with maps that nobody has written to.
pub(super) struct Blank {
    object: aya_obj::Object,
    types: Option<OwnedFd>,
    maps: BTreeMap<String, MapData>,
    lanes: LaneSizes,
}

/// The maps of the object, by their names.
pub(super) type Maps = BTreeMap<String, Map>;

impl Blank {
    /// Takes the object apart, and makes its maps.
    pub(super) fn new(ring: RingSize) -> Result<Self, ObjectError> {
        let mut object = aya_obj::Object::parse(OBJECT)?;
        let processors = processors()?;
        let claimed = scratch_entries(processors);
        let lanes = LaneSizes::of(processors, ring);
        let given = u32::from(SyscallPrograms::of_the_running_kernel() == SyscallPrograms::Typed);
        let wake_bytes = ring.wake_bytes();
        object.patch_map_data(HashMap::from([
            (global::SCRATCH_MASK, ((claimed - 1).to_ne_bytes().as_slice(), true)),
            (global::LANE_MASK, ((lanes.pages - 1).to_ne_bytes().as_slice(), true)),
            (global::REGISTERS_ARE_GIVEN, (given.to_ne_bytes().as_slice(), true)),
            (global::WAKE_BYTES, (wake_bytes.to_ne_bytes().as_slice(), true)),
        ]))?;
        let types = match aya::features().btf() {
            Some(features) => object.fixup_and_sanitize_btf(features)?.map(|types| load_types(&types.to_bytes())),
            None => None,
        };
        let types = types.transpose().map_err(ObjectError::RefusedTypes)?;
        let mut maps = BTreeMap::new();
        for (name, definition) in &mut object.maps {
            match name.as_str() {
                map::RECORDS => definition.set_max_entries(ring.bytes()),
                map::LANES => definition.set_max_entries(lanes.lanes),
                map::LANE_PAGES => definition.set_max_entries(lanes.all_pages()),
                map::SCRATCH => definition.set_max_entries(claimed + processors),
                _ => {}
            }
            if definition.map_type() == bpf_map_type::BPF_MAP_TYPE_RINGBUF as u32 {
                definition.set_value_size(0);
            }
            let types = types.as_ref().map(AsFd::as_fd);
            maps.insert(name.clone(), MapData::create(definition.clone(), name, types)?);
        }
        let code: HashSet<_> = object.functions.keys().map(|(section, _)| *section).collect();
        let definitions = std::mem::take(&mut object.maps);
        let descriptors = definitions
            .iter()
            .map(|(name, definition)| (name.as_str(), maps[name].fd().as_fd().as_raw_fd(), definition));
        object.relocate_maps(descriptors, &code)?;
        object.relocate_calls(&code)?;
        object.maps = definitions;
        Ok(Self { object, types, maps, lanes })
    }

    /// Which lanes it has.
    pub(super) const fn lanes(&self) -> LaneSizes {
        self.lanes
    }

    /// Makes it fit a kernel that has its fields here, and reads so.
    pub(super) fn fill(mut self, offsets: &Offsets, reads: Reads) -> Result<(Object, Maps), ObjectError> {
        let offsets: Vec<_> = offsets.0.iter().flat_map(|offset| offset.to_ne_bytes()).collect();
        self.object.patch_map_data(HashMap::from([
            (global::OFFSETS, (offsets.as_slice(), true)),
            (global::PLAIN_READS, (u32::from(reads.are_plain()).to_ne_bytes().as_slice(), true)),
        ]))?;
        for (name, definition) in &self.object.maps {
            let array = self.maps[name].fd().as_fd();
            if !definition.data().is_empty() {
                // SAFETY: a map of globals has one value, which was made as large as they are.
                unsafe { fill_array(array, definition.data()) }.map_err(ObjectError::Constants)?;
            }
            if definition.section_kind() == EbpfSectionKind::Rodata {
                freeze_map(array).map_err(ObjectError::Constants)?;
            }
        }
        let maps = self.maps.into_iter().map(|(name, map)| Ok((name, Map::from_map_data(map)?)));
        let maps = maps.collect::<Result<_, MapError>>()?;
        let mut functions = self.object.functions;
        let codes = self.object.programs.into_iter().filter_map(|(name, program)| {
            let function = functions.remove(&program.function_key())?;
            let functions = function.func_info.func_info_bytes();
            let mut instructions = function.instructions;
            reads.write_into(&mut instructions);
            Some((name, Code { section: program.section, license: program.license, instructions, functions }))
        });
        Ok((Object { codes: codes.collect(), types: self.types }, maps))
    }
}

impl Object {
    /// What a program does, if there is one of this name.
    pub(super) fn code(&self, name: &str) -> Option<&Code> {
        self.codes.get(name)
    }

    /// A program, as the kernel wants it.
    pub(super) fn loading<'o>(&'o self, name: &'o str, code: &'o Code, purpose: Purpose) -> Loading<'o> {
        let types = self.types.as_ref();
        Loading {
            name,
            instructions: &code.instructions,
            license: &code.license,
            functions: types.map(|types| Functions { types: types.as_fd(), table: &code.functions }),
            purpose,
            may_wait: matches!(code.section, ProgramSection::UProbe { sleepable: true }),
        }
    }
}

impl Code {
    /// How many instructions it has.
    pub(super) fn len(&self) -> usize {
        self.instructions.len()
    }
}

/// How many processors there can be.
fn processors() -> Result<u32, ObjectError> {
    let processors = nr_cpus().map_err(|(_, error)| ObjectError::Processors(error))?;
    Ok(u32::try_from(processors).unwrap_or(u32::MAX))
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
    fn all_programs_of_system_calls_are_of_one_kind() {
        let object = aya_obj::Object::parse(OBJECT).unwrap();
        for row in PROGRAMS.iter().filter(|row| matches!(row.attach, Attach::SyscallExit | Attach::Syscalls(_))) {
            assert!(matches!(object.programs[row.name].section, ProgramSection::RawTracePoint), "{}", row.name);
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
