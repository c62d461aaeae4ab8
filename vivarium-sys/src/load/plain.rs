//! How programs read the kernel's memory without calling a helper.
//!
//! Since Linux 6.2 a program may take any address for a pointer to a type of the kernel, by `bpf_rdonly_cast`. To the processor
//! that is nothing, and reading through the pointer is a plain load: of what can't be read comes zero. Which type it is makes no
//! difference where all of it are words.
//!
//! Neither the function nor the type have a number before the kernel is known, so the loader writes them into the programs:
//! wherever [`TAKE`] is called, and wherever a register is given [`TYPE`]. Where there is no such function, what calls it is never
//! come to, since [`PLAIN_READS`](super::global::PLAIN_READS) says so.

/// The function that takes an address for a pointer, as the kernel's types have it.
pub const FUNCTION: &str = "bpf_rdonly_cast";
/// The structure that it is taken to point to: as many words as this begin it, and nothing else is in it.
pub const STRUCTURE: &str = "pt_regs";
/// How many words can be read from one address.
pub const WORDS: usize = 15;

/// Stands for the number of [`FUNCTION`]: no helper has it.
pub const TAKE: u32 = 0x7669_7661;
/// Stands for the number of [`STRUCTURE`]: no program uses it for anything else.
pub const TYPE: u32 = 0x7269_756d;
