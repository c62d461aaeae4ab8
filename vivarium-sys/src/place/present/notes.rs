//! The notes of the probes: the part of a site that is the same on every architecture.
//!
//! `.note.stapsdt` is what SystemTap, gdb, perf, bpftrace and libbpf read; `.note.vivarium` is described in
//! [`note`](crate::note). They are not loaded into memory, and they keep no function alive: with the flag `o` they belong
//! to the section of the function that the probe is in, and go when a linker discards that. A note that stayed would tell
//! of an address where there is no code, and libbpf attaches to none of the probes of a file with such a note. (mold lets
//! them stay; to GNU ld notes without that flag are a use of whatever they tell of.)
//!
//! `.stapsdt.base` is a single byte whose address tells how far a file was moved after it was linked. Nothing that is loaded
//! would refer to it, and gdb finds no probes where the linker drops it, so each site holds it with a relocation that
//! changes nothing (`$keep`). It stands among the code (`x`), which elsewhere it does not: perf reckons where in the file a
//! probe is as if it were as far from its address as this byte is, and the linkers other than GNU's have code at another
//! distance than what is only read. A breakpoint that perf set then would be in the middle of some other instruction.
//!
//! The semaphores begin on a page of their own (`$page`, the largest that the architecture has), held in the same way. LLD
//! lays out two writable segments, the first of which becomes read-only once it is relocated, and lets them share a page
//! of the file. A kernel that attaches before the program starts counts in the first mapping of that page that it
//! sees, which would be the wrong one: the program would never learn that it is observed.
//!
//! To a linker that folds equal code (`--icf=all`) all sites look alike, as their instructions are the same. A third
//! relocation that changes nothing, against the semaphore, tells them apart.

/// Emits the probes of a site and their notes. The caller has put the arguments where `start`, `stop` and `raise` say; `code`
/// is the instructions, with the labels 9901, 9902 and 9903 at those of the three probes.
///
/// All of it is one text and one piece of assembly: a crate may have thousands of sites, and what the compiler does for each
/// of them is felt.
#[doc(hidden)]
#[macro_export]
macro_rules! __probes {
    (
        code: $code:literal, keep: $keep:literal, page: $page:literal,
        start: $start:expr, stop: $stop:expr, raise: $raise:expr, about: $about:expr,
        function: $function:path, semaphore: $semaphore:path, id: $id:expr,
        operands: [$($operands:tt)*], options: [$($option:ident),*]
    ) => {
        // SAFETY: the instructions do nothing but choose among those that do nothing, and the rest goes to sections that are
        // not loaded. The kernel or a debugger that patches the instructions restores all registers.
        unsafe {
            ::core::arch::asm!(
                ::core::concat!(
                    ".reloc ., ", $keep, ", {semaphore}\n\
                     .reloc ., ", $keep, ", _.stapsdt.base\n\
                     .reloc ., ", $keep, ", _.vivarium.page\n",
                    $code,
                    "\n.pushsection .note.stapsdt, \"o\", \"note\", {function}\n",
                    $crate::__probe_note!("9901b", "span_start", $start),
                    $crate::__probe_note!("9902b", "span_stop", $stop),
                    $crate::__probe_note!("9903b", "span_raise", $raise),
                    ".popsection\n\
                     .pushsection .note.vivarium, \"o\", \"note\", {function}\n",
                    $crate::__probe_note!("9901b", "1"),
                    $crate::__probe_note!("9902b", "2"),
                    $crate::__probe_note!("9903b", "3"),
                    $about,
                    "\n.popsection\n\
                     .ifndef _.stapsdt.base\n\
                     .pushsection .stapsdt.base, \"axG\", \"progbits\", .stapsdt.base, comdat\n\
                     .weak _.stapsdt.base\n\
                     .hidden _.stapsdt.base\n\
                     _.stapsdt.base: .space 1\n\
                     .size _.stapsdt.base, 1\n\
                     .popsection\n\
                     .endif\n\
                     .ifndef _.vivarium.page\n\
                     .pushsection .probes, \"awG\", \"progbits\", _.vivarium.page, comdat\n\
                     .weak _.vivarium.page\n\
                     .hidden _.vivarium.page\n\
                     .balign ", $page, "\n\
                     _.vivarium.page:\n\
                     .popsection\n\
                     .endif"
                ),
                function = sym $function,
                semaphore = sym $semaphore,
                id = const $id,
                $($operands)*
                options($($option),*),
            )
        }
    };
}

/// The text of a note for the probe at a label: that of SystemTap, with name and arguments, or ours, with a number.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_note {
    ($label:literal, $name:literal, $arguments:expr) => {
        ::core::concat!(
            ".balign 4\n\
             .4byte 992f - 991f, 994f - 993f, 3\n\
             991: .asciz \"stapsdt\"\n\
             992: .balign 4\n\
             993: .8byte ",
            $label,
            ", _.stapsdt.base, {semaphore}\n\
             .asciz \"vivarium\"\n\
             .asciz \"",
            $name,
            "\"\n\
             .asciz \"",
            $arguments,
            "\"\n\
             994: .balign 4\n"
        )
    };
    ($label:literal, $number:literal) => {
        ::core::concat!(
            ".balign 4\n\
             .4byte 992f - 991f, 994f - 993f, 2\n\
             991: .asciz \"vivarium\"\n\
             992: .balign 4\n\
             993: .8byte ",
            $label,
            ", _.stapsdt.base, {semaphore}, {id}\n\
             .byte ",
            $number,
            "\n\
             994: .balign 4\n"
        )
    };
}

/// The text of the note that describes a site.
#[doc(hidden)]
#[macro_export]
macro_rules! __site_note {
    ($kind:expr, $module:expr, $name:expr, $file:expr, $line:expr, $column:expr) => {
        ::core::concat!(
            ".4byte 992f - 991f, 994f - 993f, 1\n\
             991: .asciz \"vivarium\"\n\
             992: .balign 4\n\
             993: .8byte {id}\n\
             .4byte ",
            $line,
            ", ",
            $column,
            "\n\
             .byte ",
            $kind,
            "\n\
             .asciz \"",
            $module,
            "\"\n\
             .asciz \"",
            $name,
            "\"\n\
             .asciz \"",
            $file,
            "\"\n\
             994: .balign 4"
        )
    };
}
