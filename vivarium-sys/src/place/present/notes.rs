//! The notes of a probe: the part of a site that is the same on every architecture.
//!
//! `.note.stapsdt` is what SystemTap, gdb, perf, bpftrace and libbpf read; `.note.vivarium` is described in
//! [`note`](crate::note). They are not loaded into memory, and they keep no function alive: with the flag `o` they belong
//! to the section of the function that the probe is in, and go when a linker discards that. A note that stayed would tell
//! of an address where there is no code, and libbpf attaches to none of the probes of a file with such a note. (mold lets
//! them stay; to GNU ld notes without that flag are a use of whatever they tell of.)
//!
//! `.stapsdt.base` is a single byte whose address tells how far a file was moved after it was linked. Nothing that is loaded
//! would refer to it, and gdb finds no probes where the linker drops it, so each probe holds it with a relocation that
//! changes nothing (`$keep`). It stands among the code (`x`), which elsewhere it does not: perf reckons where in the file a
//! probe is as if it were as far from its address as this byte is, and the linkers other than GNU's have code at another
//! distance than what is only read. A breakpoint that perf set then would be in the middle of some other instruction.
//!
//! The semaphores begin on a page of their own (`$page`, the largest that the architecture has), held in the same way. LLD
//! lays out two writable segments, the first of which becomes read-only once it is relocated, and lets them share a page
//! of the file. A kernel that attaches before the program starts counts in the first mapping of that page that it
//! sees, which would be the wrong one: the program would never learn that it is observed.
//!
//! To a linker that folds equal code (`--icf=all`) all probes look alike, as their instructions are the same. A third
//! relocation that changes nothing, against another place for each probe, tells them apart.

/// Emits a probe's instructions and its notes. The caller has put the arguments where `$arguments` says.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe {
    (
        instruction: $instruction:literal, keep: $keep:literal, page: $page:literal,
        probe: $probe:literal, number: $number:literal, arguments: $arguments:expr,
        function: $function:path, semaphore: $semaphore:path, id: $id:expr, more: [$($more:expr),*],
        operands: [$($operands:tt)*], options: [$($option:ident),*]
    ) => {
        // SAFETY: the instructions do nothing, and the rest goes to sections that are not loaded. The kernel or a debugger
        // that patches the instructions restores all registers.
        unsafe {
            ::core::arch::asm!(
                ::core::concat!(".reloc ., ", $keep, ", {semaphore} + ", $number),
                ::core::concat!(".reloc ., ", $keep, ", _.stapsdt.base"),
                ::core::concat!("990: ", $instruction),
                ".pushsection .note.stapsdt, \"o\", \"note\", {function}",
                ".balign 4",
                ".4byte 992f - 991f, 994f - 993f, 3",
                "991: .asciz \"stapsdt\"",
                "992: .balign 4",
                "993: .8byte 990b",
                ".8byte _.stapsdt.base",
                ".8byte {semaphore}",
                ".asciz \"vivarium\"",
                ::core::concat!(".asciz \"", $probe, "\""),
                ::core::concat!(".asciz \"", $arguments, "\""),
                "994: .balign 4",
                ".popsection",
                ".pushsection .note.vivarium, \"o\", \"note\", {function}",
                ".balign 4",
                ".4byte 992f - 991f, 994f - 993f, 2",
                "991: .asciz \"vivarium\"",
                "992: .balign 4",
                "993: .8byte 990b",
                ".8byte _.stapsdt.base",
                ".8byte {semaphore}",
                ".8byte {id}",
                ::core::concat!(".byte ", $number),
                "994: .balign 4",
                $($more,)*
                ".popsection",
                ".ifndef _.stapsdt.base",
                ".pushsection .stapsdt.base, \"axG\", \"progbits\", .stapsdt.base, comdat",
                ".weak _.stapsdt.base",
                ".hidden _.stapsdt.base",
                "_.stapsdt.base: .space 1",
                ".size _.stapsdt.base, 1",
                ".popsection",
                ".endif",
                ::core::concat!(".reloc ., ", $keep, ", _.vivarium.page"),
                ".ifndef _.vivarium.page",
                ".pushsection .probes, \"awG\", \"progbits\", _.vivarium.page, comdat",
                ".weak _.vivarium.page",
                ".hidden _.vivarium.page",
                ::core::concat!(".balign ", $page),
                "_.vivarium.page:",
                ".popsection",
                ".endif",
                function = sym $function,
                semaphore = sym $semaphore,
                id = const $id,
                $($operands)*
                options($($option),*),
            )
        }
    };
}

/// Emits `span_start` of a place in the code, with the note that describes the site.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_described_start {
    (
        function: $function:path, semaphore: $semaphore:path, id: $id:expr, kind: $kind:expr, module: $module:expr, name: $name:expr,
        file: $file:expr, line: $line:expr, column: $column:expr,
        arguments: [$($argument:expr),*]
    ) => {
        $crate::__probe_start!(
            fixed, $function, $semaphore, $id,
            [
                ".4byte 996f - 995f, 998f - 997f, 1",
                "995: .asciz \"vivarium\"",
                "996: .balign 4",
                "997: .8byte {id}",
                ::core::concat!(".4byte ", $line, ", ", $column),
                ::core::concat!(".byte ", $kind),
                ::core::concat!(".asciz \"", $module, "\""),
                ::core::concat!(".asciz \"", $name, "\""),
                ::core::concat!(".asciz \"", $file, "\""),
                "998: .balign 4"
            ],
            [$($argument),*]
        )
    };
}
