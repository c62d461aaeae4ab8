//! The types of the running kernel, which tell where the fields are that BPF programs read.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use btf_rs::{Backend, Btf, BtfType, Type};
use nix::sys::memfd::{MFdFlags, memfd_create};

/// Where the kernel describes its types.
const DESCRIPTION: &str = "/sys/kernel/btf/vmlinux";

/// The types of the running kernel.
pub struct KernelTypes {
    btf: Btf,
    structures: RefCell<HashMap<&'static str, Option<Type>>>,
}

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
    Malformed(#[from] btf_rs::Error),
}

impl KernelTypes {
    /// Reads what the running kernel tells of its types.
    ///
    /// # Errors
    /// When it tells nothing, or nothing that is understood.
    pub fn of_the_running_kernel() -> Result<Self, KernelTypesError> {
        let mut described = match File::open(DESCRIPTION) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(KernelTypesError::Missing),
            Err(error) => return Err(error.into()),
        };
        // Taking all types apart costs a hundred times what looking up a few does, and only what is mapped is looked up.
        // Kernels before 6.16 do not let their description be mapped, but a copy of it can be.
        let btf = match Btf::from_file_with_backend(DESCRIPTION, Backend::Mmap) {
            Ok(btf) => btf,
            Err(_) => {
                let copy = memfd_create(c"vivarium-btf", MFdFlags::MFD_CLOEXEC).map_err(io::Error::from)?;
                let mut copy = File::from(copy);
                io::copy(&mut described, &mut copy)?;
                Btf::from_file_with_backend(format!("/proc/self/fd/{}", copy.as_raw_fd()), Backend::Mmap)?
            }
        };
        Ok(Self { btf, structures: RefCell::default() })
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
    pub fn offset(&self, structure: &'static str, path: &str) -> Option<u32> {
        let mut within = self.structure(structure)?;
        let mut bits = 0;
        for name in path.split('.') {
            let (offset, field) = self.field(&within, name)?;
            bits += offset;
            within = field;
        }
        bits.is_multiple_of(u8::BITS).then_some(bits / u8::BITS)
    }

    /// Whether the kernel has a function of this name that programs can attach to.
    #[must_use]
    pub fn has_function(&self, name: &str) -> bool {
        let named = self.btf.resolve_types_by_name(name);
        named.is_ok_and(|types| types.iter().any(|named| matches!(named, Type::Func(_))))
    }

    /// The definition of a structure, not its forward declarations.
    fn structure(&self, name: &'static str) -> Option<Type> {
        let mut known = self.structures.borrow_mut();
        let find = || {
            let named = self.btf.resolve_types_by_name(name).ok()?;
            named.into_iter().find(|named| matches!(named, Type::Struct(definition) if !definition.members.is_empty()))
        };
        known.entry(name).or_insert_with(find).clone()
    }

    /// Where the field of this name is, in bits, and its type; also within fields that have no name.
    fn field(&self, within: &Type, name: &str) -> Option<(u32, Type)> {
        let members = match within {
            Type::Struct(definition) | Type::Union(definition) => &definition.members,
            _ => return None,
        };
        members.iter().find_map(|member| {
            let is_unnamed = member.get_name_offset() == Some(0);
            if is_unnamed {
                let (offset, field) = self.field(&self.unqualified(member)?, name)?;
                return Some((member.bit_offset() + offset, field));
            }
            let is_it = self.btf.resolve_name(member).is_ok_and(|found| found == name);
            is_it.then(|| Some((member.bit_offset(), self.unqualified(member)?)))?
        })
    }

    /// The type behind typedefs and qualifiers.
    fn unqualified(&self, chained: &dyn BtfType) -> Option<Type> {
        let mut found = self.btf.resolve_chained_type(chained).ok()?;
        loop {
            found = match &found {
                Type::Typedef(alias) => self.btf.resolve_chained_type(alias).ok()?,
                Type::Const(qualified) | Type::Volatile(qualified) | Type::Restrict(qualified) => {
                    self.btf.resolve_chained_type(qualified).ok()?
                }
                Type::TypeTag(tagged) => self.btf.resolve_chained_type(tagged).ok()?,
                _ => return Some(found),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KernelTypes;

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
        assert!(types.has_function("security_file_open"));
        assert!(!types.has_function("security_nonsense"));
        assert!(!types.has_function("file"), "a structure is no function");
    }
}
