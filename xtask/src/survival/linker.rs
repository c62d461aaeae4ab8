//! The linkers.

/// A linker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Linker {
    /// The LLD that comes with the compiler, which uses it where it isn't told otherwise.
    RustLld,
    /// The system's LLD.
    Lld,
    Gnu,
    /// The one that the system's C compiler uses where it isn't told otherwise, which is GNU ld. So does the compiler for
    /// targets that its own LLD isn't the linker of.
    Cc,
    Mold,
}

impl Linker {
    /// What makes the compiler use it.
    pub(super) const fn flags(self) -> &'static [&'static str] {
        match self {
            Self::RustLld | Self::Cc => &[],
            Self::Lld => &["-Clinker-features=-lld", "-Clink-arg=-fuse-ld=lld"],
            Self::Gnu => &["-Clinker-features=-lld", "-Clink-arg=-fuse-ld=bfd"],
            Self::Mold => &["-Clinker-features=-lld", "-Clink-arg=-fuse-ld=mold"],
        }
    }

    /// The program, and the package that it is in.
    pub(super) const fn program(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::RustLld => None,
            Self::Lld => Some(("ld.lld", "lld")),
            Self::Gnu | Self::Cc => Some(("ld.bfd", "binutils")),
            Self::Mold => Some(("mold", "mold")),
        }
    }

    /// Whether it takes away the notes of code that it discards.
    pub(super) const fn discards_notes(self) -> bool {
        !matches!(self, Self::Mold)
    }

    /// Whether it is the one that says this about itself in `.comment`.
    pub(super) fn has_left(self, comment: &str) -> bool {
        match self {
            Self::RustLld => comment.contains("Linker: LLD"),
            Self::Lld => comment.contains("LLD") && !Self::RustLld.has_left(comment),
            Self::Mold => comment.contains("mold"),
            // It says nothing.
            Self::Gnu | Self::Cc => !comment.contains("LLD") && !comment.contains("mold"),
        }
    }
}
