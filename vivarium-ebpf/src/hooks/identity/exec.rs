//! What a thread becomes by executing a program.

use vivarium_sys::event::EventKind;
use vivarium_sys::load::Field;

use crate::event;
use crate::hooks::{Arguments, hook};
use crate::kernel::Address;
use crate::path::{Name, Place};
use crate::result::Answer;

hook!(commit: lsm "bprm_committing_creds" by lsm_creds, fentry "security_bprm_committing_creds" by fentry_creds);

/// `program`: its credentials are to take the place of those that the thread has.
#[inline(always)]
fn commit(arguments: &impl Arguments) {
    event::tell::<4, 1>(EventKind::BPRM_CREDS, Answer::Follows, |_, record| {
        let program = arguments.typed(0).address();
        let after = program.follow(Field::BprmCred);
        let before = Address::current_task().follow(Field::TaskCred);
        let [uid, gid]: [u32; 2] = [after.get(Field::CredEuid), after.get(Field::CredEgid)];
        let gained = after.get::<u64>(Field::CredPermitted) & !before.get::<u64>(Field::CredPermitted);
        let is_another = uid != before.get::<u32>(Field::CredEuid) || gid != before.get::<u32>(Field::CredEgid);
        record.number(0, uid.into());
        record.number(1, gid.into());
        record.number(2, gained);
        record.number(3, u64::from(is_another || gained != 0));
        let file = program.follow(Field::BprmFile).inner(Field::FilePath);
        record.text(0, |room| room.path(Place::at(file), Name::MayBeGone));
    });
}
