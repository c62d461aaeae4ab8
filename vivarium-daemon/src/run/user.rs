//! As whom the command runs.

use std::env;
use std::ffi::{CString, OsStr};
use std::path::PathBuf;

use nix::unistd::{Gid, Uid, User, getgrouplist, setgid, setgroups, setuid};

/// What `sudo` tells about itself: with them, the command would find out that it was used.
const SUDO_VARIABLES: [&str; 5] = ["SUDO_COMMAND", "SUDO_GID", "SUDO_HOME", "SUDO_UID", "SUDO_USER"];

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
        let number = user.parse().map_err(|_| UserError::Unknown(user.to_owned()))?;
        Self::numbered(Uid::from_raw(number), Gid::from_raw(number))
    }

    /// Who called `sudo`, if root runs this on behalf of someone else.
    fn caller_of_sudo() -> Result<Option<Self>, UserError> {
        if !Uid::effective().is_root() {
            return Ok(None);
        }
        let number = |name| env::var(name).ok().and_then(|text| text.parse().ok());
        match (number("SUDO_UID"), number("SUDO_GID")) {
            (Some(uid), Some(gid)) if uid != 0 => Self::numbered(Uid::from_raw(uid), Gid::from_raw(gid)).map(Some),
            _ => Ok(None),
        }
    }

    fn numbered(uid: Uid, gid: Gid) -> Result<Self, UserError> {
        match User::from_uid(uid)? {
            Some(entry) => Self::from_entry(entry),
            None => Ok(Self { uid, gid, groups: vec![gid], entry: None }),
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
