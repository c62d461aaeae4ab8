//! The one table of exit statuses, for every command.

use std::process::ExitCode;

/// Defines [`Exit`], so that numbers and meanings stand in one place.
macro_rules! exits {
    ($(#[doc = $doc:literal] $variant:ident = $code:literal;)+) => {
        /// How a command of vivarium ends.
        ///
        /// `vivarium run` ends as the command that it ran where nothing of its own went wrong: with its status, or with
        /// 128 and the number of the signal that killed it.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Exit {
            $(#[doc = $doc] $variant = $code,)+
        }

        impl Exit {
            /// Every status, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// What the status tells, in a few words.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => $doc.trim_ascii(),)+
                }
            }
        }
    };
}

exits! {
    /// All is well.
    Success = 0;
    /// Bad input: an option, a file or a process that cannot be used; the message says what to do.
    BadInput = 2;
    /// The observation was incomplete, and `--strict` asked for a complete one.
    Incomplete = 3;
    /// The file is no recording.
    NotARecording = 4;
    /// The recording was made by a newer version.
    NewerRecording = 5;
    /// The recording is cut short or damaged; what is before that was shown.
    BrokenRecording = 6;
    /// Vivarium itself failed, or could not write all of what it was to write.
    Failed = 125;
    /// The command to run was found but cannot be executed.
    NotExecutable = 126;
    /// The command to run was not found.
    NotFound = 127;
}

impl Exit {
    /// The number that the shell sees.
    ///
    /// ```
    /// assert_eq!(vivarium_daemon::exit::Exit::BadInput.code(), 2);
    /// ```
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// These of the table, as `--help` shows them.
    #[must_use]
    pub fn help(of: &[Self]) -> String {
        let rows = of.iter().map(|exit| format!("  {:>3}  {}\n", exit.code(), exit.meaning()));
        format!("Exit status:\n{}", rows.collect::<String>())
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
