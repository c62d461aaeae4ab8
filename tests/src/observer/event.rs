//! What was seen, and how a test writes it down.

use std::fmt;

use vivarium_sys::probe::{RaiseKind, StartFlags, StopFlags};

/// A text as it was when the probe fired.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; 1536],
    length: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self { bytes: [0; 1536], length: 0 }
    }
}

impl Text {
    pub(super) fn fill(&mut self, bytes: &[u8]) {
        self.length = bytes.len().min(self.bytes.len());
        self.bytes[..self.length].copy_from_slice(&bytes[..self.length]);
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length]).unwrap_or("not UTF-8")
    }
}

/// One probe that fired.
#[derive(Clone, Copy)]
pub struct Event {
    /// The process.
    pub process: i32,
    /// The thread.
    pub thread: i32,
    /// The instance.
    pub instance: u64,
    /// The site.
    pub site: u64,
    /// What fired.
    pub what: What,
}

/// Which of the three probes, with its own arguments.
#[derive(Clone, Copy)]
#[expect(clippy::large_enum_variant, reason = "a signal handler writes it down and can't allocate")]
pub enum What {
    /// `span_start`.
    Start {
        /// How it starts.
        flags: StartFlags,
        /// Module path and name.
        name: Text,
    },
    /// `span_stop`.
    Stop {
        /// How it stops.
        flags: StopFlags,
    },
    /// `span_raise`.
    Raise {
        /// Panic or error.
        kind: RaiseKind,
        /// The message.
        message: Text,
        /// The source file.
        file: Text,
        /// The line in it.
        line: u32,
    },
}

/// All that was seen, in the order in which it happened.
pub struct Trace {
    /// The events.
    pub events: Vec<Event>,
}

impl Trace {
    pub(super) fn new(events: Vec<Event>) -> Self {
        Self { events }
    }

    /// The events as lines, without the name of the crate, and with the instances numbered in the order of their start:
    /// `start load #1`, `raise load #1 panic "why"`, `stop load #1 last panic`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.events.iter().map(|event| self.line(event)).collect()
    }

    /// The instances in the order of their first start.
    #[must_use]
    pub fn instances(&self) -> Vec<u64> {
        let mut instances = Vec::new();
        for event in &self.events {
            if !instances.contains(&event.instance) {
                instances.push(event.instance);
            }
        }
        instances
    }

    fn line(&self, event: &Event) -> String {
        let number = self.instances().iter().position(|instance| *instance == event.instance).unwrap_or_default() + 1;
        let name = self.name(event.site);
        match &event.what {
            What::Start { flags, .. } => format!("start {name} #{number}{}", StartWords(*flags)),
            What::Stop { flags } => format!("stop {name} #{number}{}", StopWords(*flags)),
            What::Raise { kind: RaiseKind::Panic, message, .. } => {
                format!("raise {name} #{number} panic {:?}", message.as_str())
            }
            What::Raise { kind: RaiseKind::Error, message, .. } => {
                format!("raise {name} #{number} error {:?}", message.as_str())
            }
        }
    }

    fn name(&self, site: u64) -> &str {
        let names = self.events.iter().filter(|event| event.site == site);
        let full = names.into_iter().find_map(|event| match &event.what {
            What::Start { name, .. } => Some(name.as_str()),
            _ => None,
        });
        full.and_then(|name| name.split_once("::")).map_or("?", |(_, name)| name)
    }
}

struct StartWords(StartFlags);

impl fmt::Display for StartWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [(StartFlags::POLL, " poll"), (StartFlags::DROP, " drop")];
        words.into_iter().filter(|(flag, _)| self.0.contains(*flag)).try_for_each(|(_, word)| f.write_str(word))
    }
}

struct StopWords(StopFlags);

impl fmt::Display for StopWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [(StopFlags::POLL, " poll"), (StopFlags::LAST, " last"), (StopFlags::PANIC, " panic")];
        words.into_iter().filter(|(flag, _)| self.0.contains(*flag)).try_for_each(|(_, word)| f.write_str(word))
    }
}

/// The lines that a test expects, beside those that it saw.
impl PartialEq<[&str]> for Trace {
    fn eq(&self, expected: &[&str]) -> bool {
        self.lines() == expected
    }
}

impl<const N: usize> PartialEq<[&str; N]> for Trace {
    fn eq(&self, expected: &[&str; N]) -> bool {
        self.lines() == expected
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.lines()).finish()
    }
}
