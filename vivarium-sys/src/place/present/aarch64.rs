//! Probe sites on 64-bit ARM Linux: one `nop`, and the same notes as everywhere.
//!
//! Arguments are written as the assembler writes operands: `8@x0` is eight unsigned bytes in a register, `8@5` a constant.

/// Calls [`__probe!`](crate::__probe) with what all three probes share on this architecture.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_aarch64 {
    (
        $probe:literal, $number:literal, $arguments:expr, $function:path, $semaphore:path, $id:expr, [$($more:expr),*],
        [$($operands:tt)*]
    ) => {
        $crate::__probe!(
            instruction: "nop",
            keep: "R_AARCH64_NONE", page: "65536",
            probe: $probe, number: $number, arguments: $arguments,
            function: $function, semaphore: $semaphore, id: $id, more: [$($more),*],
            operands: [$($operands)*], options: [readonly, preserves_flags]
        )
    };
}

/// How the site id stands among the arguments.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_site_argument {
    (fixed) => {
        "8@{id}"
    };
    (dynamic) => {
        "8@x1"
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
        $crate::__probe_aarch64!(
            "span_start", "1",
            ::core::concat!("8@x0 ", $crate::__probe_site_argument!($form), " 4@x2 8@x3 8@x4"),
            $function, $semaphore, $id, [$($more),*],
            [in("x0") $instance, in("x1") $site, in("x2") ::core::primitive::u64::from($flags), in("x3") $name, in("x4") $descriptor, $($operand)*]
        )
    };
}

/// Emits `span_stop`.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_stop {
    ($form:ident, $function:path, $semaphore:path, $id:expr, [$instance:expr, $site:expr, $flags:expr]) => {
        $crate::__probe_aarch64!(
            "span_stop", "2",
            ::core::concat!("8@x0 ", $crate::__probe_site_argument!($form), " 4@x2"),
            $function, $semaphore, $id, [],
            [in("x0") $instance, in("x1") $site, in("x2") ::core::primitive::u64::from($flags),]
        )
    };
}

/// Emits `span_raise`.
#[doc(hidden)]
#[macro_export]
macro_rules! __probe_raise {
    ($form:ident, $function:path, $semaphore:path, $id:expr, [$instance:expr, $site:expr, $raise:expr]) => {
        $crate::__probe_aarch64!(
            "span_raise", "3",
            ::core::concat!("8@x0 ", $crate::__probe_site_argument!($form), " 4@x2 8@x3 8@x4 4@x5"),
            $function, $semaphore, $id, [],
            [in("x0") $instance, in("x1") $site, in("x2") $raise.kind as ::core::primitive::u64,
             in("x3") $raise.message.as_ptr(), in("x4") $raise.file.as_ptr(), in("x5") ::core::primitive::u64::from($raise.line),]
        )
    };
}
