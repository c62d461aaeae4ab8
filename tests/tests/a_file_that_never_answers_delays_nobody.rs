//! A file on a file system that a program serves, and that program never does.

use std::ffi::CString;
use std::fs::{self, File};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use vivarium_daemon::daemon::Pidfd;
use vivarium_protocol::{Client, SocketPath, Start, Target};
use vivarium_session::accounting::Missing;
use vivarium_session::record::Pid;
use vivarium_session::session::{Session, SiteTable};
use vivarium_tests::daemon::{Daemon, USER};
use vivarium_tests::observation::may_observe;
use vivarium_tests::tool::skip;

/// A file whose file system nobody answers for, until this is dropped.
struct Silent {
    path: PathBuf,
    /// The other side of the file system: all that waits for it ends when it is closed.
    server: Option<File>,
}

impl Silent {
    /// Mounts it over a file of this folder; none where that can't be.
    fn mount(folder: &Path) -> Option<Self> {
        let server = File::options().read(true).write(true).open("/dev/fuse").ok()?;
        let path = folder.join("silent");
        fs::write(&path, "").expect("it can be written");
        let options = format!("fd={},rootmode=100644,user_id=0,group_id=0,allow_other", server.as_raw_fd());
        let (target, options) = (path_of(&path), CString::new(options).expect("no zero"));
        let flags = libc::MS_NODEV | libc::MS_NOSUID;
        // SAFETY: all of it are strings that end with a zero.
        let mounted = unsafe {
            libc::mount(c"silent".as_ptr(), target.as_ptr(), c"fuse".as_ptr(), flags, options.as_ptr().cast())
        };
        (mounted == 0).then_some(Self { path, server: Some(server) })
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        drop(self.server.take());
        // SAFETY: a string that ends with a zero.
        unsafe { libc::umount2(path_of(&self.path).as_ptr(), libc::MNT_DETACH) };
    }
}

fn path_of(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).expect("no zero")
}

#[test]
fn the_others_are_served_and_its_session_is_told() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let Some(silent) = Silent::mount(daemon.folder()) else {
        return skip("no file system can be served here");
    };
    // Without opening it, for which an answer would be needed.
    let file = File::options().read(true).custom_flags(libc::O_PATH).open(&silent.path).expect("it is there");
    let mut child =
        daemon.command(USER, &["/bin/cat"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("cat starts");
    let held = Pidfd::open(Pid(child.id())).expect("it runs");
    let mut start = Start::of([Target::Process]);
    start.images = 1;
    let place = SocketPath::new(daemon.socket());
    let client = Client::connect(&place).expect("it is answered");
    let mut running = client.start(&start, Vec::new(), &[held.as_fd(), file.as_fd()]).expect("it is granted");

    let seen = daemon.observe(USER, &["--strict"], &["/bin/true"]);
    assert_eq!(seen.status.code(), Some(0), "{}", seen.stderr);

    drop(child.stdin.take());
    child.wait().expect("it can be waited for");
    running.stop().expect("it is heard");
    let mut session = Session::new(running.info().clone(), SiteTable::new(), Vec::new());
    let conclusion = running.drain(&mut session);
    let is_told = |missing: &Missing| missing.to_string().contains("cannot be read in time");
    assert!(conclusion.missing.iter().any(is_told), "{:?}", conclusion.missing);
}
