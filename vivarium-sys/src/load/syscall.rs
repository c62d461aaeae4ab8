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
    Open = 2, "open";
    Connect = 42, "connect";
    Socket = 41, "socket";
    Socketpair = 53, "socketpair";
    Execve = 59, "execve";
    Kill = 62, "kill";
    Rename = 82, "rename";
    Creat = 85, "creat";
    Link = 86, "link";
    Unlink = 87, "unlink";
    Symlink = 88, "symlink";
    Chmod = 90, "chmod";
    Fchmod = 91, "fchmod";
    Setuid = 105, "setuid";
    Setreuid = 113, "setreuid";
    Setresuid = 117, "setresuid";
    Setfsuid = 122, "setfsuid";
    RtSigqueueinfo = 129, "rt_sigqueueinfo";
    Tkill = 200, "tkill";
    Tgkill = 234, "tgkill";
    Openat = 257, "openat";
    Unlinkat = 263, "unlinkat";
    Renameat = 264, "renameat";
    Linkat = 265, "linkat";
    Symlinkat = 266, "symlinkat";
    Fchmodat = 268, "fchmodat";
    RtTgsigqueueinfo = 297, "rt_tgsigqueueinfo";
    Renameat2 = 316, "renameat2";
    Execveat = 322, "execveat";
    PidfdSendSignal = 424, "pidfd_send_signal";
    Openat2 = 437, "openat2";
    Fchmodat2 = 452, "fchmodat2";
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
