//! Code that comes to be executed. Numbers 104 to 119.

use super::{Sight, events};

/// What the entry of a function of a library can't tell.
const LIBRARY_GAP: &str = "what happens before a library is attached to that is loaded while the program runs; programs \
                           that are stripped and have the library in themselves";
/// Nor that of those that get at the environment.
const ENVIRONMENT_GAP: &str = "what goes past the C library, such as reading the whole environment; a key of \
                               more than 255 bytes that `putenv` is given";

/// The functions of the C library that get at the environment, in the order of their numbers in events.
pub const ENVIRONMENT_CALLS: &[&str] = &["getenv", "secure_getenv", "setenv", "unsetenv", "putenv", "clearenv"];

events! {
    /// Memory is mapped whose content may be executed.
    MMAP_EXEC = 104, "mmap_exec", Code, Info, On {
        path: Path = Text(0), "the file, absolute; unknown of memory without a file";
        protection: MmapProt = Number(0), "what may be done with it";
        flags: MmapFlags = Number(1), "how it is mapped";
    } via {
        Lsm: Sight::by(&["mmap_file"]),
        Fentry: Sight::by(&["security_mmap_file"]),
        Syscalls: Sight::by(&["mmap"]).but("what an exec maps, and shared memory of System V"),
    }

    /// Memory that could be written to comes to be executed.
    MPROTECT_EXEC = 105, "mprotect_exec", Code, High, On {
        path: Path = Text(0), "the file, absolute; unknown of memory without a file";
        protection: MmapProt = Number(0), "what may be done with it from now on";
        length: Length = Number(1), "how much of it";
    } via {
        Lsm: Sight::by(&["file_mprotect"]),
        Fentry: Sight::by(&["security_file_mprotect"]),
        Syscalls: Sight::by(&["mprotect", "pkey_mprotect"])
            .but("whether memory could be written to before, so that all is told; and its file"),
    }

    /// A file is made in memory.
    MEMFD_CREATE = 106, "memfd_create", Code, Medium, On {
        name: Text = Text(0), "what it is called";
        flags: MemfdFlags = Number(0), "how it is made";
    } via {
        Lsm: Sight::by(&["memfd_create"]),
        Fentry: Sight::by(&["memfd_create"]),
        Syscalls: Sight::by(&["memfd_create"]),
    }

    /// A library is loaded by the program itself.
    DLOPEN = 107, "dlopen", Code, Info, On {
        path: Path = Text(0), "what is asked for; unknown for the program itself";
        resolved: Path = Text(1), "the file that was found, as the loader calls it; unknown where there is none";
        flags: DlopenFlags = Number(0), "how it is loaded";
    } via {
        Lsm: Sight::by(&["dlopen", "dlmopen"]).but(LIBRARY_GAP),
        Fentry: Sight::by(&["dlopen", "dlmopen"]).but(LIBRARY_GAP),
        Syscalls: Sight::by(&["dlopen", "dlmopen"]).but(LIBRARY_GAP),
    }

    /// The environment is read or changed.
    ENV_ACCESS = 108, "env_access", Code, Info, Off {
        key: Text = Text(0), "the name of the variable, never its value";
        call: EnvironmentCall = Number(0), "which function";
    } via {
        Lsm: Sight::by(ENVIRONMENT_CALLS).but(ENVIRONMENT_GAP),
        Fentry: Sight::by(ENVIRONMENT_CALLS).but(ENVIRONMENT_GAP),
        Syscalls: Sight::by(ENVIRONMENT_CALLS).but(ENVIRONMENT_GAP),
    }
}
