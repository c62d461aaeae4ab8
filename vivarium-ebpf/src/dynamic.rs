//! Sites that a program makes while it runs, which describe themselves in its memory.

use vivarium_sys::dynamic::Description;

use crate::record::Record;
use crate::user::UserAddress;

/// Tells of a dynamic site: line and kind after two other numbers, and its texts.
#[inline(always)]
pub(crate) fn describe(record: &mut Record<4, 3>, descriptor: UserAddress) {
    let Some(site) = descriptor.read::<Description>() else {
        return;
    };
    record.number(2, site.line.into());
    record.number(3, site.kind.into());
    for (at, text) in [site.module, site.name, site.file].into_iter().enumerate() {
        record.text(at, |room| room.user_bytes(UserAddress(text.start), text.length));
    }
}
