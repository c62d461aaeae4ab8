//! Small ELF files with sites, made piece by piece, so that each piece can be made to lie.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use object::elf::{
    ELFCLASS64, ELFDATA2LSB, ELFMAG, EM_AARCH64, EM_X86_64, ET_DYN, EV_CURRENT, FileHeader64, Ident, Machine, PF_R,
    PF_W, PF_X, PT_LOAD, ProgramHeader64, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOTE, SHT_NULL, SHT_PROGBITS,
    SHT_STRTAB, SectionHeader64,
};
use object::pod::{bytes_of, bytes_of_slice};
use object::{LittleEndian as LE, U16, U32, U64};
use vivarium_daemon::elf::{Architecture, Image};
use vivarium_daemon::sites::{Catalog, CatalogError};
use vivarium_sys::note::{OWNER, SECTION, STAPSDT_OWNER, STAPSDT_SECTION, STAPSDT_TYPE, TYPE_PROBE, TYPE_SITE};
use vivarium_sys::probe::{PROVIDER, Probe};
use vivarium_sys::{SiteId, SiteKind};

/// Where the code is loaded, and where in the file it stands.
pub(crate) const TEXT: (u64, u64) = (0x40_1000, 0x1000);
/// Where the semaphores are loaded; they follow the code in the file.
const DATA_ADDRESS: u64 = 0x4000_0000;
/// Where `.stapsdt.base` is.
pub(crate) const BASE: u64 = 0x40_0fff;
/// The room for one probe.
const SLOT: u64 = 16;
const PAGE: u64 = 0x1000;

/// A site to be put into a file.
#[derive(Clone, Debug)]
pub(crate) struct SiteSpec {
    pub(crate) module: Vec<u8>,
    pub(crate) name: Vec<u8>,
    pub(crate) file: Vec<u8>,
    pub(crate) line: u32,
    pub(crate) copies: usize,
}

impl SiteSpec {
    pub(crate) fn new(name: &str, line: u32) -> Self {
        Self { module: b"app::part".into(), name: name.into(), file: b"src/part.rs".into(), line, copies: 1 }
    }

    pub(crate) fn id(&self) -> SiteId {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        SiteId::derive(&text(&self.module), &text(&self.name), &text(&self.file), self.line, 1)
    }
}

/// One probe as its notes tell of it.
#[derive(Clone, Debug)]
pub(crate) struct ProbeSpec {
    pub(crate) id: SiteId,
    pub(crate) probe: Probe,
    pub(crate) address: u64,
    pub(crate) base: u64,
    pub(crate) semaphore: u64,
}

/// What a file is made of.
#[derive(Clone, Debug)]
pub(crate) struct ElfFile {
    pub(crate) machine: Machine,
    pub(crate) sites: Vec<SiteSpec>,
    pub(crate) probes: Vec<ProbeSpec>,
    pub(crate) text: Vec<u8>,
    pub(crate) base: u64,
    /// Names of sections to leave out.
    pub(crate) without: Vec<&'static str>,
}

/// A section and what it holds.
#[derive(Clone, Debug)]
pub(crate) struct SectionParts {
    pub(crate) name: &'static str,
    pub(crate) header: SectionHeader64<LE>,
    pub(crate) content: Vec<u8>,
}

/// A file that is laid out, and can still be changed.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) header: FileHeader64<LE>,
    pub(crate) segments: Vec<ProgramHeader64<LE>>,
    pub(crate) sections: Vec<SectionParts>,
}

impl ElfFile {
    /// A program of this machine with these sites.
    pub(crate) fn with_sites(sites: &[SiteSpec]) -> Self {
        Self::for_architecture(Architecture::HOST.expect("there are sites here"), sites)
    }

    pub(crate) fn for_architecture(architecture: Architecture, sites: &[SiteSpec]) -> Self {
        let machine = match architecture {
            Architecture::X86_64 => EM_X86_64,
            Architecture::Aarch64 => EM_AARCH64,
            _ => panic!("the tests do not know {architecture:?}"),
        };
        let mut file = Self {
            machine,
            sites: sites.to_vec(),
            probes: Vec::new(),
            text: Vec::new(),
            base: BASE,
            without: Vec::new(),
        };
        for (index, site) in sites.iter().enumerate() {
            let semaphore = DATA_ADDRESS + 2 * index as u64;
            for probe in (0..site.copies).flat_map(|_| Probe::ALL) {
                let address = TEXT.0 + file.text.len() as u64;
                file.text.extend(architecture.probe_instructions());
                file.text.resize(file.text.len().next_multiple_of(SLOT as usize), 0xc3);
                file.probes.push(ProbeSpec { id: site.id(), probe, address, base: BASE, semaphore });
            }
        }
        file
    }

