//! Hooks about capabilities.

use vivarium_sys::event::EventKind;

use crate::event;
use crate::hooks::{Arguments, hook};
use crate::identity::Capabilities;
use crate::result::Answer;

hook!(capset: lsm "capset" by lsm_capset, fentry "security_capset" by fentry_capset);

/// `new credentials, old credentials, effective, inheritable, permitted`
#[inline(always)]
fn capset(arguments: &impl Arguments) {
    event::tell::<3, 0>(EventKind::CAPSET_CHANGE, Answer::Follows, |_, record| {
        let set = |at| arguments.address(at).read::<u64>();
        Capabilities { effective: set(2), inheritable: set(3), permitted: set(4) }.describe(record);
    });
}
