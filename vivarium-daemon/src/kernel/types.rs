//! The types of the running kernel, which tell where the fields are that BPF programs read.

mod format;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;

use memmap2::{Mmap, MmapOptions};
use nix::sys::memfd::{MFdFlags, memfd_create};

use self::format::{Description, Member, Type};

pub(super) use self::format::Kind;

/// Where the kernel describes its types.
const DESCRIPTION: &str = "/sys/kernel/btf/vmlinux";

/// The types of the running kernel.
pub struct KernelTypes(Description);

/// Types by what they are and what they are called.
pub(super) type Names = HashSet<(Kind, String)>;
/// Their numbers.
pub(super) type Numbers = HashMap<(Kind, String), u32>;

/// Why the types are not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KernelTypesError {
    /// The kernel has no description of them.
    #[error(
        "the kernel does not describe its types ({DESCRIPTION} is missing): boot one built with CONFIG_DEBUG_INFO_BTF=y, \
         as those of all large distributions are"
    )]
    Missing,
    /// It cannot be read.
    #[error("cannot read {DESCRIPTION}")]
    Unreadable(#[from] io::Error),
    /// It makes no sense.
    #[error("cannot understand {DESCRIPTION}; is the kernel newer than this version of vivarium?")]
    Malformed,
}

impl KernelTypes {
    /// Reads what the running kernel tells of its types.
    ///
    /// # Errors
    /// When it tells nothing, or nothing that is understood.
    pub fn of_the_running_kernel() -> Result<Self, KernelTypesError> {
        let described = match File::open(DESCRIPTION) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(KernelTypesError::Missing),
            Err(error) => return Err(error.into()),
        };
        // Megabytes of which little is looked at. Kernels before 6.16 do not let their description be mapped, but a copy of it
        // can be.
        let bytes = map(&described).or_else(|_| map(&copy(described)?))?;
        Description::new(bytes).map(Self).ok_or(KernelTypesError::Malformed)
    }

    /// How many bytes after the beginning of `structure` the field at `path` is, if this kernel has it. The path leads
    /// through fields that are structures themselves; unnamed ones in between are left out.
    ///
    /// ```no_run
    /// # use vivarium_daemon::kernel::KernelTypes;
    /// let types = KernelTypes::of_the_running_kernel()?;
    /// let (path, dentry) = (types.offset("file", "f_path"), types.offset("file", "f_path.dentry"));
    /// assert_eq!(dentry, path.map(|offset| offset + 8));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn offset(&self, structure: &str, path: &str) -> Option<u32> {
        let name = (Kind::Structure, structure.to_owned());
        let number = self.find(&Names::from([name])).into_values().next()?;
        self.offset_in(number, path)
    }

    /// The numbers of these types, of those that the kernel has. All of them are found as fast as one.
    pub(super) fn find(&self, names: &Names) -> Numbers {
        let wanted: HashMap<_, _> = names.iter().map(|name| ((name.0, name.1.as_bytes()), name)).collect();
        let mut found = Numbers::new();
        for (number, one) in self.0.types() {
            let is_whole = match one.kind {
                // Not a declaration of what is defined elsewhere.
                Kind::Structure => one.has_members(),
                Kind::Alias | Kind::Function => true,
                Kind::Union | Kind::Qualified | Kind::Other => false,
            };
            if is_whole && let Some(&name) = wanted.get(&(one.kind, self.0.name(one))) {
                found.entry(name.clone()).or_insert(number);
            }
        }
        found
    }

    /// How many bytes after the beginning of the structure of this number the field at `path` is.
    pub(super) fn offset_in(&self, number: u32, path: &str) -> Option<u32> {
        let mut within = self.0.get(number)?;
        let mut bits = 0;
        for name in path.split('.') {
            let field = self.field(within, name)?;
            bits += field.bit;
            within = self.unqualified(field.of)?;
        }
        bits.is_multiple_of(u8::BITS).then_some(bits / u8::BITS)
    }

    /// The field of this name, and where it is; also within fields that have no name.
    fn field(&self, within: Type<'_>, name: &str) -> Option<Member> {
        within.members().find_map(|member| match self.0.member_name(member) {
            b"" => {
                let field = self.field(self.unqualified(member.of)?, name)?;
                Some(field.behind(member.bit))
            }
            found => (found == name.as_bytes()).then_some(member),
        })
    }

    /// The type behind other names and qualifiers; the last one where there is nothing behind it.
    fn unqualified(&self, number: u32) -> Option<Type<'_>> {
        let mut found = self.0.get(number)?;
        while matches!(found.kind, Kind::Alias | Kind::Qualified) {
            found = self.0.get(found.of)?;
        }
        Some(found)
    }
}

fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the kernel does not change what it says of itself, and nobody else has the copy of it.
    unsafe { MmapOptions::new().map_copy_read_only(file) }
}

/// A copy of a file that can be mapped.
fn copy(mut file: File) -> io::Result<File> {
    let mut copy = File::from(memfd_create(c"vivarium-btf", MFdFlags::MFD_CLOEXEC)?);
    io::copy(&mut file, &mut copy)?;
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::{KernelTypes, Kind};

    /// The types of this machine's kernel; some containers have none.
    fn types() -> Option<KernelTypes> {
        let types = KernelTypes::of_the_running_kernel();
        if let Err(error) = &types {
            println!("nothing is tested: {error}");
        }
        types.ok()
    }

    #[test]
    fn fields_are_found_where_the_architecture_has_them() {
        let Some(types) = types() else { return };
        if cfg!(target_arch = "x86_64") {
            assert_eq!(types.offset("pt_regs", "di"), Some(112));
            assert_eq!(types.offset("pt_regs", "orig_ax"), Some(120));
        }
        assert_eq!(types.offset("list_head", "next"), Some(0));
        assert_eq!(types.offset("list_head", "prev"), Some(8));
    }

    #[test]
    fn a_path_leads_through_named_and_unnamed_structures() {
        let Some(types) = types() else { return };
        let outer = types.offset("dentry", "d_name").unwrap();
        let inner = types.offset("qstr", "len").unwrap();
        assert_eq!(types.offset("dentry", "d_name.len"), Some(outer + inner));
        assert!(types.offset("sock", "__sk_common.skc_family").is_some(), "skc_family is in an unnamed structure");
    }

    #[test]
    fn what_the_kernel_does_not_have_is_not_found() {
        let Some(types) = types() else { return };
        assert_eq!(types.offset("file", "f_nonsense"), None);
        assert_eq!(types.offset("file", "f_path.nonsense"), None);
        assert_eq!(types.offset("nonsense", "f_path"), None);
        let functions = ["security_file_open", "security_nonsense", "file"];
        let functions = functions.map(|name| (Kind::Function, name.to_owned()));
        let found = types.find(&functions.clone().into());
        assert!(found.contains_key(&functions[0]));
        assert_eq!(found.len(), 1, "a structure is no function");
    }
}
