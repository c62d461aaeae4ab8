//! Takes from the object what no loader reads. Programs, maps, symbols and BTF stay.

use object::build::elf::{Builder, SectionData};
use object::elf;

/// Sections that go, by how their names begin: DWARF, and relocations that the linker has already applied.
const UNREAD: [&[u8]; 3] = [b".debug_", b".rel.debug_", b".rel.BTF"];

/// Why an object could not be stripped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StripError {
    #[error("what bpf-linker wrote cannot be rewritten; is it version 0.10?")]
    Malformed(#[from] object::build::Error),
}

/// The object without the sections that no loader reads.
pub(crate) fn strip(elf: &[u8]) -> Result<Vec<u8>, StripError> {
    let mut builder = Builder::read64(elf)?;
    for section in builder.sections.iter_mut() {
        section.delete = UNREAD.iter().any(|start| section.name.starts_with(start));
    }
    builder.delete_orphans();
    keep_section_names_apart(&mut builder);
    builder.set_section_sizes();
    let mut stripped = Vec::new();
    builder.write(&mut stripped)?;
    Ok(stripped)
}

/// LLVM keeps the names of sections in the table of the symbols' names; the writer wants a table of their own.
fn keep_section_names_apart(builder: &mut Builder<'_>) {
    let mut sections = builder.sections.iter();
    if sections.any(|section| matches!(section.data, SectionData::SectionString)) {
        return;
    }
    let names = builder.sections.add();
    names.name = ".shstrtab".into();
    names.sh_type = elf::SHT_STRTAB;
    names.data = SectionData::SectionString;
}

#[cfg(test)]
mod tests {
    use object::write::Object;
    use object::{Architecture, BinaryFormat, Endianness, Object as _, ObjectSection as _, SectionKind};

    use super::*;

    #[test]
    fn dwarf_goes_and_the_rest_stays_as_it_is() {
        let mut object = Object::new(BinaryFormat::Elf, Architecture::Bpf, Endianness::Little);
        for (name, kind) in
            [("uprobe", SectionKind::Text), (".debug_info", SectionKind::Debug), (".BTF", SectionKind::Other)]
        {
            let id = object.add_section(Vec::new(), name.into(), kind);
            object.append_section_data(id, name.as_bytes(), 1);
        }
        let stripped = strip(&object.write().unwrap()).unwrap();
        let stripped = object::File::parse(&*stripped).unwrap();
        assert!(stripped.section_by_name(".debug_info").is_none());
        for name in ["uprobe", ".BTF"] {
            let section = stripped.section_by_name(name).unwrap();
            assert_eq!(section.data().unwrap(), name.as_bytes());
        }
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        assert!(strip(b"!<arch>\n").is_err());
    }
}
