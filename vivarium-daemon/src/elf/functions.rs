//! Functions by their names, and where they return.

use iced_x86::{Decoder, DecoderOptions, Mnemonic};
use object::LittleEndian;
use object::elf::{SHN_UNDEF, STT_FUNC, Sym64};
use object::pod::slice_from_all_bytes;

use super::{Address, Architecture, ElfError, FileOffset, Image, Part};

/// The tables of symbols, each with its names: what others may use, and what the linker knew.
const TABLES: [(&str, &str); 2] = [(".dynsym", ".dynstr"), (".symtab", ".strtab")];
/// How large a table may be.
const TABLE_LIMIT: u64 = 64 << 20;
/// How large a function may be that is looked into.
const CODE_LIMIT: u64 = 64 << 10;

/// A function of a program or a library.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Function {
    /// Which of the names that were looked for.
    pub name: usize,
    address: Address,
    size: u64,
}

impl Image {
    /// The functions of these names that the file has, each place once.
    ///
    /// # Errors
    /// When the file does not hold what it says.
    pub fn functions(&self, names: &[&str]) -> Result<Vec<Function>, ElfError> {
        let mut found = Vec::new();
        for (symbols, texts) in TABLES {
            let (Some(symbols), Some(texts)) =
                (self.section_content(symbols, TABLE_LIMIT)?, self.section_content(texts, TABLE_LIMIT)?)
            else {
                continue;
            };
            let symbols: &[Sym64<LittleEndian>] = slice_from_all_bytes(&symbols).unwrap_or_default();
            let defined = symbols
                .iter()
                .filter(|symbol| symbol.st_type() == STT_FUNC && symbol.st_shndx.get(LittleEndian) != SHN_UNDEF);
            found.extend(defined.filter_map(|symbol| {
                let text = texts.get(symbol.st_name.get(LittleEndian) as usize..)?;
                let is_named =
                    |name: &&str| text.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first() == Some(&0));
                let name = names.iter().position(is_named)?;
                let address = Address(symbol.st_value.get(LittleEndian));
                self.sections().has_code_at(address).then_some(Function {
                    name,
                    address,
                    size: symbol.st_size.get(LittleEndian),
                })
            }));
        }
        // Other names and older versions of it stand for the same function.
        found.sort_by_key(|function| (function.address, function.name));
        found.dedup_by_key(|function| function.address);
        Ok(found)
    }

    /// Where a function begins.
    #[must_use]
    pub fn entry(&self, function: Function) -> Option<FileOffset> {
        self.segments().containing(function.address)?.file_offset(function.address, 1)
    }

    /// Where it returns. None where its code can't be read from its first instruction to its last: whoever attaches to the
    /// middle of an instruction breaks the program.
    ///
    /// # Errors
    /// When the file does not hold what it says.
    pub fn returns(&self, function: Function) -> Result<Vec<FileOffset>, ElfError> {
        if self.architecture() != Architecture::X86_64 || function.size == 0 {
            return Ok(Vec::new());
        }
        let segment = self.segments().containing(function.address);
        let Some(start) = segment.and_then(|segment| segment.file_offset(function.address, function.size)) else {
            return Ok(Vec::new());
        };
        let code = self.code(start, function.size)?;
        let mut decoder = Decoder::with_ip(64, &code, start.0, DecoderOptions::NONE);
        let mut returns = Vec::new();
        while decoder.can_decode() {
            let instruction = decoder.decode();
            if instruction.is_invalid() {
                return Ok(Vec::new());
            }
            if instruction.mnemonic() == Mnemonic::Ret {
                returns.push(FileOffset(instruction.ip()));
            }
        }
        Ok(returns)
    }

    fn code(&self, start: FileOffset, size: u64) -> Result<Vec<u8>, ElfError> {
        self.source().read(Part::Section(".text"), start.0, size, CODE_LIMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A library that every program here has.
    fn library() -> Image {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let path = maps.lines().find_map(|line| line.split_whitespace().nth(5).filter(|path| path.contains("libc.so")));
        Image::open(path.expect("a C library").as_ref()).unwrap()
    }

    #[test]
    fn functions_are_found_by_their_names_alone() {
        let library = library();
        let found = library.functions(&["getenv", "no_such_function", "dlopen"]).unwrap();
        let mut names: Vec<_> = found.iter().map(|function| function.name).collect();
        names.sort_unstable();
        assert_eq!(names, [0, 2]);
    }

    #[test]
    fn a_function_returns_where_it_has_such_an_instruction() {
        let library = library();
        for function in library.functions(&["getenv", "dlopen", "memcmp"]).unwrap() {
            let entry = library.entry(function).unwrap();
            let bytes = library.code(entry, function.size).unwrap();
            for place in library.returns(function).unwrap() {
                let byte = bytes[(place.0 - entry.0) as usize];
                assert!(matches!(byte, 0xc3 | 0xf3 | 0xf2), "{function:?}: {byte:#x} at {place}");
            }
        }
        let getenv = library.functions(&["getenv"]).unwrap()[0];
        assert!(!library.returns(getenv).unwrap().is_empty());
    }
}
