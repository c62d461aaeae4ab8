//! Memory: how it is mapped, and what code is loaded into it.

use linux_raw_sys::general;

use vivarium_sys::event::ENVIRONMENT_CALLS;

use super::{Bits, OneOf, Table, constants, named_bits};

const PROTECTIONS: Table = constants! { general:
    PROT_READ PROT_WRITE PROT_EXEC PROT_SEM PROT_GROWSDOWN PROT_GROWSUP
};

const MAPPINGS: Table = constants! { general:
    MAP_FIXED MAP_ANONYMOUS MAP_GROWSDOWN MAP_DENYWRITE MAP_EXECUTABLE MAP_LOCKED MAP_NORESERVE MAP_POPULATE MAP_NONBLOCK
    MAP_STACK MAP_HUGETLB MAP_SYNC MAP_FIXED_NOREPLACE
};

/// Bits that x86 alone has.
#[cfg(target_arch = "x86_64")]
const MAPPINGS_HERE: Table = constants! { general: MAP_32BIT MAP_ABOVE4G };
#[cfg(not(target_arch = "x86_64"))]
const MAPPINGS_HERE: Table = &[];

const MEMFDS: Table = constants! { general:
    MFD_CLOEXEC MFD_ALLOW_SEALING MFD_HUGETLB MFD_NOEXEC_SEAL MFD_EXEC
};

const LIBRARIES: Table = constants! { libc:
    RTLD_LAZY RTLD_NOW RTLD_NOLOAD RTLD_DEEPBIND RTLD_GLOBAL RTLD_NODELETE
};

/// What may be done with memory.
pub(in super::super) fn mmap_prot(value: u64) -> Bits {
    let none = (value == 0).then_some("PROT_NONE");
    named_bits(value, value, PROTECTIONS, none)
}

/// How memory is mapped. With whom it is shared is not a bit.
pub(in super::super) fn mmap_flags(value: u64) -> Bits {
    const SHARING: u64 = general::MAP_TYPE as u64;
    let sharing = match value & SHARING {
        1 => Some("MAP_SHARED"),
        2 => Some("MAP_PRIVATE"),
        3 => Some("MAP_SHARED_VALIDATE"),
        8 => Some("MAP_DROPPABLE"),
        _ => None,
    };
    let rest = if sharing.is_some() { value & !SHARING } else { value };
    let table: Vec<_> = MAPPINGS.iter().chain(MAPPINGS_HERE).copied().collect();
    named_bits(value, rest, &table, sharing)
}

/// How a file in memory is made.
pub(in super::super) fn memfd_flags(value: u64) -> Bits {
    named_bits(value, value, MEMFDS, None)
}

/// How a library is loaded.
pub(in super::super) fn dlopen_flags(value: u64) -> Bits {
    named_bits(value, value, LIBRARIES, None)
}

/// A function that gets at the environment.
pub(in super::super) fn environment_call(number: u64) -> OneOf {
    let name = usize::try_from(number).ok().and_then(|index| ENVIRONMENT_CALLS.get(index));
    OneOf::new(number.cast_signed(), name.copied())
}
