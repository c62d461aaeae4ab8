//! What has to be known of a kernel before programs are loaded.

use vivarium_sys::load::{Field, Offsets};

use super::reads::Reads;
use super::targets::Targets;
use super::types::{KernelTypes, KernelTypesError, Kind, Numbers};

/// What has to be known of a kernel before programs are loaded.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// Where it has the fields that programs read.
    pub(super) offsets: Offsets,
    /// What it has of what they are attached to.
    pub(super) targets: Targets,
    /// How programs read its memory.
    pub(super) reads: Reads,
}

impl Facts {
    /// Looks at the types of the running kernel, once for everything.
    pub(super) fn of_the_running_kernel() -> Result<Self, KernelTypesError> {
        let types = KernelTypes::of_the_running_kernel()?;
        let mut names = Targets::wanted();
        names.extend(Field::ALL.iter().map(|field| structure(*field)));
        names.extend(Reads::wanted());
        let found = types.find(&names);
        Ok(Self { offsets: offsets(&types, &found), reads: Reads::find(&found), targets: Targets::new(found) })
    }
}

/// Finds every field; one that this kernel does not have stays missing.
fn offsets(types: &KernelTypes, found: &Numbers) -> Offsets {
    let mut offsets = Offsets::UNRESOLVED;
    for &field in Field::ALL {
        let number = found.get(&structure(field));
        if let Some(offset) = number.and_then(|number| types.offset_in(*number, field.location().1)) {
            offsets.set(field, offset);
        }
    }
    offsets
}

fn structure(field: Field) -> (Kind, String) {
    (Kind::Structure, field.location().0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_kernel_has_every_field() {
        let facts = match Facts::of_the_running_kernel() {
            Ok(facts) => facts,
            Err(error) => return println!("nothing is tested: {error}"),
        };
        // Linux before 6.14 doesn't tell of capabilities, and says so; and who may look into memory, 7.2 has elsewhere.
        let is_new = |field: &&Field| {
            field.location().0 == "trace_event_raw_cap_capable"
                || matches!(field, Field::TaskExecState | Field::ExecStateDumpable)
        };
        let fields = Field::ALL.iter().filter(|field| !is_new(field));
        let missing: Vec<_> = fields.filter(|field| facts.offsets.get(**field).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
