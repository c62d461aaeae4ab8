//! Where this kernel has the fields that the BPF programs read.

use vivarium_sys::load::{Field, Offsets};

use super::KernelTypes;

/// Finds every field; one that this kernel does not have stays missing.
pub(super) fn resolve(types: &KernelTypes) -> Offsets {
    let mut offsets = Offsets::UNRESOLVED;
    for &field in Field::ALL {
        let (structure, path) = field.location();
        if let Some(offset) = types.offset(structure, path) {
            offsets.set(field, offset);
        }
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_kernel_has_every_field() {
        let types = match KernelTypes::of_the_running_kernel() {
            Ok(types) => types,
            Err(error) => return println!("nothing is tested: {error}"),
        };
        let offsets = resolve(&types);
        // Linux before 6.14 doesn't tell of capabilities, and says so.
        let is_new = |field: &&Field| field.location().0 == "trace_event_raw_cap_capable";
        let fields = Field::ALL.iter().filter(|field| !is_new(field));
        let missing: Vec<_> = fields.filter(|field| offsets.get(**field).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
