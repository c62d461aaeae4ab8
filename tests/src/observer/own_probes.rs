//! The probes of this process, found as every tool finds them.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

use object::{Object, ObjectSection};
use vivarium_sys::probe::Probe;

const BREAKPOINT: u8 = 0xcc;
const NOP: u8 = 0x90;

struct OwnProbe {
    kind: Probe,
    instruction: u64,
    semaphore: u64,
}

/// The probes, as addresses in memory.
pub(super) struct OwnProbes {
    memory: File,
    probes: Vec<OwnProbe>,
}

/// The probes of this process.
pub(super) fn own_probes() -> &'static OwnProbes {
    static PROBES: OnceLock<OwnProbes> = OnceLock::new();
    PROBES.get_or_init(OwnProbes::find)
}

impl OwnProbes {
    /// Reads the notes of the executable.
    fn find() -> Self {
        let bytes = fs::read("/proc/self/exe").expect("the executable can be read");
        let file = object::File::parse(&*bytes).expect("the executable is ELF");
        let notes = file.section_by_name(".note.stapsdt").expect("the executable has sites");
        let notes = notes.data().expect("the notes can be read");
        let probes = parse(notes, load_address()).collect();
        let memory = OpenOptions::new().write(true).open("/proc/self/mem").expect("a process may write its own memory");
        Self { memory, probes }
    }

    /// Which probe's instruction is at this address.
    pub(super) fn kind_at(&self, instruction: u64) -> Option<Probe> {
        Some(self.probes.iter().find(|probe| probe.instruction == instruction)?.kind)
    }

    pub(super) fn attach(&self) {
        self.set(BREAKPOINT, 1);
    }

    pub(super) fn detach(&self) {
        self.set(NOP, 0);
    }

    fn set(&self, instruction: u8, observers: u16) {
        for probe in &self.probes {
            self.memory.write_all_at(&[instruction], probe.instruction).expect("the probe can be written");
            self.memory.write_all_at(&observers.to_le_bytes(), probe.semaphore).expect("the semaphore can be written");
        }
    }
}

/// The notes: three sizes, the owner, then the addresses of the probe, of the base and of the semaphore, and texts.
fn parse(mut notes: &[u8], load_address: u64) -> impl Iterator<Item = OwnProbe> {
    std::iter::from_fn(move || {
        let size = |at: usize| Some(u32::from_le_bytes(notes.get(at..at + 4)?.try_into().ok()?) as usize);
        let (owner, descriptor) = (size(0)?.next_multiple_of(4), size(4)?.next_multiple_of(4));
        let (note, rest) = notes.get(12 + owner..)?.split_at_checked(descriptor)?;
        notes = rest;
        let address = |at: usize| u64::from_le_bytes(note[at..at + 8].try_into().expect("eight bytes"));
        let name = note[24..].split(|byte| *byte == 0).nth(1).expect("a note names its probe");
        let kind = Probe::ALL.into_iter().find(|probe| probe.name().as_bytes() == name).expect("the name is known");
        Some(OwnProbe { kind, instruction: load_address + address(0), semaphore: load_address + address(16) })
    })
}

/// Where the executable was loaded: the start of its first mapping.
fn load_address() -> u64 {
    let own = fs::read_link("/proc/self/exe").expect("the executable has a path");
    let maps = fs::read_to_string("/proc/self/maps").expect("the mappings can be read");
    let first = maps.lines().find(|line| line.ends_with(&*own.to_string_lossy())).expect("the executable is mapped");
    let start = first.split('-').next().unwrap_or_default();
    u64::from_str_radix(start, 16).expect("a mapping begins with its address")
}
