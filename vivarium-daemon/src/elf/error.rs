//! Why a file cannot be read, in words that say what to do.

use std::fmt;
use std::io;

use object::elf::Machine;

/// Why a file cannot be read as an ELF file of ours.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ElfError {
    /// Nothing has that name.
    #[error("no such file")]
    NoSuchFile,
    /// It may not be opened.
    #[error("permission denied: run vivarium as the owner of the file, or with sudo")]
    PermissionDenied,
    /// A directory.
    #[error("is a directory: give a program or a library in it")]
    Directory,
    /// A pipe, a socket or a device.
    #[error("is not a regular file: give a program or a library")]
    NotRegular,
    /// An archive of object files.
    #[error("is an archive of object files: give the program or library that it is linked into")]
    Archive,
    /// A script.
    #[error("is a script: give the program that it runs")]
    Script,
    /// Something else.
    #[error("is not an ELF file: give a program or a library that was built for Linux")]
    NotElf,
    /// An object file.
    #[error("is an object file: give the program or library that it is linked into")]
    NotLinked,
    /// A core file, or of a type that is not known.
    #[error("is neither a program nor a library: give one of them")]
    NotLoadable,
    /// Of 32 bits.
    #[error("is a 32-bit ELF file, where there are no probe sites: build it for a 64-bit target")]
    Narrow,
    /// Big endian.
    #[error("is a big-endian ELF file, where there are no probe sites: build it for x86_64 or aarch64")]
    BigEndian,
    /// Of another architecture.
    #[error("is built for {}, where there are no probe sites: build it for x86_64 or aarch64", machine_name(*.0))]
    Machine(Machine),
    /// Of another version of the format.
    #[error("is an ELF file of unknown version {0}")]
    Version(u8),
    /// The file ends before something that it says it has.
    #[error("is truncated: {part} should end at byte {end}, but the file has {length}; copy or build it again")]
    Truncated {
        /// What is cut off.
        part: Part,
        /// Where it should end.
        end: u128,
        /// How long the file is.
        length: u64,
    },
    /// Something is larger than any honest file has it.
    #[error("is damaged or hostile: {part} has {size} bytes, more than the {limit} that are read; build it again")]
    TooLarge {
        /// What is too large.
        part: Part,
        /// How large it says it is.
        size: u64,
        /// How large it may be.
        limit: u64,
    },
    /// Something contradicts the format.
    #[error("is damaged: {part} {flaw}; copy or build it again")]
    Damaged {
        /// Where.
        part: Part,
        /// What.
        flaw: &'static str,
    },
    /// The section headers are gone, and with them the way to the notes.
    #[error(
        "has no section headers, so its notes cannot be found: use the file as the linker wrote it, \
         before `sstrip` or a packer"
    )]
    NoSections,
    /// The system failed.
    #[error("cannot be read: {0}")]
    Io(io::Error),
}

impl From<io::Error> for ElfError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NoSuchFile,
            io::ErrorKind::PermissionDenied => Self::PermissionDenied,
            io::ErrorKind::IsADirectory => Self::Directory,
            _ => Self::Io(error),
        }
    }
}

impl ElfError {
    /// Whether it could not even be looked at, so that it may be a program with sites.
    #[must_use]
    pub const fn hides(&self) -> bool {
        matches!(self, Self::PermissionDenied | Self::Io(_))
    }
}

fn machine_name(machine: Machine) -> String {
    match machine.name() {
        Some(name) => name.trim_start_matches("EM_").to_lowercase(),
        None => format!("an unknown architecture ({})", machine.0),
    }
}

/// A part of an ELF file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Part {
    /// The first 64 bytes.
    FileHeader,
    /// The table of segments.
    ProgramHeaders,
    /// The table of sections.
    SectionHeaders,
    /// The names of the sections.
    SectionNames,
    /// One section.
    Section(&'static str),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileHeader => f.write_str("the file header"),
            Self::ProgramHeaders => f.write_str("the program header table"),
            Self::SectionHeaders => f.write_str("the section header table"),
            Self::SectionNames => f.write_str("the table of section names"),
            Self::Section(name) => write!(f, "section {name}"),
        }
    }
}
