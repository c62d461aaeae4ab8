//! Giving programs and their maps to the kernel.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use aya_obj::generated::{BPF_F_SLEEPABLE, bpf_attach_type, bpf_cmd, bpf_insn, bpf_prog_type};

use super::bpf::{call, create, zeroed};

/// How much the verifier may say.
const LOG_BYTES: usize = 1 << 20;
/// Where a function of a program begins, and its type.
const FUNCTION_BYTES: usize = 8;

/// The kernel does not take a program.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub(in crate::kernel) struct Refused {
    /// What it answered.
    pub(in crate::kernel) error: io::Error,
    /// What the verifier said.
    pub(in crate::kernel) log: String,
}

/// A program, as the kernel wants it.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernel) struct Loading<'a> {
    /// What it is called.
    pub(in crate::kernel) name: &'a str,
    /// What it does.
    pub(in crate::kernel) instructions: &'a [bpf_insn],
    /// Under which license.
    pub(in crate::kernel) license: &'a CStr,
    /// The types of its functions, where it has any that the verifier is to look at once.
    pub(in crate::kernel) functions: Option<Functions<'a>>,
    /// What it is for.
    pub(in crate::kernel) purpose: Purpose,
    /// Whether it may wait, for memory that has to be fetched.
    pub(in crate::kernel) may_wait: bool,
}

impl<'a> Loading<'a> {
    /// A program without functions.
    pub(in crate::kernel) fn bare(name: &'a str, instructions: &'a [bpf_insn], purpose: Purpose) -> Self {
        Self { name, instructions, license: c"GPL", functions: None, purpose, may_wait: false }
    }
}

/// The types of a program's functions.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernel) struct Functions<'a> {
    /// All types of the object.
    pub(in crate::kernel) types: BorrowedFd<'a>,
    /// Where each function begins, and which type it has.
    pub(in crate::kernel) table: &'a [u8],
}

/// What a program is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::kernel) enum Purpose {
    /// A trace event.
    Event,
    /// A tracepoint whose arguments have no types, or to be run when one wants it.
    Raw,
    /// A tracepoint with typed arguments: the number of its type.
    Tracepoint(u32),
    /// A hook of the Linux security modules, likewise.
    Lsm(u32),
    /// The entry of a function, likewise.
    Entry(u32),
    /// The return of a function, likewise.
    Return(u32),
    /// Many places in a file, by [`link_uprobes`](super::link_uprobes).
    Places,
    /// A trace event that has places in a file, by [`link_perf_event`](super::link_perf_event).
    PlacesOfEvent,
}

impl Purpose {
    /// The kind of program, how it is attached, and to which type.
    fn numbers(self) -> (bpf_prog_type, u32, u32) {
        use bpf_prog_type::{
            BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_LSM, BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_PROG_TYPE_TRACEPOINT,
            BPF_PROG_TYPE_TRACING,
        };
        match self {
            Self::Event => (BPF_PROG_TYPE_TRACEPOINT, 0, 0),
            Self::Raw => (BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0),
            Self::Tracepoint(of) => (BPF_PROG_TYPE_TRACING, bpf_attach_type::BPF_TRACE_RAW_TP as u32, of),
            Self::Lsm(of) => (BPF_PROG_TYPE_LSM, bpf_attach_type::BPF_LSM_MAC as u32, of),
            Self::Entry(of) => (BPF_PROG_TYPE_TRACING, bpf_attach_type::BPF_TRACE_FENTRY as u32, of),
            Self::Return(of) => (BPF_PROG_TYPE_TRACING, bpf_attach_type::BPF_TRACE_FEXIT as u32, of),
            Self::Places => (BPF_PROG_TYPE_KPROBE, bpf_attach_type::BPF_TRACE_UPROBE_MULTI as u32, 0),
            Self::PlacesOfEvent => (BPF_PROG_TYPE_KPROBE, 0, 0),
        }
    }
}

