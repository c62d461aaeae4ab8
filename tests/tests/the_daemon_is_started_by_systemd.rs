//! The daemon as systemd starts it: on a socket that is there already, and with a word when it is ready.

use std::fs;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use vivarium_tests::observation::{backend, may_observe, program};
use vivarium_tests::tool::is_installed;

/// The descriptor that systemd passes first.
const FIRST: libc::c_int = 3;

/// What the supervisor is told next.
fn told(supervisor: &UnixDatagram) -> String {
    let mut room = [0; 64];
    let length = supervisor.recv(&mut room).expect("it is told something");
    String::from_utf8_lossy(&room[..length]).trim_end().to_owned()
}

#[test]
fn it_serves_on_the_socket_that_was_passed_and_says_how_it_is() {
    if !may_observe() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let [notify, place] = ["notify", "daemon.sock"].map(|name| folder.path().join(name));
    let supervisor = UnixDatagram::bind(&notify).expect("a socket");
    supervisor.set_read_timeout(Some(Duration::from_secs(60))).expect("a net to fall into");
    let listener = UnixListener::bind(&place).expect("a socket");
    let passed = listener.as_raw_fd();
    // The number of the process that is to take it, which only that itself knows.
    let script = format!("LISTEN_PID=$$ exec {} --backend {}", program("vivarium-daemon", "vivariumd"), backend());
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &script]).env("LISTEN_FDS", "1").env("NOTIFY_SOCKET", &notify);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    // SAFETY: a system call alone.
    unsafe {
        command.pre_exec(move || {
            if passed == FIRST {
                // It would be closed when the program is executed.
                return match libc::fcntl(FIRST, libc::F_SETFD, 0) {
                    -1 => Err(std::io::Error::last_os_error()),
                    _ => Ok(()),
                };
            }
            match libc::dup2(passed, FIRST) {
                -1 => Err(std::io::Error::last_os_error()),
                _ => Ok(()),
            }
        });
    }
    let mut daemon = command.spawn().expect("it starts");
    drop(listener);
    assert_eq!(told(&supervisor), "READY=1");

    let vivarium = program("vivarium-daemon", "vivarium");
    let seen = Command::new(vivarium)
        .args(["run", "--daemon", "--strict", "--", "/bin/true"])
        .env("VIVARIUM_SOCKET", &place)
        .output()
        .expect("vivarium starts");
    assert!(seen.status.success(), "{seen:?}");

    let pid = libc::pid_t::try_from(daemon.id()).expect("a pid");
    // SAFETY: our own child, which we haven't waited for.
    assert_eq!(unsafe { libc::kill(pid, libc::SIGTERM) }, 0);
    assert_eq!(told(&supervisor), "STOPPING=1");
    assert!(daemon.wait().expect("it ends").success());
    assert!(place.exists(), "the socket is not the daemon's to remove");
    let mut log = String::new();
    daemon.stderr.take().expect("its log").read_to_string(&mut log).expect("text");
    assert!(log.contains("observing") && !log.contains("WARN"), "{log}");
}

#[test]
fn its_units_are_well_formed() {
    if !is_installed("systemd-analyze", "systemd") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let units = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging");
    let names = ["vivariumd.service", "vivariumd.socket"];
    let copies = names.map(|name| {
        let text = fs::read_to_string(units.join(name)).expect("a unit");
        let copy = folder.path().join(name);
        // It is not installed here.
        fs::write(&copy, text.replace("/usr/bin/vivariumd", "/bin/true")).expect("a copy");
        copy
    });
    let output = Command::new("systemd-analyze").arg("verify").args(&copies).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let ours: Vec<_> = said.lines().filter(|line| line.contains("vivariumd")).collect();
    assert!(output.status.success() && ours.is_empty(), "{said}");
}
