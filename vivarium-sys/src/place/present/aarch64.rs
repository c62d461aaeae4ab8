//! Probe sites on 64-bit ARM Linux: one `nop` for each probe, and the same notes as everywhere.
//!
//! Arguments are written as the assembler writes operands: `8@x0` is eight unsigned bytes in a register, `8@5` a constant.

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
            code: "cmp w6, #2\n\
                   b.eq 9902f\n\
                   b.hi 9903f\n\
                   9901: nop\n\
                   b 999f\n\
                   9902: nop\n\
                   b 999f\n\
                   9903: nop\n\
                   999:",
            keep: "R_AARCH64_NONE", page: "65536",
            start: ::core::concat!("8@x0 ", $site_at, " 4@x2 8@x3 8@x4"),
            stop: ::core::concat!("8@x0 ", $site_at, " 4@x2"),
            raise: ::core::concat!("8@x0 ", $site_at, " 4@x2 8@x3 8@x4 4@x5"),
            about: $about, function: $function, semaphore: $semaphore, id: $id,
            operands: [
                in("x0") $instance, in("x1") $site, in("x2") ::core::primitive::u64::from($flags), in("x3") $text,
                in("x4") $more, in("x5") ::core::primitive::u64::from($line), in("x6") ::core::primitive::u64::from($probe),
                $($operand = $($value)+,)?
            ],
            options: [readonly]
        )
    };
}

/// How a constant site id stands among the arguments.
#[doc(hidden)]
#[macro_export]
macro_rules! __fixed_site {
    ($($rest:tt)*) => {
        $crate::__probes_here!(site: "8@{id}", $($rest)*)
    };
}

/// How a site id that is an argument stands among them.
#[cfg(feature = "dynamic")]
macro_rules! dynamic_site {
    ($($rest:tt)*) => {
        $crate::__probes_here!(site: "8@x1", $($rest)*)
    };
}
#[cfg(feature = "dynamic")]
pub(super) use dynamic_site;
