//! As whom the command runs.

use std::env;
use std::ffi::{CString, OsStr, OsString};
use std::path::PathBuf;

use nix::unistd::{Gid, Uid, User, getgrouplist, setgid, setgroups, setuid};

/// What `sudo` tells about itself: with them, the command would find out that it was used.
const SUDO_VARIABLES: [&str; 5] = ["SUDO_COMMAND", "SUDO_GID", "SUDO_HOME", "SUDO_UID", "SUDO_USER"];

/// What to do about variables that tell of no user.
const NAME_ONE: &str = "say with `vivarium run --user` as whom the command is to run, or unset SUDO_UID and SUDO_GID";

/// Another user as whom the command runs.
#[derive(Clone, Debug)]
pub struct RunAs {
    uid: Uid,
    gid: Gid,
    groups: Vec<Gid>,
    /// What the system knows of the user; a number alone may have no entry.
    entry: Option<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: String,
    home: PathBuf,
    shell: PathBuf,
}

/// Why the command cannot run as the user.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UserError {
    /// There is no such user.
    #[error("there is no user {0:?}: give a name from `getent passwd`, or a number")]
    Unknown(String),
    /// `sudo` would say something else.
    #[error("{0} is {1:?}, which is no number of a user or a group: {NAME_ONE}")]
    NotOfSudo(&'static str, OsString),
    /// Nobody says which group the user is in.
    #[error("SUDO_UID is {0}, of whom the system knows nothing, and SUDO_GID does not tell the group: {NAME_ONE}")]
    NoGroup(Uid),
    /// Only root can run as others.
    #[error("only root can run the command as another user: use sudo, or leave out `--user`")]
    NotRoot,
    /// The system could not tell.
    #[error("cannot look up the user")]
    LookUp(#[from] nix::Error),
}

impl RunAs {
    /// The user who was asked for, or who called `sudo`; none where the command runs as vivarium does.
    ///
    /// # Errors
    /// When there is no such user, or vivarium may not run anything as them.
    pub fn choose(asked: Option<&str>) -> Result<Option<Self>, UserError> {
        let chosen = match asked {
            Some(user) => Some(Self::named(user)?),
            None => Self::caller_of_sudo()?,
        };
        let me = Uid::effective();
        match chosen {
            Some(other) if other.uid != me && !me.is_root() => Err(UserError::NotRoot),
            chosen => Ok(chosen.filter(|other| other.uid != me)),
        }
    }

    /// The user with this name, or this number.
    fn named(user: &str) -> Result<Self, UserError> {
        if let Some(entry) = User::from_name(user)? {
            return Self::from_entry(entry);
        }
        let number = number(user.as_ref()).ok_or_else(|| UserError::Unknown(user.to_owned()))?;
        Self::numbered(Uid::from_raw(number), Some(Gid::from_raw(number)))
    }

    /// Who called `sudo`, if root runs this on behalf of someone else.
    fn caller_of_sudo() -> Result<Option<Self>, UserError> {
        match env::var_os("SUDO_UID").filter(|_| Uid::effective().is_root()) {
            Some(uid) => Self::told_by_sudo(uid, env::var_os("SUDO_GID")),
            None => Ok(None),
        }
    }

    /// The user whom the variables of `sudo` tell of; none where that is root. What cannot be understood never means root.
    fn told_by_sudo(uid: OsString, gid: Option<OsString>) -> Result<Option<Self>, UserError> {
        let told = |name, text: OsString| number(&text).ok_or(UserError::NotOfSudo(name, text));
        let uid = Uid::from_raw(told("SUDO_UID", uid)?);
        let gid = gid.map(|gid| told("SUDO_GID", gid)).transpose()?.map(Gid::from_raw);
        if uid.is_root() { Ok(None) } else { Self::numbered(uid, gid).map(Some) }
    }

    /// The user with this number, in this group where the system does not know them.
    fn numbered(uid: Uid, gid: Option<Gid>) -> Result<Self, UserError> {
        match (User::from_uid(uid)?, gid) {
            (Some(entry), _) => Self::from_entry(entry),
            (None, Some(gid)) => Ok(Self { uid, gid, groups: vec![gid], entry: None }),
            (None, None) => Err(UserError::NoGroup(uid)),
        }
    }

    fn from_entry(user: User) -> Result<Self, UserError> {
        let name = CString::new(user.name.as_str()).map_err(|_| UserError::Unknown(user.name.clone()))?;
        let groups = getgrouplist(&name, user.gid)?;
        let entry = Entry { name: user.name, home: user.dir, shell: user.shell };
        Ok(Self { uid: user.uid, gid: user.gid, groups, entry: Some(entry) })
    }

    /// What becomes of the environment: variables that are set, or removed.
    pub(super) fn environment(&self) -> impl Iterator<Item = (&OsStr, Option<&OsStr>)> {
        let entry = self.entry.as_ref();
        let set = entry.into_iter().flat_map(|entry| {
            [
                ("HOME", entry.home.as_os_str()),
                ("LOGNAME", entry.name.as_ref()),
                ("SHELL", entry.shell.as_os_str()),
                ("USER", entry.name.as_ref()),
            ]
        });
        let removed = SUDO_VARIABLES.iter().map(|name| (*name, None));
        set.map(|(name, value)| (name, Some(value))).chain(removed).map(|(name, value)| (OsStr::new(name), value))
    }

    /// Becomes the user, for good. Called between fork and exec, where nothing may be allocated.
    pub(super) fn become_user(&self) -> nix::Result<()> {
        setgroups(&self.groups)?;
        setgid(self.gid)?;
        setuid(self.uid)
    }
}

/// The number of a user or a group. The last one is none: to the kernel it means that nothing changes.
fn number(text: &OsStr) -> Option<u32> {
    text.to_str()?.parse().ok().filter(|number| *number != u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(uid: &str, gid: Option<&str>) -> Result<Option<RunAs>, UserError> {
        RunAs::told_by_sudo(uid.into(), gid.map(OsString::from))
    }

    /// A user whom the system does not know.
    const NOBODY_KNOWN: &str = "3999999999";

    #[test]
    fn what_sudo_cannot_have_said_is_an_error_and_never_root() {
        for (uid, gid) in [
            (" 1000", Some("1000")),
            ("", Some("1000")),
            ("-1", Some("1000")),
            ("someone", None),
            ("4294967295", Some("1000")),
            ("4294967296", Some("1000")),
            ("1000", Some(" 1000")),
            ("1000", Some("4294967295")),
            (NOBODY_KNOWN, None),
        ] {
            let error = told(uid, gid).expect_err("it is no user").to_string();
            assert!(error.contains("--user") && error.contains("SUDO_"), "{uid:?} and {gid:?}: {error}");
        }
    }

    #[test]
    fn without_a_group_it_is_that_of_the_user_database() {
        let Ok(Some(entry)) = User::from_name("nobody") else { return };
        let user = told(&entry.uid.to_string(), None).expect("they are known").expect("they are not root");
        assert_eq!((user.uid, user.gid), (entry.uid, entry.gid));
    }

    #[test]
    fn a_user_whom_the_system_does_not_know_has_the_group_that_sudo_tells() {
        let user = told(NOBODY_KNOWN, Some("7")).expect("it is a number").expect("it is not root");
        assert_eq!((user.uid.to_string().as_str(), user.gid), (NOBODY_KNOWN, Gid::from_raw(7)));
    }

    #[test]
    fn root_who_called_sudo_stays_root() {
        assert!(told("0", Some("0")).expect("it is a number").is_none());
        assert!(told("0", None).expect("it is a number").is_none());
    }

    #[test]
    fn the_last_number_is_no_user() {
        assert!(matches!(RunAs::named("4294967295"), Err(UserError::Unknown(_))));
    }
}
