//! The socket on which the daemon listens.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::{Flock, FlockArg};
use vivarium_protocol::SocketPath;

use super::room::closed_early;

/// Everyone may connect: what they may see is decided by who they are.
const MODE: u32 = 0o666;
/// What is added to the path of the socket for the file that tells whether someone listens.
const LOCK_SUFFIX: &str = ".lock";
/// How long what is left of a daemon that was killed may keep its lock.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it may take to close its socket.
const CLOSING: Duration = Duration::from_secs(1);
/// How often it is looked for that.
const LOOK: Duration = Duration::from_millis(10);
/// How long the number of a process is at most.
const MAX_PID_BYTES: u64 = 20;

/// The socket on which the daemon listens.
#[derive(Debug)]
pub(super) struct Listener {
    socket: UnixListener,
    /// Its path, with the lock that keeps it ours; none where it was given to us.
    own: Option<(PathBuf, Flock<File>)>,
    place: String,
}

/// Why nobody could connect.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// There is one already.
    #[error("a vivariumd listens at {0} already: end that one first, or choose another place with `--socket`")]
    Taken(SocketPath),
    /// Something is there.
    #[error("{0} is no socket: remove it, or choose another place with `--socket`")]
    Occupied(SocketPath),
    /// The system refuses.
    #[error("cannot listen at {path}: choose another place with `--socket`, or run it with sudo")]
    Refused {
        /// Where.
        path: SocketPath,
        /// Why.
        source: io::Error,
    },
    /// What was given to us is of no use.
    #[error("the socket that systemd passed is of no use")]
    Passed(#[source] io::Error),
}

impl Listener {
    /// The socket that systemd passed, or a new one at this path in the place of one where nobody listens any more.
    pub(super) fn open(path: &SocketPath) -> Result<Self, ListenError> {
        if let Some(passed) = sd_notify::listen_fds().map_err(ListenError::Passed)?.next() {
            // SAFETY: whoever started us passed it to us and to nobody else.
            let socket = closed_early(UnixListener::from(unsafe { OwnedFd::from_raw_fd(passed) }));
            let place = socket.local_addr().map_err(ListenError::Passed)?;
            let place =
                place.as_pathname().map_or_else(|| "a passed socket".to_owned(), |path| path.display().to_string());
            return Ok(Self { socket, own: None, place });
        }
        Self::bind(path)
    }

    fn bind(path: &SocketPath) -> Result<Self, ListenError> {
        let refused = |source| ListenError::Refused { path: path.clone(), source };
        let place = path.as_path();
        if let Some(folder) = place.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            DirBuilder::new().recursive(true).mode(0o755).create(folder).map_err(refused)?;
        }
        let lock = lock(place).map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => ListenError::Taken(path.clone()),
            _ => refused(error),
        })?;
        match fs::symlink_metadata(place) {
            Ok(metadata) if !metadata.file_type().is_socket() => return Err(ListenError::Occupied(path.clone())),
            // One that systemd passed to another daemon has no lock.
            Ok(_) if is_served(place) => return Err(ListenError::Taken(path.clone())),
            Ok(_) => fs::remove_file(place).map_err(refused)?,
            Err(_) => {}
        }
        let socket = closed_early(UnixListener::bind(place).map_err(refused)?);
        fs::set_permissions(place, Permissions::from_mode(MODE)).map_err(refused)?;
        Ok(Self { socket, own: Some((place.to_owned(), lock)), place: path.to_string() })
    }

    /// The folder in which it made something, if it did.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.own.as_ref().and_then(|(path, _)| path.parent())
    }

    /// Where it is.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// The socket.
    pub(super) fn socket(&self) -> io::Result<UnixListener> {
        self.socket.try_clone().map(closed_early)
    }

    /// Listens no more, and leaves nothing behind.
    pub(super) fn close(self) {
        if let Some((path, lock)) = self.own {
            // The next one replaces what cannot be removed.
            let _ = fs::remove_file(path);
            drop(lock);
        }
    }
}

/// Whether somebody listens there, and goes on to: the socket of one that was killed may be closed a little after its lock.
fn is_served(place: &Path) -> bool {
    let deadline = Instant::now() + CLOSING;
    while UnixStream::connect(place).is_ok() {
        if Instant::now() >= deadline {
            return true;
        }
        thread::sleep(LOOK);
    }
    false
}

