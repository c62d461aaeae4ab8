//! The programs and libraries that a process has mapped.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;

use vivarium_session::text::Text;

use super::{Inode, MappedFileError, Mapping, Process};
use crate::elf::{Bias, ElfError, Image, Segment};

/// A program or a library that a process has mapped.
#[derive(Debug)]
#[non_exhaustive]
pub struct MappedFile {
    /// Its path, as the process sees it.
    pub path: Text,
    /// Where it is; several where it was loaded several times.
    pub biases: Vec<Bias>,
    /// The file that is mapped, also where its path leads elsewhere by now.
    pub image: Result<Image, MappedFileError>,
}

/// Opens every file that is mapped with a right to run code. What is no ELF file, as the code of another system's
/// programs, has no sites and is passed over.
pub(super) fn mapped(process: &Process, mappings: &[Mapping]) -> Vec<MappedFile> {
    let mut files: BTreeMap<Inode, Vec<&Mapping>> = BTreeMap::new();
    for mapping in mappings.iter().filter(|mapping| mapping.is_executable) {
        files.entry(mapping.inode).or_default().push(mapping);
    }
    let mut found: Vec<_> = files
        .into_values()
        .filter_map(|mappings| {
            let image = match open(process, mappings[0]) {
                Err(MappedFileError::Elf(ElfError::NotElf | ElfError::NotRegular)) => return None,
                image => image,
            };
            let biases = image.as_ref().map(|image| biases(image, &mappings)).unwrap_or_default();
            Some(MappedFile { path: mappings[0].path.clone(), biases, image })
        })
        .collect();
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Opens the file behind a mapping. Only the privileged may do that directly.
fn open(process: &Process, mapping: &Mapping) -> Result<Image, MappedFileError> {
    let direct = format!("map_files/{:x}-{:x}", mapping.memory.start, mapping.memory.end);
    match Image::open(&process.path(&direct)) {
        Err(ElfError::PermissionDenied | ElfError::NoSuchFile) => {}
        opened => return Ok(opened?),
    }
    // The program may have been deleted, and is still reached through this link.
    if let Ok(image) = Image::open(&process.path("exe"))
        && is_same(&image, mapping)
    {
        return Ok(image);
    }
    let relative = mapping.path.as_path().strip_prefix("/").map_err(|_| MappedFileError::Replaced)?;
    match Image::open(&process.path("root").join(relative)) {
        Ok(image) if is_same(&image, mapping) => Ok(image),
        Ok(_) | Err(ElfError::NoSuchFile) => Err(MappedFileError::Replaced),
        Err(error) => Err(error.into()),
    }
}

/// Whether the file is the one that is mapped. Devices aren't compared: with layered file systems the kernel tells
/// different ones for the same file.
fn is_same(image: &Image, mapping: &Mapping) -> bool {
    image.file().metadata().is_ok_and(|metadata| metadata.ino() == mapping.inode.number)
}

/// How far from their link-time addresses the mappings have the code.
fn biases(image: &Image, mappings: &[&Mapping]) -> Vec<Bias> {
    let segments = || image.segments().iter().filter(|segment| segment.is_executable);
    let mut biases: Vec<_> =
        mappings.iter().filter_map(|mapping| segments().find_map(|segment| bias(segment, mapping))).collect();
    biases.sort();
    biases.dedup();
    biases
}

fn bias(segment: &Segment, mapping: &Mapping) -> Option<Bias> {
    let length = mapping.memory.end.checked_sub(mapping.memory.start)?;
    let overlaps = mapping.offset < segment.offset.0.checked_add(segment.file_size)?
        && segment.offset.0 < mapping.offset.checked_add(length)?;
    let start_in_image = segment.address.0.wrapping_sub(segment.offset.0).wrapping_add(mapping.offset);
    overlaps.then_some(Bias(mapping.memory.start.wrapping_sub(start_in_image)))
}
