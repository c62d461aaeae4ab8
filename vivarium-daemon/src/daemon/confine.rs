//! What the daemon gives up when everything is loaded.

use std::fmt;

use std::path::Path;

use caps::{CapSet, Capability, CapsHashSet};
use landlock::{
    ABI, Access, AccessFs, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, path_beneath_rules,
};
use nix::sys::prctl::set_no_new_privs;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

/// What it needs: to attach, and to look at the processes and the programs of others.
const NEEDED: [Capability; 5] = [
    Capability::CAP_BPF,
    Capability::CAP_PERFMON,
    Capability::CAP_SYS_PTRACE,
    Capability::CAP_DAC_READ_SEARCH,
    Capability::CAP_CHECKPOINT_RESTORE,
];

/// What it needs besides to attach to places where kernels before 6.6 have `kernel.perf_event_paranoid` above 2, as that of Debian
/// 12: those let nobody else open trace events.
const NEEDED_FOR_EVENTS: Capability = Capability::CAP_SYS_ADMIN;

/// System calls that it makes for nobody: they make other programs or users of it, or change the machine.
const FORBIDDEN: &[i64] = &[
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_send_signal,
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setreuid,
    libc::SYS_setregid,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setfsuid,
    libc::SYS_setfsgid,
    libc::SYS_setgroups,
    libc::SYS_capset,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_fsconfig,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_chown,
    libc::SYS_fchown,
    libc::SYS_lchown,
    libc::SYS_fchownat,
    libc::SYS_mknod,
    libc::SYS_mknodat,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_io_uring_setup,
    libc::SYS_userfaultfd,
];

/// The powers that the daemon gave up, for its log.
#[derive(Debug)]
pub(super) struct Powers {
    kept: Vec<Capability>,
    seccomp: Result<(), String>,
}

/// The files that it gave up.
#[derive(Debug)]
pub(super) struct Files(Result<RulesetStatus, RulesetError>);

/// Where it reads: what the kernel tells of processes, and of itself.
const READ: [&str; 2] = ["/proc", "/sys"];
/// Where it writes: older kernels are told there what to attach to.
const WRITTEN: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
/// What is known of Landlock. What the kernel does not know of that is left out.
const LANDLOCK: ABI = ABI::V5;

/// The daemon would have more power than it needs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfineError {
    /// Of capabilities.
    #[error("cannot give up capabilities")]
    Capabilities(#[from] caps::errors::CapsError),
    /// Programs that it executes could give it more.
    #[error("cannot give up the privileges of programs")]
    NoNewPrivileges(#[from] nix::Error),
}

/// Gives up what is not needed any more, in this thread and those that it starts from now on.
///
/// `is_enough` tells whether what this thread may do suffices.
pub(super) fn give_up_powers(is_enough: impl FnOnce() -> bool) -> Result<Powers, ConfineError> {
    let has = caps::read(None, CapSet::Permitted)?;
    let mut kept: Vec<_> = NEEDED.into_iter().filter(|needed| has.contains(needed)).collect();
    let before = caps::read(None, CapSet::Effective)?;
    caps::set(None, CapSet::Effective, &kept.iter().copied().collect())?;
    if !is_enough() && has.contains(&NEEDED_FOR_EVENTS) {
        kept.push(NEEDED_FOR_EVENTS);
    }
    caps::set(None, CapSet::Effective, &before)?;
    let keep: CapsHashSet = kept.iter().copied().collect();
    caps::clear(None, CapSet::Ambient)?;
    if has.contains(&Capability::CAP_SETPCAP) {
        for capability in caps::read(None, CapSet::Bounding)?.difference(&keep) {
            caps::drop(None, CapSet::Bounding, *capability)?;
        }
    }
    caps::set(None, CapSet::Effective, &keep)?;
    caps::set(None, CapSet::Permitted, &keep)?;
    caps::clear(None, CapSet::Inheritable)?;
    set_no_new_privs()?;
    Ok(Powers { kept, seccomp: forbid().map_err(|error| error.to_string()) })
}

/// Gives up all files but those that are needed, in this thread and those that it starts from now on. In the folder, what it
/// has made there can still be removed.
pub(super) fn confine_files(folder: Option<&Path>) -> Files {
    let confine = || {
        let all = AccessFs::from_all(LANDLOCK);
        let written = AccessFs::from_read(LANDLOCK) | AccessFs::WriteFile;
        let rules = Ruleset::default().handle_access(all)?.create()?;
        let rules = rules.add_rules(path_beneath_rules(READ, AccessFs::from_read(LANDLOCK)))?;
        let rules = rules.add_rules(path_beneath_rules(WRITTEN, written))?;
        let rules = rules.add_rules(path_beneath_rules(folder, AccessFs::RemoveFile))?;
        rules.restrict_self().map(|status| status.ruleset)
    };
    Files(confine())
}

/// Forbids system calls, where the kernel can.
fn forbid() -> Result<(), seccompiler::Error> {
    let refuse = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let everywhere = FORBIDDEN.iter().map(|call| (*call, Vec::new()));
    let rules = everywhere.chain([(libc::SYS_tgkill, vec![elsewhere()?])]).collect();
    let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, architecture)?;
    seccompiler::apply_filter(&BpfProgram::try_from(filter)?)
}

/// Of a call whose first argument is a process: that it is another one. A program that aborts signals itself.
fn elsewhere() -> Result<SeccompRule, seccompiler::BackendError> {
    let itself = u64::from(std::process::id());
    SeccompRule::new(vec![SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, itself)?])
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(RulesetStatus::FullyEnforced) => f.write_str("files are confined by Landlock"),
            Ok(RulesetStatus::PartiallyEnforced) => {
                f.write_str("files are confined by Landlock, as far as it can here")
            }
            Ok(RulesetStatus::NotEnforced) => f.write_str("files are not confined: this kernel has no Landlock"),
            Err(error) => write!(f, "files are not confined: {error}"),
        }
    }
}

impl fmt::Display for Powers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("kept ")?;
        for (at, capability) in self.kept.iter().enumerate() {
            write!(f, "{}{capability}", if at == 0 { "" } else { ", " })?;
        }
        f.write_str("; no new privileges; ")?;
        match &self.seccomp {
            Ok(()) => write!(f, "{} system calls are forbidden", FORBIDDEN.len() + 1),
            Err(error) => write!(f, "no system calls are forbidden ({error})"),
        }
    }
}
