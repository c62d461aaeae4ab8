//! What must not go unsaid: things that the kernel side met and that are no events.

/// What an [`Oddity`] means for a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Something may be missing: the verdict is incomplete.
    Loss,
    /// Nothing is missing; worth knowing when something looks strange.
    Note,
}

/// Defines [`Oddity`], so that numbers, effects and sentences stand in one place.
macro_rules! oddities {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal, $effect:ident, $sentence:literal;)+) => {
        /// Something that the kernel side met and that is no event; the number is its index in
        /// [`ODDITIES`](super::map::ODDITIES).
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u32)]
        #[non_exhaustive]
        pub enum Oddity {
            $($(#[doc = $doc])+ $variant = $number,)+
        }

        impl Oddity {
            /// Every oddity.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// What it means for the session.
            #[must_use]
            pub const fn effect(self) -> Effect {
                match self {
                    $(Self::$variant => Effect::$effect,)+
                }
            }

            /// A sentence about it, to follow a number of times: `3 times a span stopped that never started`.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Self::$variant => $sentence,)+
                }
            }
        }
    };
}

oddities! {
    /// A stop without a start.
    StopWithoutStart = 0, Loss, "a span stopped whose start was missed";
    /// A stop closed deeper spans, whose own stops were missed.
    HealedByStop = 1, Loss, "a span stopped before the deeper ones in it, whose stops were missed";
    /// A poll started inside of its own span, whose stop was missed.
    HealedByStart = 2, Loss, "a span was polled again whose last stop was missed";
    /// A thread was in more spans than the stack holds.
    TooDeep = 3, Note, "a span started deeper than the kernel follows; events in it are shown in the deepest known one";
    /// No room for another thread.
    ThreadsFull = 4, Loss, "a new thread found the table of observed threads full and is not observed";
    /// No room to build a record in.
    ScratchExhausted = 5, Loss, "a record found no room to be built in and was dropped";
    /// A system call by another convention than that of 64-bit programs.
    ForeignSyscall = 6, Loss, "a 32-bit or x32 system call was not decoded";
    /// A text of the process that could not be read.
    UnreadableText = 7, Loss, "a text in the memory of the process could not be read";
    /// A path of more directories than are followed.
    EndlessPath = 8, Loss, "a path had more directories than are followed";
    /// A program was executed by a thread whose state could not be moved.
    LostAtExec = 9, Loss, "a thread was lost while it executed a program";
    /// A process that came to be what the one who observes may not see.
    NotFollowed = 10, Loss,
        "a process was not followed any more: it came to run as another user, in another group, with more capabilities, or a program \
         that its user may not read";
    /// Execs less those that were told of: the program that tells may be skipped, the one that counts never is.
    SkippedExec = 11, Loss, "a program was executed, and the kernel skipped what tells of it";
    /// A worker of a ring did something that nobody is known to have asked for.
    UnknownSubmitter = 12, Loss,
        "a worker of io_uring did something that nobody is known to have asked for: that is seen where the kernel takes fentry programs";
    /// A thread of the kernel takes what is asked for from a ring.
    PolledRing = 13, Loss, "an io_uring is polled by the kernel, and what is asked for through it is not seen";
    /// Something else than an open, a connect or an unlink, or an open that may create a file, where only system calls are
    /// seen.
    UntoldRequest = 14, Loss, "something was asked for through an io_uring that this backend does not decode";
    /// A system call that a filter of seccomp answered with a signal: nothing was done, and no event is told.
    StoppedSyscall = 15, Note, "a system call was stopped by a filter of seccomp, with a signal and without an event";
}

impl Oddity {
    /// How many there may ever be.
    pub const LIMIT: u32 = 32;
}