    fn site_notes(&self) -> Vec<u8> {
        let mut notes = Vec::new();
        for site in self.sites.iter().flat_map(|site| std::iter::repeat_n(site, site.copies)) {
            let mut descriptor = Vec::new();
            descriptor.extend(site.id().0.to_le_bytes());
            descriptor.extend(site.line.to_le_bytes());
            descriptor.extend(1_u32.to_le_bytes());
            descriptor.push(SiteKind::Function as u8);
            for text in [&site.module, &site.name, &site.file] {
                descriptor.extend(text);
                descriptor.push(0);
            }
            notes.extend(note(OWNER, TYPE_SITE, &descriptor));
        }
        for probe in &self.probes {
            let mut descriptor = probe.addresses();
            descriptor.extend(probe.id.0.to_le_bytes());
            descriptor.push(probe.probe as u8);
            notes.extend(note(OWNER, TYPE_PROBE, &descriptor));
        }
        notes
    }

    fn stapsdt_notes(&self) -> Vec<u8> {
        let notes = self.probes.iter().flat_map(|probe| {
            let mut descriptor = probe.addresses();
            for text in [PROVIDER, probe.probe.name(), "8@$1"] {
                descriptor.extend(text.as_bytes());
                descriptor.push(0);
            }
            note(STAPSDT_OWNER, STAPSDT_TYPE, &descriptor)
        });
        notes.collect()
    }

    /// Gives everything its place.
    pub(crate) fn lay_out(&self) -> Parts {
        let data_offset = (TEXT.1 + self.text.len() as u64).next_multiple_of(PAGE);
        let semaphores = vec![0; 2 * self.sites.len().max(1)];
        let base = self.base + TEXT.1 - TEXT.0;
        let code = SHF_ALLOC | SHF_EXECINSTR;
        let mut sections = vec![
            section("", SHT_NULL, 0, (0, 0), Vec::new()),
            section(".stapsdt.base", SHT_PROGBITS, SHF_ALLOC.0, (self.base, base), vec![0]),
            section(".text", SHT_PROGBITS, code.0, TEXT, self.text.clone()),
            section(
                ".probes",
                SHT_PROGBITS,
                (SHF_ALLOC | SHF_WRITE).0,
                (DATA_ADDRESS, data_offset),
                semaphores.clone(),
            ),
        ];
        let mut end = data_offset + semaphores.len() as u64;
        let notes = [(STAPSDT_SECTION, self.stapsdt_notes()), (SECTION, self.site_notes())];
        for (name, content) in notes {
            let offset = end.next_multiple_of(4);
            end = offset + content.len() as u64;
            sections.push(section(name, SHT_NOTE, 0, (0, offset), content));
        }
        sections.retain(|section| !self.without.contains(&section.name));

        let names: Vec<u8> = sections.iter().flat_map(|section| section.name.bytes().chain([0])).collect();
        let names_size = names.len() + ".shstrtab".len() + 1;
        let mut names = [names, b".shstrtab\0".to_vec()].concat();
        names.truncate(names_size);
        sections.push(section(".shstrtab", SHT_STRTAB, 0, (0, end), names));
        let mut name_at = 0;
        for section in &mut sections {
            section.header.sh_name = U32::new(LE, name_at);
            name_at += section.name.len() as u32 + 1;
        }

        let headers_at = (end + names_size as u64).next_multiple_of(8);
        Parts {
            header: FileHeader64 {
                e_ident: Ident {
                    magic: ELFMAG,
                    class: ELFCLASS64,
                    data: ELFDATA2LSB,
                    version: EV_CURRENT,
                    os_abi: Default::default(),
                    abi_version: 0,
                    padding: [0; 7],
                },
                e_type: U16::new(LE, ET_DYN),
                e_machine: U16::new(LE, self.machine),
                e_version: U32::new(LE, 1),
                e_entry: U64::new(LE, TEXT.0),
                e_phoff: U64::new(LE, size_of::<FileHeader64<LE>>() as u64),
                e_shoff: U64::new(LE, headers_at),
                e_flags: U32::new(LE, Default::default()),
                e_ehsize: U16::new(LE, size_of::<FileHeader64<LE>>() as u16),
                e_phentsize: U16::new(LE, size_of::<ProgramHeader64<LE>>() as u16),
                e_phnum: U16::new(LE, 2),
                e_shentsize: U16::new(LE, size_of::<SectionHeader64<LE>>() as u16),
                e_shnum: U16::new(LE, sections.len() as u16),
                e_shstrndx: U16::new(LE, object::elf::SymbolSection(sections.len() as u16 - 1)),
            },
            segments: vec![
                segment(PF_R | PF_X, TEXT, self.text.len() as u64),
                segment(PF_R | PF_W, (DATA_ADDRESS, data_offset), semaphores.len() as u64),
            ],
            sections,
        }
    }

