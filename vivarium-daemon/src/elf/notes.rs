//! Walking the notes of a section.

use object::LittleEndian;
use object::elf::FileHeader64;
use object::read::elf::NoteIterator;

/// One note.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Note<'data> {
    /// Who defines the type.
    pub owner: &'data [u8],
    /// What the descriptor means.
    pub kind: u32,
    /// The rest.
    pub descriptor: &'data [u8],
}

/// A note says that it is larger than the section that holds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LyingNote;

/// The notes of a section, until the end or the first that lies about its sizes.
pub fn notes(section: &[u8]) -> impl Iterator<Item = Result<Note<'_>, LyingNote>> {
    // Notes of probe sites are aligned to four bytes whatever the section's header says, as every reader has it.
    const ALIGNMENT: u64 = 4;
    let notes = NoteIterator::<FileHeader64<LittleEndian>>::new(LittleEndian, ALIGNMENT, section);
    notes.into_iter().flatten().map(|note| {
        let note = note.map_err(|_| LyingNote)?;
        Ok(Note { owner: note.name(), kind: note.n_type(LittleEndian).0, descriptor: note.desc() })
    })
}
