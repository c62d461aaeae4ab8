//! What the BPF programs and their loader agree on, besides the records: maps, globals, and which program needs what.
//!
//! The loader follows [`PROGRAMS`]: a program whose target or one of whose [`Field`]s this kernel lacks is left out, and
//! exactly the kinds of event that it serves are missing then.

mod field;
pub mod lane;
mod oddity;
pub mod plain;
mod program;
mod set;
mod stack;
mod syscall;
mod thread;

pub use field::{Field, FieldSet, MISSING, Offsets};
pub use oddity::{Effect, Oddity};
pub use program::{Absence, Attach, Moment, PROGRAMS, Program};
pub use set::{Assigned, Assignment, LossKey, SETS, SessionSet, SetFlags, SetId};
pub use stack::{Started, Stopped};
pub use syscall::Syscall;
pub use thread::{Adoption, Frame, ThreadFlags, ThreadState};

/// The names of the maps.
pub mod map {
    /// The ring buffer that carries every record that takes no [lane](super::lane). The loader sets its size.
    pub const RECORDS: &str = "RECORDS";
    /// Per processor: [`Counts`](crate::wire::Counts) for each [`counter_index`](crate::wire::counter_index).
    pub const COUNTS: &str = "COUNTS";
    /// Per processor: how often each [`Oddity`](super::Oddity) happened.
    pub const ODDITIES: &str = "ODDITIES";
    /// The observed threads: from a thread's id in the initial namespace to its [`ThreadState`](super::ThreadState).
    pub const THREADS: &str = "THREADS";
    /// What each set of sessions wants, by [`SetId::index`](super::SetId::index): [`SessionSet`](super::SessionSet).
    pub const SETS: &str = "SETS";
    /// How many records and oddities were lost to a set of sessions, by [`LossKey`](super::LossKey).
    pub const LOSSES: &str = "LOSSES";
    /// From a thread's id in the initial namespace to the [`Adoption`](super::Adoption) of the next process that it makes.
    pub const ADOPT: &str = "ADOPT";
    /// The sites that were off at some time, by their ids: a stop of one may come without a start. Under
    /// [`TWICE`](super::TWICE) stands whether sites may be attached to twice for a while.
    pub const SWITCHED: &str = "SWITCHED";
    /// Room to build records in: a power of two of entries that are claimed, four for each processor and 64 at least, and one
    /// for each processor that aren't. The loader sets how many, and [`SCRATCH_MASK`](super::global::SCRATCH_MASK).
    pub const SCRATCH: &str = "SCRATCH";
    /// The [`Lane`](super::lane::Lane) of each processor, which the loader maps. It sets how many there are.
    pub const LANES: &str = "LANES";
    /// The [`Page`](super::lane::Page)s of all lanes, one lane after the other. The loader maps them and sets how many there are.
    pub const LANE_PAGES: &str = "LANE_PAGES";
    /// Which program handles a system call, by its number on x86-64.
    pub const SYSCALLS: &str = "SYSCALLS";
}

/// The names of the read-only globals that the loader sets.
pub mod global {
    /// [`Offsets`](super::Offsets).
    pub const OFFSETS: &str = "OFFSETS";
    /// How many entries of [`SCRATCH`](super::map::SCRATCH) are claimed, less one, as `u32`.
    pub const SCRATCH_MASK: &str = "SCRATCH_MASK";
    /// How many pages a lane has, a power of two, less one, as `u32`.
    pub const LANE_MASK: &str = "LANE_MASK";
    /// Not zero where programs of system calls find the registers of the thread in their context, as `u32`.
    pub const REGISTERS_ARE_GIVEN: &str = "REGISTERS_ARE_GIVEN";
    /// Not zero where programs read as [`plain`](super::plain) says, as `u32`.
    pub const PLAIN_READS: &str = "PLAIN_READS";
    /// The reader is woken when so many bytes are waiting, as `u64`; below, it comes by itself.
    pub const WAKE_BYTES: &str = "WAKE_BYTES";
}

/// The name of the program that tells the results of events that come before them.
pub const RESULTS: &str = "sys_result";

/// The names of the programs that see what is asked for through rings.
pub const RINGS: [&str; 5] = ["uring_asked", "uring_queue", "uring_issue", "uring_issued", "uring_submit"];

/// No site: the entry of [`SWITCHED`](map::SWITCHED) that says whether a hit may be told of twice.
pub const TWICE: u64 = 0;

/// How many system calls [`SYSCALLS`](map::SYSCALLS) has room for.
pub const SYSCALL_LIMIT: u32 = 512;
