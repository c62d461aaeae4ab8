//! How outputs for people look: in colour or not, and how wide.

use std::env;
use std::io::IsTerminal;
use std::os::fd::AsFd;

use anstyle::{AnsiColor, Style};
use vivarium_sys::event::Severity;

/// How an output for people looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    paint: Paint,
    width: Option<usize>,
}

/// Whether there is colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Paint {
    Colour,
    Plain,
}

/// What a piece of text is, from which its colour follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// Lines of the tree, places in the source, times.
    Faint,
    /// A function.
    Span,
    /// A process.
    Process,
    /// The kind of an event of this severity.
    Kind(Severity),
    /// Something that went wrong.
    Wrong,
    /// Something that went well.
    Right,
    /// All else.
    Plain,
}

impl Look {
    /// As it fits `output`: colour and the width of the terminal if it is one, and `NO_COLOR` isn't set; else neither.
    #[must_use]
    pub fn of(output: &(impl IsTerminal + AsFd)) -> Self {
        if !output.is_terminal() {
            return Self::plain();
        }
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_none_or(|terminal| terminal == "dumb");
        let width = terminal_size::terminal_size_of(output).map(|(width, _)| usize::from(width.0));
        Self { paint: if refused || dumb { Paint::Plain } else { Paint::Colour }, width }
    }

    /// Without colour, as wide as need be.
    #[must_use]
    pub const fn plain() -> Self {
        Self { paint: Paint::Plain, width: None }
    }

    /// With colour.
    #[must_use]
    pub const fn coloured(self) -> Self {
        Self { paint: Paint::Colour, ..self }
    }

    /// In lines of at most so many columns.
    #[must_use]
    pub const fn within(self, width: usize) -> Self {
        Self { width: Some(width), ..self }
    }

    /// How many columns there are, if that matters.
    #[must_use]
    pub const fn width(self) -> Option<usize> {
        self.width
    }

    /// `text` in the colour of its role.
    pub(super) fn paint(self, role: Role, text: &str) -> String {
        let style = match (self.paint, role) {
            (Paint::Plain, _) | (_, Role::Plain | Role::Kind(Severity::Info)) => return text.to_owned(),
            (_, Role::Faint) => Style::new().dimmed(),
            (_, Role::Span) => Style::new().bold(),
            (_, Role::Process) => AnsiColor::Cyan.on_default(),
            (_, Role::Kind(Severity::Medium)) => AnsiColor::Yellow.on_default(),
            (_, Role::Kind(Severity::High) | Role::Wrong) => AnsiColor::Red.on_default().bold(),
            (_, Role::Right) => AnsiColor::Green.on_default(),
        };
        format!("{style}{text}{style:#}")
    }
}
