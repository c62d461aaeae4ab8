//! An ELF file that has been opened and found to be of a kind that can have sites.

use std::fs::File;
use std::path::Path;

use object::LittleEndian;
use object::elf::{
    DataEncoding, ELFCLASS32, ELFCLASS64, ELFDATA2LSB, ELFDATA2MSB, ELFMAG, ET_DYN, ET_EXEC, ET_REL, EV_CURRENT,
    FileClass, FileHeader64, FileVersion,
};
use object::pod::from_bytes;

use super::source::Source;
use super::{Architecture, ElfError, Part, Sections, Segments};

/// The size of the file header.
const HEADER_BYTES: u64 = size_of::<FileHeader64<LittleEndian>>() as u64;
/// The magic of an archive of object files.
const ARCHIVE_MAGIC: &[u8] = b"!<arch>\n";
/// The first bytes of a script.
const SCRIPT_MAGIC: &[u8] = b"#!";

/// A linked program or library, 64-bit and little endian, of an architecture that has probe sites.
#[derive(Debug)]
pub struct Image {
    source: Source,
    architecture: Architecture,
    segments: Segments,
    sections: Sections,
}

impl Image {
    /// Opens a file and reads its headers.
    ///
    /// # Errors
    /// When it is no such program or library, is damaged, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, ElfError> {
        Self::read(Source::open(path)?)
    }

    /// Reads the headers of a file that is open already.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn from_file(file: File) -> Result<Self, ElfError> {
        Self::read(Source::new(file)?)
    }

    fn read(source: Source) -> Result<Self, ElfError> {
        let bytes = source.beginning(Part::FileHeader, HEADER_BYTES)?;
        check_ident(&bytes)?;
        let Ok((header, _)) = from_bytes::<FileHeader64<LittleEndian>>(&bytes) else {
            return Err(truncated_header(source.length()));
        };
        match header.e_type.get(LittleEndian) {
            ET_EXEC | ET_DYN => {}
            ET_REL => return Err(ElfError::NotLinked),
            _ => return Err(ElfError::NotLoadable),
        }
        let machine = header.e_machine.get(LittleEndian);
        Ok(Self {
            architecture: Architecture::from_machine(machine).ok_or(ElfError::Machine(machine))?,
            segments: Segments::read(&source, header)?,
            sections: Sections::read(&source, header)?,
            source,
        })
    }

    /// What it was built for.
    #[must_use]
    pub fn architecture(&self) -> Architecture {
        self.architecture
    }

    /// What of it is loaded, and where.
    #[must_use]
    pub fn segments(&self) -> &Segments {
        &self.segments
    }

    /// Its sections.
    #[must_use]
    pub fn sections(&self) -> &Sections {
        &self.sections
    }

    /// The bytes.
    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// The open file. An observer attaches to this one, whatever has its name by then.
    #[must_use]
    pub fn file(&self) -> &File {
        self.source.file()
    }

    /// The content of a section of that name, which may have at most `limit` bytes; none where there is no such section
    /// or the file holds nothing of it.
    ///
    /// # Errors
    /// When the file does not hold what it says, or more than the limit.
    pub fn section_content(&self, name: &'static str, limit: u64) -> Result<Option<Vec<u8>>, ElfError> {
        let Some(section) = self.sections.find(name).filter(|section| section.is_in_file) else { return Ok(None) };
        self.source.read(Part::Section(name), section.offset.0, section.size, limit).map(Some)
    }
}

/// Checks the first bytes, which say what the rest looks like.
fn check_ident(bytes: &[u8]) -> Result<(), ElfError> {
    if bytes.starts_with(ARCHIVE_MAGIC) {
        return Err(ElfError::Archive);
    }
    if bytes.starts_with(SCRIPT_MAGIC) {
        return Err(ElfError::Script);
    }
    if !bytes.starts_with(&ELFMAG) {
        return Err(ElfError::NotElf);
    }
    let &[_, _, _, _, class, data, version, ..] = bytes else { return Err(truncated_header(bytes.len() as u64)) };
    match (FileClass(class), DataEncoding(data), FileVersion(version)) {
        (ELFCLASS64, ELFDATA2LSB, EV_CURRENT) => Ok(()),
        (ELFCLASS64, ELFDATA2LSB, _) => Err(ElfError::Version(version)),
        (ELFCLASS64, ELFDATA2MSB, _) => Err(ElfError::BigEndian),
        (ELFCLASS32, _, _) => Err(ElfError::Narrow),
        _ => Err(ElfError::Damaged { part: Part::FileHeader, flaw: "has an unknown class or byte order" }),
    }
}

fn truncated_header(length: u64) -> ElfError {
    ElfError::Truncated { part: Part::FileHeader, end: HEADER_BYTES.into(), length }
}
