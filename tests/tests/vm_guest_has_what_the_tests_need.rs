//! The guests that `cargo xtask vm` boots are machines on which the other tests can run.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// What the harness says about the guest that this test runs in.
struct Guest {
    kernel: String,
    release: String,
    backend: String,
    programs: PathBuf,
}

impl Guest {
    /// The guest around this test; outside of any there is nothing to test.
    fn around_this_test() -> Option<Self> {
        let Ok(kernel) = env::var("VIVARIUM_VM_KERNEL") else {
            println!("not in a guest, so nothing is tested: run `cargo xtask vm`");
            return None;
        };
        let said = |name| env::var(name).unwrap_or_else(|_| panic!("the harness does not set {name}"));
        Some(Self {
            kernel,
            release: said("VIVARIUM_VM_RELEASE"),
            backend: said("VIVARIUM_VM_BACKEND"),
            programs: said("VIVARIUM_BIN_DIR").into(),
        })
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The type of the file system that is mounted at `path`.
fn mounted_at(path: &str) -> Option<String> {
    read("/proc/mounts").lines().rev().find_map(|line| {
        let mut fields = line.split(' ').skip(1);
        (fields.next()? == path).then(|| fields.next().unwrap_or_default().to_owned())
    })
}

/// What `shell` prints when the user with this id runs it.
fn printed_by_user(id: u32, shell: &str) -> String {
    let output = Command::new("/bin/sh").args(["-c", shell]).uid(id).gid(id).output().unwrap();
    assert!(output.status.success(), "{shell}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

#[test]
fn the_kernel_is_the_one_that_was_asked_for() {
    let Some(guest) = Guest::around_this_test() else { return };
    let release = read("/proc/sys/kernel/osrelease");
    assert_eq!(release.trim_end(), guest.release);
    if guest.kernel != "newest" {
        assert!(release.starts_with(&format!("{}.", guest.kernel)), "{release}");
    }
}

#[test]
fn the_kernel_describes_its_own_types() {
    if Guest::around_this_test().is_none() {
        return;
    }
    let mut magic = [0; 2];
    fs::File::open("/sys/kernel/btf/vmlinux").unwrap().read_exact(&mut magic).unwrap();
    assert_eq!(u16::from_ne_bytes(magic), 0xeb9f);
}

#[test]
fn the_kernel_knows_overlays() {
    if Guest::around_this_test().is_none() {
        return;
    }
    let known = read("/proc/filesystems");
    assert!(known.lines().any(|line| line.ends_with("\toverlay")), "{known}");
}

#[test]
fn the_kernels_file_systems_are_mounted() {
    if Guest::around_this_test().is_none() {
        return;
    }
    for (path, kind) in [
        ("/dev", "devtmpfs"),
        ("/proc", "proc"),
        ("/sys", "sysfs"),
        ("/sys/fs/bpf", "bpf"),
        ("/sys/fs/cgroup", "cgroup2"),
        ("/sys/kernel/security", "securityfs"),
        ("/sys/kernel/tracing", "tracefs"),
    ] {
        assert_eq!(mounted_at(path).as_deref(), Some(kind), "{path}");
    }
}

#[test]
fn the_security_modules_are_those_that_the_backend_needs() {
    let Some(guest) = Guest::around_this_test() else { return };
    let modules = read("/sys/kernel/security/lsm");
    let has_bpf = modules.trim_end().split(',').any(|module| module == "bpf");
    match guest.backend.as_str() {
        "lsm" => assert!(has_bpf, "{modules}"),
        "fentry" => assert!(!has_bpf, "{modules}"),
        "syscalls" => {}
        other => panic!("unknown backend {other}"),
    }
}

#[test]
fn two_processors_are_online() {
    if Guest::around_this_test().is_none() {
        return;
    }
    assert_eq!(read("/sys/devices/system/cpu/online").trim_end(), "0-1");
}

#[test]
fn files_are_on_a_real_file_system() {
    if Guest::around_this_test().is_none() {
        return;
    }
    assert_eq!(mounted_at("/").as_deref(), Some("ext4"));
    assert_eq!(mounted_at("/tmp"), None, "/tmp is a part of the root");
    assert!(Path::new("/sys/block/nvme0n1").exists());
}

#[test]
fn the_loopback_carries_a_connection() {
    if Guest::around_this_test().is_none() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = thread::spawn(move || TcpStream::connect(address)?.write_all(b"hello"));
    let mut heard = String::new();
    listener.accept().unwrap().0.read_to_string(&mut heard).unwrap();
    client.join().unwrap().unwrap();
    assert_eq!(heard, "hello");
}

#[test]
fn there_are_users_without_privileges() {
    if Guest::around_this_test().is_none() {
        return;
    }
    for (id, name) in [(1000, "user"), (65534, "nobody")] {
        assert_eq!(printed_by_user(id, "id -un; id -u"), format!("{name}\n{id}"));
        assert_eq!(printed_by_user(id, "echo hello >/tmp/of-$(id -u) && cat /tmp/of-$(id -u)"), "hello");
        assert_eq!(printed_by_user(id, "(echo 1 >/proc/sys/kernel/printk) 2>/dev/null || echo refused"), "refused");
    }
    assert_eq!(printed_by_user(1000, "touch ~user/file && echo written"), "written");
}

#[test]
fn the_programs_of_the_workspace_are_there() {
    let Some(guest) = Guest::around_this_test() else { return };
    let status = Command::new(guest.programs.join("vivarium")).arg("--version").status();
    assert!(status.is_ok(), "{status:?}");
}
