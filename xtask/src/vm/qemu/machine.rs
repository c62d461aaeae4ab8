//! The machine that QEMU makes: its processors, disk and ports, and the kernel's command line.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::PROGRAM;
use super::channels::Channel;
use crate::vm::guest::{INIT, Secret};

/// What the kernel is told in every guest: where everything is, that a panic ends the guest, and to skip what only costs
/// time under emulation. Time is that of the HPET: how fast the processor's own counter is, a guest on a busy host measures
/// so wrongly that a minute takes it seconds.
const COMMAND_LINE: &str = "console=ttyS0 root=/dev/nvme0n1 rootfstype=ext4 rw panic=-1 oops=panic loglevel=4 \
                            tsc=reliable clocksource=hpet no_timer_check nowatchdog mitigations=off cryptomgr.notests \
                            rcupdate.rcu_expedited=1";

/// Which security modules the kernel is told to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LsmList {
    /// Those of the kernel's own configuration.
    Default,
    /// Those of this list, and no others.
    Only(String),
}

/// A machine to boot.
pub(crate) struct Machine<'a> {
    pub(crate) vmlinux: &'a Path,
    pub(crate) image: &'a Path,
    pub(crate) lsm: LsmList,
    /// More words for the kernel's command line.
    pub(crate) append: Option<String>,
    /// Variables that every program in the guest sees.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// How long one program may run.
    pub(crate) program_limit: Duration,
}

impl Machine<'_> {
    /// The command that runs it, with its serial ports as sockets in `sockets`.
    pub(super) fn command(&self, secret: &Secret, sockets: &Path) -> Command {
        // A guest that no one watches ends, however its watcher ended.
        let mut qemu = Command::new("setpriv");
        qemu.args(["--pdeathsig", "KILL", PROGRAM])
            .args(["-accel", "tcg,thread=multi", "-machine", "q35", "-bios", "qboot.rom"])
            .args(["-cpu", "max", "-smp", "2", "-m", "1024", "-no-reboot"])
            .args(["-nodefaults", "-no-user-config", "-display", "none"])
            .arg("-kernel")
            .arg(self.vmlinux)
            .arg("-append")
            .arg(self.command_line(secret))
            // What the guest writes goes to a file of its own that has no name.
            .arg("-drive")
            .arg(option("if=none,id=root,format=raw,snapshot=on,cache=unsafe,file=", self.image))
            .args(["-device", "nvme,drive=root,serial=root"]);
        for channel in Channel::ALL {
            let name = channel.name();
            let socket = channel.socket_in(sockets);
            qemu.arg("-chardev")
                .arg(option(&format!("socket,id={name},path="), &socket))
                .args(["-device", &format!("isa-serial,chardev={name}")]);
        }
        qemu
    }

    /// The kernel's command line. It gives what it does not know to the first process as environment.
    fn command_line(&self, secret: &Secret) -> String {
        let mut line = format!(
            "{COMMAND_LINE} init={INIT} VIVARIUM_GUEST_MARK={} VIVARIUM_GUEST_LIMIT={}",
            secret.as_str(),
            self.program_limit.as_secs()
        );
        if let LsmList::Only(list) = &self.lsm {
            line.push_str(&format!(" lsm={list}"));
        }
        if let Some(words) = &self.append {
            line.push_str(&format!(" {words}"));
        }
        for (name, value) in &self.environment {
            line.push_str(&format!(" {name}={value}"));
        }
        line
    }
}

/// An option of QEMU that ends with a path, in which a comma is written twice.
fn option(start: &str, path: &Path) -> OsString {
    let mut option = OsString::from(start);
    let path = path.as_os_str();
    match path.to_str() {
        Some(text) => option.push(text.replace(',', ",,")),
        None => option.push(path),
    }
    option
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(lsm: LsmList) -> Machine<'static> {
        Machine {
            vmlinux: Path::new("vmlinux"),
            image: Path::new("root.img"),
            lsm,
            append: Some("preempt=full".to_owned()),
            environment: vec![("VIVARIUM_VM_BACKEND", "lsm".to_owned())],
            program_limit: Duration::from_secs(7),
        }
    }

    #[test]
    fn the_kernel_passes_on_what_the_guest_has_to_know() {
        let line = machine(LsmList::Default).command_line(&Secret::new());
        assert!(line.contains(" VIVARIUM_VM_BACKEND=lsm"), "{line}");
        assert!(line.contains(" VIVARIUM_GUEST_LIMIT=7"), "{line}");
        assert!(line.contains(" preempt=full "), "{line}");
        assert!(!line.contains(" lsm="), "{line}");
    }

    #[test]
    fn a_list_of_security_modules_replaces_the_default() {
        let line = machine(LsmList::Only("yama,bpf".to_owned())).command_line(&Secret::new());
        assert!(line.contains(" lsm=yama,bpf"), "{line}");
    }

    #[test]
    fn a_comma_in_a_path_is_not_the_end_of_it() {
        assert_eq!(option("file=", Path::new("/a,b")), "file=/a,,b");
    }
}
