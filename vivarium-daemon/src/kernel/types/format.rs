//! The form in which the kernel describes its types (BTF): a head, all types one after the other, and their names.

use memmap2::Mmap;

/// What a description begins with.
const MAGIC: u16 = 0xeb9f;
/// The bytes of a type that all types have: where its name is, what it is, and its size or the type that it refers to.
const HEAD: usize = 12;
/// The bytes of a member: where its name is, its type, and where it is.
const MEMBER: usize = 12;

/// A description of types, which are numbered from 1.
pub(super) struct Description {
    bytes: Mmap,
    /// Where the names begin, and where they end.
    names: (usize, usize),
    /// Where each type begins.
    places: Vec<u32>,
}

/// What a type is, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(in crate::kernel) enum Kind {
    /// A structure.
    Structure,
    /// A union.
    Union,
    /// Another name for a type.
    Alias,
    /// A function.
    Function,
    /// A type with a qualifier or a tag.
    Qualified,
    /// Something else.
    Other,
}

/// A type.
#[derive(Clone, Copy)]
pub(super) struct Type<'d> {
    /// What it is.
    pub(super) kind: Kind,
    /// The number of the type that it refers to, where its kind does.
    pub(super) of: u32,
    name: u32,
    /// Whether members say how many bits they have.
    has_bits: bool,
    members: &'d [u8],
}

/// A member of a structure.
#[derive(Clone, Copy)]
pub(super) struct Member {
    name: u32,
    /// The number of its type.
    pub(super) of: u32,
    /// Where it is, in bits.
    pub(super) bit: u32,
}

impl Description {
    /// Finds where everything is; nothing where it makes no sense.
    pub(super) fn new(bytes: Mmap) -> Option<Self> {
        let magic = bytes.first_chunk().copied().map(u16::from_ne_bytes)?;
        let head = word(&bytes, 4)? as usize;
        let section = |at| {
            let begin = head.checked_add(word(&bytes, at)? as usize)?;
            let end = begin.checked_add(word(&bytes, at + 4)? as usize)?;
            (end <= bytes.len()).then_some((begin, end))
        };
        let ((mut at, end), names) = (section(8)?, section(16)?);
        let mut places = Vec::with_capacity((end - at) / 24);
        while at < end {
            places.push(u32::try_from(at).ok()?);
            at += HEAD + trailing_bytes(word(&bytes, at + 4)?)?;
        }
        (magic == MAGIC && at == end).then_some(Self { bytes, names, places })
    }

    /// All types, by their numbers.
    pub(super) fn types(&self) -> impl Iterator<Item = (u32, Type<'_>)> {
        (1..).map_while(|number| Some((number, self.get(number)?)))
    }

    /// The type of this number.
    pub(super) fn get(&self, number: u32) -> Option<Type<'_>> {
        let place = *self.places.get(number.checked_sub(1)? as usize)? as usize;
        let info = word(&self.bytes, place + 4)?;
        let (kind, count) = (kind(info), (info & 0xffff) as usize);
        let count = if matches!(kind, Kind::Structure | Kind::Union) { count } else { 0 };
        Some(Type {
            kind,
            of: word(&self.bytes, place + 8)?,
            name: word(&self.bytes, place)?,
            has_bits: info >> 31 == 1,
            members: self.bytes.get(place + HEAD..place + HEAD + count * MEMBER)?,
        })
    }

    /// What a type is called: nothing where it has no name.
    pub(super) fn name(&self, of: Type<'_>) -> &[u8] {
        self.name_at(of.name)
    }

    /// What a member is called.
    pub(super) fn member_name(&self, of: Member) -> &[u8] {
        self.name_at(of.name)
    }

    fn name_at(&self, offset: u32) -> &[u8] {
        let (begin, end) = self.names;
        let rest = self.bytes.get(begin + offset as usize..end).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == 0).unwrap_or_default();
        &rest[..length]
    }
}

impl Type<'_> {
    /// Its members, of a structure or a union.
    pub(super) fn members(&self) -> impl Iterator<Item = Member> {
        // Of members that have bits, the highest byte says how many.
        let place = if self.has_bits { 0x00ff_ffff } else { u32::MAX };
        self.members.chunks_exact(MEMBER).filter_map(move |member| {
            Some(Member { name: word(member, 0)?, of: word(member, 4)?, bit: word(member, 8)? & place })
        })
    }

    /// Whether something stands in it.
    pub(super) fn has_members(&self) -> bool {
        !self.members.is_empty()
    }
}

impl Member {
    /// The same as a member of what contains its structure at this place.
    pub(super) fn behind(self, bit: u32) -> Self {
        Self { bit: bit + self.bit, ..self }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_ne_bytes)
}

fn kind(info: u32) -> Kind {
    match info >> 24 & 0x1f {
        4 => Kind::Structure,
        5 => Kind::Union,
        8 => Kind::Alias,
        9..=11 | 18 => Kind::Qualified,
        12 => Kind::Function,
        _ => Kind::Other,
    }
}

/// How many bytes of a type follow its head; nothing where nobody knows the kind.
fn trailing_bytes(info: u32) -> Option<usize> {
    let count = (info & 0xffff) as usize;
    Some(match info >> 24 & 0x1f {
        // Pointers, forward declarations, other names, qualifiers, functions, numbers with a point, tags of types.
        2 | 7..=12 | 16 | 18 => 0,
        // Numbers, variables, tags of declarations.
        1 | 14 | 17 => 4,
        // Arrays.
        3 => 12,
        // Structures, unions, sections, long enumerations.
        4 | 5 | 15 | 19 => count * MEMBER,
        // Enumerations, and what functions take.
        6 | 13 => count * 8,
        _ => return None,
    })
}
