//! Probe sites on x86-64 Linux.
//!
//! A site is two instructions that do nothing, `nop; nop10` (`90`, then `66 2e 0f 1f 84 00 00 00 00 00`), at an address
//! that the notes tell. An observer puts its breakpoint on the first; a kernel that can do better than a breakpoint
//! rewrites the second. Never a bare `nop5`: some kernels turn one into a call that writes below the stack pointer, where
//! a leaf function keeps its variables. For the same reason the assembly isn't marked `nostack`.
//!
//! Arguments are written as an AT&T assembler writes operands: `8@%rdi` is eight unsigned bytes in a register, `8@$5` a
//! constant that costs no instruction. A place in the code carries its id as a constant (`fixed`); the shared probes of
//! the dynamic sites carry it in a register (`dynamic`).

/// Calls [`__probe!`](crate::__probe) with what all three probes share on this architecture.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_x86_64 {
    (
        $probe:literal, $number:literal, $arguments:expr, $function:path, $semaphore:path, $id:expr, [$($more:expr),*],
        [$($operands:tt)*]
    ) => {
        $crate::__probe!(
            instruction: ".byte 0x90, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00",
            keep: "R_X86_64_NONE", page: "4096",
            probe: $probe, number: $number, arguments: $arguments,
            function: $function, semaphore: $semaphore, id: $id, more: [$($more),*],
            operands: [$($operands)*], options: [att_syntax, readonly, preserves_flags]
        )
    };
}

/// How the site id stands among the arguments.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_site_argument {
    (fixed) => {
        "8@${id}"
    };
    (dynamic) => {
        "8@%rsi"
    };
}

/// Emits `span_start`.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_start {
    (
        $form:ident, $function:path, $semaphore:path, $id:expr, [$($more:expr),*],
        [$instance:expr, $site:expr, $flags:expr, $name:expr, $descriptor:expr] $($operand:tt)*
    ) => {
        $crate::__probe_x86_64!(
            "span_start", "1",
            ::core::concat!("8@%rdi ", $crate::__probe_site_argument!($form), " 4@%edx 8@%rcx 8@%r8"),
            $function, $semaphore, $id, [$($more),*],
            [in("rdi") $instance, in("rsi") $site, in("edx") $flags, in("rcx") $name, in("r8") $descriptor, $($operand)*]
        )
    };
}

/// Emits `span_stop`.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_stop {
    ($form:ident, $function:path, $semaphore:path, $id:expr, [$instance:expr, $site:expr, $flags:expr]) => {
        $crate::__probe_x86_64!(
            "span_stop", "2",
            ::core::concat!("8@%rdi ", $crate::__probe_site_argument!($form), " 4@%edx"),
            $function, $semaphore, $id, [],
            [in("rdi") $instance, in("rsi") $site, in("edx") $flags,]
        )
    };
}

/// Emits `span_raise`.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_raise {
    ($form:ident, $function:path, $semaphore:path, $id:expr, [$instance:expr, $site:expr, $raise:expr]) => {
        $crate::__probe_x86_64!(
            "span_raise", "3",
            ::core::concat!("8@%rdi ", $crate::__probe_site_argument!($form), " 4@%edx 8@%rcx 8@%r8 4@%r9d"),
            $function, $semaphore, $id, [],
            [in("rdi") $instance, in("rsi") $site, in("edx") $raise.kind as ::core::primitive::u32,
             in("rcx") $raise.message.as_ptr(), in("r8") $raise.file.as_ptr(), in("r9d") $raise.line,]
        )
    };
}
