//! The system calls that are told of, by their numbers in 64-bit programs on x86-64.

/// Defines [`Syscall`], so that names and numbers stand in one place.
macro_rules! syscalls {
    ($($variant:ident = $number:literal, $name:literal;)+) => {
        /// A system call. The number is that of 64-bit programs on x86-64.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u32)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "each is named after the system call that it stands for")]
        pub enum Syscall {
            $($variant = $number,)+
        }

        impl Syscall {
            /// Every system call that is told of.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name, as in `man 2`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The index in [`SYSCALLS`](super::map::SYSCALLS).
            ///
            /// ```
            /// use vivarium_sys::load::Syscall;
            /// assert_eq!(Syscall::Openat.number(), 257);
            /// ```
            #[must_use]
            #[inline(always)]
            pub const fn number(self) -> u32 {
                self as u32
            }

            /// The call of this number, if it is told of.
            #[must_use]
            #[inline(always)]
            pub const fn from_number(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

syscalls! {
    Write = 1, "write";
    Open = 2, "open";
    Stat = 4, "stat";
    Fstat = 5, "fstat";
    Lstat = 6, "lstat";
    Mmap = 9, "mmap";
    Mprotect = 10, "mprotect";
    Writev = 20, "writev";
    Socket = 41, "socket";
    Connect = 42, "connect";
    Accept = 43, "accept";
    Sendto = 44, "sendto";
    Sendmsg = 46, "sendmsg";
    Recvmsg = 47, "recvmsg";
    Bind = 49, "bind";
    Listen = 50, "listen";
    Socketpair = 53, "socketpair";
    Clone = 56, "clone";
    Execve = 59, "execve";
    Kill = 62, "kill";
    Truncate = 76, "truncate";
    Ftruncate = 77, "ftruncate";
    Getdents = 78, "getdents";
    Rename = 82, "rename";
    Mkdir = 83, "mkdir";
    Rmdir = 84, "rmdir";
    Creat = 85, "creat";
    Link = 86, "link";
    Unlink = 87, "unlink";
    Symlink = 88, "symlink";
    Chmod = 90, "chmod";
    Fchmod = 91, "fchmod";
    Chown = 92, "chown";
    Fchown = 93, "fchown";
    Lchown = 94, "lchown";
    Ptrace = 101, "ptrace";
    Syslog = 103, "syslog";
    Setuid = 105, "setuid";
    Setgid = 106, "setgid";
    Setreuid = 113, "setreuid";
    Setregid = 114, "setregid";
    Setgroups = 116, "setgroups";
    Setresuid = 117, "setresuid";
    Setresgid = 119, "setresgid";
    Setfsuid = 122, "setfsuid";
    Setfsgid = 123, "setfsgid";
    Capset = 126, "capset";
    RtSigqueueinfo = 129, "rt_sigqueueinfo";
    Mknod = 133, "mknod";
    PivotRoot = 155, "pivot_root";
    Prctl = 157, "prctl";
    Adjtimex = 159, "adjtimex";
    Chroot = 161, "chroot";
    Settimeofday = 164, "settimeofday";
    Mount = 165, "mount";
    Umount2 = 166, "umount2";
    InitModule = 175, "init_module";
    Setxattr = 188, "setxattr";
    Lsetxattr = 189, "lsetxattr";
    Fsetxattr = 190, "fsetxattr";
    Removexattr = 197, "removexattr";
    Lremovexattr = 198, "lremovexattr";
    Fremovexattr = 199, "fremovexattr";
    Tkill = 200, "tkill";
    Getdents64 = 217, "getdents64";
    ClockSettime = 227, "clock_settime";
    Tgkill = 234, "tgkill";
    KexecLoad = 246, "kexec_load";
    AddKey = 248, "add_key";
    RequestKey = 249, "request_key";
    Keyctl = 250, "keyctl";
    Openat = 257, "openat";
    Mkdirat = 258, "mkdirat";
    Mknodat = 259, "mknodat";
    Fchownat = 260, "fchownat";
    Newfstatat = 262, "newfstatat";
    Unlinkat = 263, "unlinkat";
    Renameat = 264, "renameat";
    Linkat = 265, "linkat";
    Symlinkat = 266, "symlinkat";
    Fchmodat = 268, "fchmodat";
    Unshare = 272, "unshare";
    Accept4 = 288, "accept4";
    RtTgsigqueueinfo = 297, "rt_tgsigqueueinfo";
    PerfEventOpen = 298, "perf_event_open";
    OpenByHandleAt = 304, "open_by_handle_at";
    ClockAdjtime = 305, "clock_adjtime";
    Sendmmsg = 307, "sendmmsg";
    ProcessVmReadv = 310, "process_vm_readv";
    ProcessVmWritev = 311, "process_vm_writev";
    FinitModule = 313, "finit_module";
    Renameat2 = 316, "renameat2";
    MemfdCreate = 319, "memfd_create";
    KexecFileLoad = 320, "kexec_file_load";
    Bpf = 321, "bpf";
    Execveat = 322, "execveat";
    PkeyMprotect = 329, "pkey_mprotect";
    Statx = 332, "statx";
    PidfdSendSignal = 424, "pidfd_send_signal";
    IoUringSetup = 425, "io_uring_setup";
    MoveMount = 429, "move_mount";
    Fsconfig = 431, "fsconfig";
    Clone3 = 435, "clone3";
    Openat2 = 437, "openat2";
    PidfdGetfd = 438, "pidfd_getfd";
    Fchmodat2 = 452, "fchmodat2";
    Setxattrat = 463, "setxattrat";
    Removexattrat = 466, "removexattrat";
}

#[cfg(test)]
mod tests {
    use super::Syscall;
    use crate::load::SYSCALL_LIMIT;

    #[test]
    fn every_number_is_the_one_of_x86_64() {
        for call in Syscall::ALL {
            let known: syscalls::x86_64::Sysno = call.name().parse().expect("a system call of this name");
            assert_eq!(call.number(), known.id().cast_unsigned(), "{}", call.name());
            assert_eq!(Syscall::from_number(call.number()), Some(*call));
            assert!(call.number() < SYSCALL_LIMIT);
        }
    }
}