    /// The bytes of the file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.lay_out().bytes()
    }

    /// Writes the file into a folder.
    pub(crate) fn write(&self, folder: &Path) -> PathBuf {
        self.lay_out().write(folder)
    }
}

impl ProbeSpec {
    fn addresses(&self) -> Vec<u8> {
        [self.address, self.base, self.semaphore].iter().flat_map(|address| address.to_le_bytes()).collect()
    }
}

impl Parts {
    pub(crate) fn section(&mut self, name: &str) -> &mut SectionParts {
        self.sections.iter_mut().find(|section| section.name == name).expect("the section is there")
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, 0, bytes_of(&self.header));
        put(&mut bytes, size_of::<FileHeader64<LE>>() as u64, bytes_of_slice(&self.segments));
        for section in &self.sections {
            put(&mut bytes, section.header.sh_offset.get(LE), &section.content);
        }
        let headers: Vec<_> = self.sections.iter().map(|section| section.header).collect();
        if self.header.e_shoff.get(LE) != 0 {
            put(&mut bytes, self.header.e_shoff.get(LE), bytes_of_slice(&headers));
        }
        bytes
    }

    pub(crate) fn write(&self, folder: &Path) -> PathBuf {
        let path = folder.join("program");
        std::fs::write(&path, self.bytes()).unwrap();
        path
    }
}

/// Writes into the vector wherever the place is, as long as that is reasonable.
fn put(bytes: &mut Vec<u8>, offset: u64, content: &[u8]) {
    let Some(offset) = usize::try_from(offset).ok().filter(|offset| *offset < 1 << 30) else { return };
    bytes.resize(bytes.len().max(offset + content.len()), 0);
    bytes[offset..offset + content.len()].copy_from_slice(content);
}

fn section(
    name: &'static str,
    kind: object::elf::SectionType,
    flags: u64,
    (address, offset): (u64, u64),
    content: Vec<u8>,
) -> SectionParts {
    let header = SectionHeader64 {
        sh_name: U32::new(LE, 0),
        sh_type: U32::new(LE, kind),
        sh_flags: U64::new(LE, object::elf::SectionFlags(flags)),
        sh_addr: U64::new(LE, address),
        sh_offset: U64::new(LE, offset),
        sh_size: U64::new(LE, content.len() as u64),
        sh_link: U32::new(LE, 0),
        sh_info: U32::new(LE, 0),
        sh_addralign: U64::new(LE, 1),
        sh_entsize: U64::new(LE, 0),
    };
    SectionParts { name, header, content }
}

fn segment(flags: object::elf::ProgramFlags, (address, offset): (u64, u64), size: u64) -> ProgramHeader64<LE> {
    ProgramHeader64 {
        p_type: U32::new(LE, PT_LOAD),
        p_flags: U32::new(LE, flags),
        p_offset: U64::new(LE, offset),
        p_vaddr: U64::new(LE, address),
        p_paddr: U64::new(LE, address),
        p_filesz: U64::new(LE, size),
        p_memsz: U64::new(LE, size),
        p_align: U64::new(LE, PAGE),
    }
}

/// One note as it stands in a section.
pub(crate) fn note(owner: &str, kind: u32, descriptor: &[u8]) -> Vec<u8> {
    let mut note = Vec::new();
    note.extend((owner.len() as u32 + 1).to_le_bytes());
    note.extend((descriptor.len() as u32).to_le_bytes());
    note.extend(kind.to_le_bytes());
    note.extend(owner.as_bytes());
    note.push(0);
    note.resize(note.len().next_multiple_of(4), 0);
    note.extend(descriptor);
    note.resize(note.len().next_multiple_of(4), 0);
    note
}

/// What the library reads from a file with these bytes.
pub(crate) fn read(bytes: &[u8]) -> Result<Catalog, CatalogError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    read_file(file)
}

pub(crate) fn read_file(file: File) -> Result<Catalog, CatalogError> {
    Catalog::read(&Image::from_file(file)?)
}
