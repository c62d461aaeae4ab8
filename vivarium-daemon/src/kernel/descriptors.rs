//! Room for the descriptors of maps, programs and what they are attached to, of which there are more than some limits allow.

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};

/// As many are enough for any backend, and for programs that have a few marked functions.
const ENOUGH: rlim_t = 256;

/// There is too little room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "a process may open {0} files here, and observing takes {ENOUGH}: raise the limit first, with `ulimit -n {ENOUGH}`"
)]
pub struct FewDescriptors(rlim_t);

/// Takes as much room as this process may have.
///
/// # Errors
/// When that is not enough.
pub(super) fn make_room() -> Result<(), FewDescriptors> {
    // Where nobody tells the limit, whoever meets it does.
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return Ok(()) };
    let raised = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    let limit = if raised.is_ok() { hard } else { soft };
    if limit < ENOUGH { Err(FewDescriptors(limit)) } else { Ok(()) }
}
