//! The architectures that have probe sites.

use object::elf;
use serde::Serialize;

/// An architecture that has probe sites.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize)]
#[non_exhaustive]
pub enum Architecture {
    /// 64-bit x86.
    #[serde(rename = "x86_64")]
    X86_64,
    /// 64-bit ARM.
    #[serde(rename = "aarch64")]
    Aarch64,
}

impl Architecture {
    /// That of this machine, if it has probe sites.
    pub const HOST: Option<Self> = if cfg!(target_arch = "x86_64") {
        Some(Self::X86_64)
    } else if cfg!(target_arch = "aarch64") {
        Some(Self::Aarch64)
    } else {
        None
    };

    /// The architecture with this number in an ELF file.
    pub(super) const fn from_machine(machine: elf::Machine) -> Option<Self> {
        match machine {
            elf::EM_X86_64 => Some(Self::X86_64),
            elf::EM_AARCH64 => Some(Self::Aarch64),
            _ => None,
        }
    }

    /// The name as Rust's targets have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }

    /// What stands at the address of a probe: instructions that do nothing, the first of which a breakpoint may replace.
    #[must_use]
    pub const fn probe_instructions(self) -> &'static [u8] {
        match self {
            // nop; nop10
            Self::X86_64 => &[0x90, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
            // nop
            Self::Aarch64 => &[0x1f, 0x20, 0x03, 0xd5],
        }
    }
}
