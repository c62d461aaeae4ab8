//! Whether a file was really built in the way that it should have been: without that, a way would prove nothing.

use std::path::Path;
use std::{fs, io};

use object::elf::{ET_DYN, ET_EXEC, FileHeader64, PT_INTERP};
use object::read::elf::{ElfFile64, FileHeader, ProgramHeader};
use object::{Endianness, Object, ObjectSection};

use super::found::Part;
use super::linker::Linker;
use super::way::{Linkage, Symbols, Way};

/// How a file differs from what its way of building says.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WitnessError {
    #[error("cannot read {0}")]
    Io(#[from] io::Error),
    #[error("not an ELF file: {0}")]
    Elf(#[from] object::Error),
    #[error("it was linked by another linker, which says `{0}`")]
    Linker(String),
    #[error("it is not the kind of program that was asked for")]
    Linkage,
    #[error("it has a symbol table")]
    Symbols,
}

/// Checks a part of the specimen.
pub(super) fn check(part: Part, path: &Path, way: &Way) -> Result<(), WitnessError> {
    let data = fs::read(path)?;
    let file = Elf::parse(&*data)?;
    check_linker(&file, way.linker)?;
    check_symbols(&file, way.symbols)?;
    if part == Part::Plugin || is(&file, way.linkage) { Ok(()) } else { Err(WitnessError::Linkage) }
}

/// Checks a part of the specimen that has been stripped.
pub(super) fn check_stripped(path: &Path) -> Result<(), WitnessError> {
    let data = fs::read(path)?;
    check_symbols(&Elf::parse(&*data)?, Symbols::Stripped)
}

type Elf<'data> = ElfFile64<'data, Endianness>;

fn check_linker(file: &Elf<'_>, linker: Linker) -> Result<(), WitnessError> {
    let comment = file.section_by_name(".comment").map(|section| section.data()).transpose()?;
    let comment = String::from_utf8_lossy(comment.unwrap_or_default()).replace('\0', " ");
    if linker.has_left(&comment) { Ok(()) } else { Err(WitnessError::Linker(comment)) }
}

fn check_symbols(file: &Elf<'_>, symbols: Symbols) -> Result<(), WitnessError> {
    let has_table = file.section_by_name(".symtab").is_some();
    if has_table && symbols == Symbols::Stripped { Err(WitnessError::Symbols) } else { Ok(()) }
}

fn is(file: &Elf<'_>, linkage: Linkage) -> bool {
    let endian = file.endian();
    let header: &FileHeader64<Endianness> = file.elf_header();
    let kind = header.e_type(endian);
    let is_static = !file.elf_program_headers().iter().any(|segment| segment.p_type(endian) == PT_INTERP);
    match linkage {
        Linkage::Pie => kind == ET_DYN && !is_static,
        Linkage::Fixed => kind == ET_EXEC && !is_static,
        Linkage::StaticPie | Linkage::Musl => kind == ET_DYN && is_static,
        Linkage::StaticFixed => kind == ET_EXEC && is_static,
    }
}
