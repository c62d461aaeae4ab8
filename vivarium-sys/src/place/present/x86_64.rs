//! Probe sites on x86-64 Linux.
//!
//! A probe is two instructions that do nothing, `nop; nop10` (`90`, then `66 2e 0f 1f 84 00 00 00 00 00`), at an address
//! that the notes tell. An observer puts its breakpoint on the first; a kernel that can do better than a breakpoint
//! rewrites the second. Never a bare `nop5`: some kernels turn one into a call that writes below the stack pointer, where
//! a leaf function keeps its variables. For the same reason the assembly isn't marked `nostack`.
//!
//! Arguments are written as an AT&T assembler writes operands: `8@%rdi` is eight unsigned bytes in a register, `8@$5` a
//! constant that costs no instruction. A place in the code carries its id as a constant (`fixed`); the shared probes of
//! the dynamic sites carry it in a register (`dynamic`).

/// Emits the probes of a site, and chooses the one with the number `$probe`.
#[doc(hidden)]
#[macro_export]
macro_rules! __probes_here {
    (
        site: $site_at:literal, about: $about:expr, function: $function:path, semaphore: $semaphore:path, id: $id:expr,
        arguments: [$instance:expr, $site:expr, $flags:expr, $text:expr, $more:expr, $line:expr, $probe:expr]
        $(, $operand:ident = $($value:tt)+)?
    ) => {
        $crate::__probes!(
            code: "cmp $2, %eax\n\
                   je 9902f\n\
                   ja 9903f\n\
                   9901: .byte 0x90, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00\n\
                   jmp 999f\n\
                   9902: .byte 0x90, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00\n\
                   jmp 999f\n\
                   9903: .byte 0x90, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00\n\
                   999:",
            keep: "R_X86_64_NONE", page: "4096",
            start: ::core::concat!("8@%rdi ", $site_at, " 4@%edx 8@%rcx 8@%r8"),
            stop: ::core::concat!("8@%rdi ", $site_at, " 4@%edx"),
            raise: ::core::concat!("8@%rdi ", $site_at, " 4@%edx 8@%rcx 8@%r8 4@%r9d"),
            about: $about, function: $function, semaphore: $semaphore, id: $id,
            operands: [
                in("rdi") $instance, in("rsi") $site, in("edx") $flags, in("rcx") $text, in("r8") $more, in("r9d") $line,
                in("eax") $probe, $($operand = $($value)+,)?
            ],
            options: [att_syntax, readonly]
        )
    };
}

/// How a constant site id stands among the arguments.
#[doc(hidden)]
#[macro_export]
macro_rules! __fixed_site {
    ($($rest:tt)*) => {
        $crate::__probes_here!(site: "8@${id}", $($rest)*)
    };
}

/// How a site id that is an argument stands among them.
#[cfg(feature = "dynamic")]
macro_rules! dynamic_site {
    ($($rest:tt)*) => {
        $crate::__probes_here!(site: "8@%rsi", $($rest)*)
    };
}
#[cfg(feature = "dynamic")]
pub(super) use dynamic_site;