/// Loads a program.
pub(in crate::kernel) fn load_program(program: &Loading<'_>) -> Result<OwnedFd, Refused> {
    let load = |log: &mut [u8]| {
        let mut attr = zeroed();
        // SAFETY: a union of plain numbers, all of whose bytes are zero.
        let load = unsafe { &mut attr.__bindgen_anon_3 };
        let (kind, attach, of) = program.purpose.numbers();
        load.prog_type = kind as u32;
        load.expected_attach_type = attach;
        load.attach_btf_id = of;
        if program.may_wait {
            load.prog_flags = BPF_F_SLEEPABLE;
        }
        load.insns = program.instructions.as_ptr() as u64;
        load.insn_cnt = program.instructions.len() as u32;
        load.license = program.license.as_ptr() as u64;
        if let Some(functions) = program.functions {
            load.prog_btf_fd = functions.types.as_raw_fd().cast_unsigned();
            load.func_info = functions.table.as_ptr() as u64;
            load.func_info_rec_size = FUNCTION_BYTES as u32;
            load.func_info_cnt = (functions.table.len() / FUNCTION_BYTES) as u32;
        }
        // The last byte stays zero.
        let room = load.prog_name.len() - 1;
        for (to, from) in load.prog_name[..room].iter_mut().zip(program.name.bytes()) {
            *to = from.cast_signed();
        }
        if !log.is_empty() {
            load.log_level = 1;
            load.log_buf = log.as_mut_ptr() as u64;
            load.log_size = log.len() as u32;
        }
        // SAFETY: the pointers are to slices that are borrowed until the call is over, with their lengths.
        unsafe { create(bpf_cmd::BPF_PROG_LOAD, &mut attr) }
    };
    load(&mut []).map_err(|error| {
        // Only a second attempt asks for the words, since writing them takes longer than loading.
        let mut log = vec![0; LOG_BYTES];
        drop(load(&mut log));
        let words = CStr::from_bytes_until_nul(&log).unwrap_or_default();
        Refused { error, log: words.to_string_lossy().into_owned() }
    })
}

/// Loads a description of types.
pub(in crate::kernel) fn load_types(types: &[u8]) -> io::Result<OwnedFd> {
    let mut attr = zeroed();
    // SAFETY: a union of plain numbers, all of whose bytes are zero.
    let load = unsafe { &mut attr.__bindgen_anon_7 };
    load.btf = types.as_ptr() as u64;
    load.btf_size = u32::try_from(types.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: the pointer is to a slice that is borrowed until the call is over, with its length.
    unsafe { create(bpf_cmd::BPF_BTF_LOAD, &mut attr) }
}

/// Writes the only value of an array.
///
/// # Safety
/// Its values have as many bytes as are given.
pub(in crate::kernel) unsafe fn fill_array(array: BorrowedFd<'_>, value: &[u8]) -> io::Result<()> {
    // SAFETY: the caller's promise.
    unsafe { set_value(array, 0, value.as_ptr()) }
}

/// Nobody can write to the map any more.
pub(in crate::kernel) fn freeze_map(map: BorrowedFd<'_>) -> io::Result<()> {
    let mut attr = zeroed();
    // SAFETY: a union of plain numbers, all of whose bytes are zero.
    unsafe { &mut attr.__bindgen_anon_2 }.map_fd = map.as_raw_fd().cast_unsigned();
    // SAFETY: there are no pointers in it.
    unsafe { call(bpf_cmd::BPF_MAP_FREEZE, &mut attr) }.map(drop)
}

/// Puts a program in this place of an array of programs.
///
/// # Safety
/// It is an array of programs.
pub(in crate::kernel) unsafe fn set_program(
    array: BorrowedFd<'_>,
    place: u32,
    program: BorrowedFd<'_>,
) -> io::Result<()> {
    let program = program.as_raw_fd();
    // SAFETY: a program in such an array is given by the number of its descriptor.
    unsafe { set_value(array, place, (&raw const program).cast()) }
}

/// Writes a value into an array.
///
/// # Safety
/// As many bytes as the values of the array have are behind `value`.
unsafe fn set_value(array: BorrowedFd<'_>, place: u32, value: *const u8) -> io::Result<()> {
    let mut attr = zeroed();
    // SAFETY: a union of plain numbers, all of whose bytes are zero.
    let element = unsafe { &mut attr.__bindgen_anon_2 };
    element.map_fd = array.as_raw_fd().cast_unsigned();
    element.key = &raw const place as u64;
    element.__bindgen_anon_1.value = value as u64;
    // SAFETY: the key is a number that lives until the call is over, and the caller vouches for the value.
    unsafe { call(bpf_cmd::BPF_MAP_UPDATE_ELEM, &mut attr) }.map(drop)
}