/// Takes the lock of a path, which goes with the process however that ends.
fn lock(path: &Path) -> io::Result<Flock<File>> {
    let mut name = path.as_os_str().to_owned();
    name.push(LOCK_SUFFIX);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        // In a folder that is open to everyone, a link could lead to a file of ours, which would be emptied.
        let file = options.custom_flags(libc::O_NOFOLLOW).open(&name)?;
        match Flock::lock(closed_early(file), FlockArg::LockExclusiveNonblock) {
            Ok(lock) => {
                lock.set_len(0)?;
                (&*lock).write_all(std::process::id().to_string().as_bytes())?;
                return Ok(lock);
            }
            Err((file, error)) if runs(&file) || Instant::now() >= deadline => {
                drop(file);
                return Err(error.into());
            }
            Err(_) => thread::sleep(LOOK),
        }
    }
}

/// Whether the daemon runs that has locked this file. One that was killed is there for a moment in a process that detaches for it.
fn runs(lock: &File) -> bool {
    let mut pid = String::new();
    let is_read = lock.take(MAX_PID_BYTES).read_to_string(&mut pid).is_ok();
    // Who has not said yet who it is has just begun.
    !is_read || pid.is_empty() || Path::new("/proc").join(pid.trim()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, SocketPath) {
        let folder = tempfile::tempdir().unwrap();
        let path = SocketPath::new(folder.path().join("deep/daemon.sock"));
        (folder, path)
    }

    #[test]
    fn a_second_one_is_refused() {
        let (_folder, path) = place();
        let first = Listener::bind(&path).unwrap();
        assert!(matches!(Listener::bind(&path), Err(ListenError::Taken(_))));
        first.close();
        assert!(!path.as_path().exists());
        Listener::bind(&path).unwrap().close();
    }

    #[test]
    fn what_is_left_of_one_that_was_killed_is_waited_for() {
        let (_folder, path) = place();
        let first = Listener::bind(&path).unwrap();
        // As if that were another process, which has ended.
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        let name = path.as_path().with_file_name("daemon.sock.lock");
        fs::write(&name, child.id().to_string()).unwrap();
        let lets_go = thread::spawn(move || {
            thread::sleep(5 * LOOK);
            drop(first);
        });
        let second = Listener::bind(&path).unwrap();
        lets_go.join().unwrap();
        assert_eq!(fs::read_to_string(name).unwrap(), std::process::id().to_string());
        second.close();
    }

    #[test]
    fn a_stale_socket_is_replaced_and_open_to_everyone() {
        let (_folder, path) = place();
        let first = Listener::bind(&path).unwrap();
        // As if it had been killed: the socket stays, the lock goes.
        drop(first);
        assert!(path.as_path().exists());
        let second = Listener::bind(&path).unwrap();
        UnixStream::connect(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, MODE);
        second.close();
    }

    #[test]
    fn a_socket_that_someone_else_serves_is_left_alone() {
        let (_folder, path) = place();
        fs::create_dir_all(path.as_path().parent().unwrap()).unwrap();
        let _other = UnixListener::bind(&path).unwrap();
        assert!(matches!(Listener::bind(&path), Err(ListenError::Taken(_))));
    }

    #[test]
    fn where_a_link_is_in_the_place_of_the_lock_it_is_not_followed() {
        let (_folder, path) = place();
        let folder = path.as_path().parent().unwrap();
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("precious"), "precious").unwrap();
        std::os::unix::fs::symlink("precious", folder.join("daemon.sock.lock")).unwrap();
        assert!(matches!(Listener::bind(&path), Err(ListenError::Refused { .. })));
        assert_eq!(fs::read_to_string(folder.join("precious")).unwrap(), "precious");
    }

    #[test]
    fn what_is_no_socket_is_left_alone() {
        let (_folder, path) = place();
        fs::create_dir_all(path.as_path().parent().unwrap()).unwrap();
        fs::write(&path, "precious").unwrap();
        assert!(matches!(Listener::bind(&path), Err(ListenError::Occupied(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }
}
