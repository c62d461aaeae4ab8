//! The memory of the kernel, read by the names that its types give to their fields.
//!
//! The offsets are those of the running kernel: the loader sets them before the verifier sees the programs, so that they
//! are constants to it.

mod plain;

pub(crate) use plain::{Plain, reads_are_plain};

use core::ffi::c_void;
use core::mem::MaybeUninit;

use aya_ebpf::helpers::{bpf_get_current_task_btf, generated};
use aya_ebpf::programs::{RawTracePointContext, TracePointContext};
use aya_ebpf::{EbpfContext as _, Global};
use vivarium_sys::load::{Field, MISSING};

/// `vivarium_sys::load::Offsets`.
#[unsafe(no_mangle)]
static OFFSETS: [Global<u32>; Field::ALL.len()] = [const { Global::new(MISSING) }; Field::ALL.len()];

/// Whether the programs of system calls are those of the typed tracepoint, which is given the registers: not zero then.
#[unsafe(no_mangle)]
static REGISTERS_ARE_GIVEN: Global<u32> = Global::new(0);

/// Where fields are.
pub(crate) trait Offset {
    /// In bytes from the start of the type: to the verifier, a number that it knows.
    fn offset(self) -> usize;
}

impl Offset for Field {
    #[inline(always)]
    fn offset(self) -> usize {
        OFFSETS[self as usize].load() as usize
    }
}

/// A structure of the kernel, of which fields are read.
pub(crate) trait Structure: Copy {
    /// The value of a field.
    fn get<T: Copy>(self, field: Field) -> T;
}

/// Whether the kernel has a field. What comes after the answer no isn't seen by the verifier.
#[inline(always)]
pub(crate) fn has(field: Field) -> bool {
    OFFSETS[field as usize].load() != MISSING
}

/// A pointer to a type of the kernel that the verifier knows: reading through it is a plain load.
///
/// Where a pointer is read that way from what the kernel vouches for, the running task or an argument, the verifier looks
/// through all types of the kernel for what it may be relied on for, a millisecond each time. So what isn't done often goes
/// by [`Address`].
#[derive(Clone, Copy)]
pub(crate) struct Typed(*const u8);

impl Typed {
    /// An argument that the kernel passed to a typed program.
    #[inline(always)]
    pub(crate) fn argument(pointer: *const c_void) -> Self {
        Self(pointer.cast())
    }

    /// The running task, a `task_struct`.
    #[inline(always)]
    pub(crate) fn current_task() -> Self {
        // SAFETY: the helper takes nothing.
        Self(unsafe { bpf_get_current_task_btf() }.cast_const().cast())
    }

    /// What the registers of a thread are that returns from a system call, a `pt_regs`.
    #[inline(always)]
    pub(crate) fn returning_registers(ctx: &RawTracePointContext) -> Self {
        if REGISTERS_ARE_GIVEN.load() == 0 {
            return Self::current_registers();
        }
        // SAFETY: it is the first argument of the tracepoint. Where there is another context, the verifier doesn't come here.
        Self(unsafe { ctx.as_ptr().cast::<*const u8>().read_volatile() })
    }

    /// What the registers of the running thread were when it entered the kernel, a `pt_regs`.
    #[inline(always)]
    pub(crate) fn current_registers() -> Self {
        Self::current_task().registers()
    }

    /// The same, of the running task.
    #[inline(always)]
    pub(crate) fn registers(self) -> Self {
        // SAFETY: the verifier knows that it is a task. The binding gives an address for a pointer.
        let registers = unsafe { generated::bpf_task_pt_regs(self.0.cast_mut().cast()) };
        Self(registers as *const u8)
    }

    /// The value of a field.
    #[inline(always)]
    pub(crate) fn get<T: Copy>(self, field: Field) -> T {
        // SAFETY: the verifier knows the type of the pointer and checks the field's offset and size against it. Volatile,
        // so that the compiler neither splits nor merges loads.
        unsafe { self.0.add(field.offset()).cast::<T>().read_volatile() }
    }

    /// Eight bytes of a field that is a text or a list, in its order.
    #[inline(always)]
    pub(crate) fn word(self, field: Field, at: usize) -> u64 {
        // SAFETY: as above.
        unsafe { self.0.add(field.offset()).cast::<u64>().add(at).read_volatile() }
    }

    /// Where a field points.
    #[inline(always)]
    pub(crate) fn follow(self, field: Field) -> Self {
        Self(self.get::<*const u8>(field))
    }

    /// A field that is a structure itself.
    #[inline(always)]
    pub(crate) fn inner(self, field: Field) -> Self {
        // SAFETY: the verifier allows only offsets within the type.
        Self(unsafe { self.0.add(field.offset()) })
    }

    /// The same as an address, for the verifier to forget the type.
    #[inline(always)]
    pub(crate) fn address(self) -> Address {
        Address(self.0 as u64)
    }
}

/// An address in the kernel of which the verifier knows nothing: reading goes through a helper.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Address(pub(crate) u64);

impl Address {
    /// The running task, a `task_struct`.
    #[inline(always)]
    pub(crate) fn current_task() -> Self {
        Typed::current_task().address()
    }

    /// What a trace event holds, a `trace_event_raw_` of its class.
    ///
    /// The address is read from the stack by the helper: the verifier lets nobody reckon with a context of which it knows.
    #[inline(always)]
    pub(crate) fn of_event(ctx: &TracePointContext) -> Self {
        let context = ctx.as_ptr();
        Self((&raw const context) as u64).read()
    }

    /// What is there; all zero when it can't be read.
    #[inline(always)]
    pub(crate) fn read<T: Copy>(self) -> T {
        let mut value = MaybeUninit::<T>::uninit();
        // SAFETY: the helper writes all of the value and nothing else: zeros where it can't read. All that is read are
        // integers.
        unsafe {
            generated::bpf_probe_read_kernel(value.as_mut_ptr().cast(), size_of::<T>() as u32, self.pointer());
            value.assume_init()
        }
    }

    /// The same, for what is read often.
    #[inline(always)]
    pub(crate) fn plainly(self) -> Plain {
        Plain(self)
    }

    /// The value of a field.
    #[inline(always)]
    pub(crate) fn get<T: Copy>(self, field: Field) -> T {
        self.inner(field).read()
    }

    /// Where a field points.
    #[inline(always)]
    pub(crate) fn follow(self, field: Field) -> Self {
        self.get(field)
    }

    /// A field that is a structure itself.
    #[inline(always)]
    pub(crate) fn inner(self, field: Field) -> Self {
        Self(self.0.wrapping_add(field.offset() as u64))
    }

    /// The structure whose field is here.
    #[inline(always)]
    pub(crate) fn container_of(self, field: Field) -> Self {
        Self(self.0.wrapping_sub(field.offset() as u64))
    }

    /// For a helper.
    #[inline(always)]
    pub(crate) fn pointer(self) -> *const c_void {
        self.0 as *const c_void
    }
}

impl Structure for Typed {
    #[inline(always)]
    fn get<T: Copy>(self, field: Field) -> T {
        self.get(field)
    }
}

impl Structure for Address {
    #[inline(always)]
    fn get<T: Copy>(self, field: Field) -> T {
        self.get(field)
    }
}
