//! What a client says.

use serde::{Deserialize, Serialize};
use vivarium_session::session::Kinds;
use vivarium_sys::event::{Backend, EventKind};

use super::VERSION;
use super::frame::{Frame, Malformed, Tag};
use super::sessions::{List, Switch};

/// As much of an unknown name is told.
const LONGEST_TOLD: usize = 64;

/// The first words of both sides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hello {
    /// The version of the protocol.
    pub version: u32,
    /// The version of the program, for people.
    pub program: String,
}

/// What a client says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Request {
    /// Its first words.
    Hello(Hello),
    /// Observe this; with the frame come the pidfds that the targets need, and then the images.
    Start(Start),
    /// Observe these as well; with the frame come the pidfds that they need.
    Add(Vec<Target>),
    /// Answer when everything that happened until now has been told.
    Sync(u64),
    /// It is enough.
    Stop,
    /// Which sessions are there? Those of the one who asks, or all for the privileged.
    List(List),
    /// What is known of the session with this number?
    Show(u64),
    /// Sites are to be switched off or on.
    Switch(Switch),
}

/// What is to be observed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The processes. Only the privileged may begin without any.
    pub targets: Vec<Target>,
    /// How many files come along after the pidfds: programs and libraries whose sites are attached to before anything else
    /// happens.
    #[serde(default)]
    pub images: usize,
    /// The kinds of event that are wanted.
    #[serde(default)]
    pub kinds: Kinds,
    /// The backend that it must be, by its name.
    #[serde(default)]
    pub backend: Option<String>,
    /// Whether what the processes make is observed as well.
    #[serde(default = "yes")]
    pub children: bool,
    /// When it is over.
    #[serde(default)]
    pub until: Until,
}

/// A process to observe.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Target {
    /// The process that is connected.
    Caller,
    /// The process of the next pidfd that came along, which runs already.
    Process,
    /// The process of the next pidfd that came along, from the next program on that it executes.
    NextProgram,
}

impl Target {
    /// Whether it needs a pidfd.
    #[must_use]
    pub const fn needs_pidfd(self) -> bool {
        !matches!(self, Self::Caller)
    }
}

/// When a session is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Until {
    /// When the client says so.
    #[default]
    Stopped,
    /// When all observed processes have ended, or the client says so.
    AllEnded,
}

fn yes() -> bool {
    true
}

impl Start {
    /// These processes and what they make, with the kinds of event that are shown by default.
    #[must_use]
    pub fn of(targets: impl IntoIterator<Item = Target>) -> Self {
        Self {
            targets: targets.into_iter().collect(),
            images: 0,
            kinds: Kinds::default(),
            backend: None,
            children: true,
            until: Until::Stopped,
        }
    }

    /// The same, with a backend that it must be.
    #[must_use]
    pub fn with_backend(mut self, backend: Option<Backend>) -> Self {
        self.backend = backend.map(|backend| backend.name().to_owned());
        self
    }

    /// Of a kind that were left out since nobody knows it, nothing would be heard.
    fn read(content: &[u8]) -> Result<Self, Malformed> {
        #[derive(Deserialize)]
        struct Asked {
            #[serde(default)]
            kinds: Vec<String>,
        }
        let start = serde_json::from_slice(content)?;
        let asked: Asked = serde_json::from_slice(content)?;
        match asked.kinds.iter().find(|name| EventKind::from_name(name).is_none()) {
            Some(unknown) => Err(Malformed::UnknownKind(unknown.chars().take(LONGEST_TOLD).collect())),
            None => Ok(start),
        }
    }
}

impl Hello {
    /// This version.
    #[must_use]
    pub fn ours() -> Self {
        Self { version: VERSION, program: env!("CARGO_PKG_VERSION").to_owned() }
    }

    pub(crate) fn content(&self) -> Vec<u8> {
        let mut content = self.version.to_le_bytes().to_vec();
        content.extend_from_slice(self.program.as_bytes());
        content
    }

    pub(crate) fn read(content: &[u8]) -> Result<Self, Malformed> {
        let (version, program) =
            content.split_first_chunk().ok_or_else(|| Malformed::Content("no version".to_owned()))?;
        let program = String::from_utf8_lossy(program).chars().filter(|character| !character.is_control()).collect();
        Ok(Self { version: u32::from_le_bytes(*version), program })
    }
}

impl Request {
    /// Appends it as a frame.
    ///
    /// # Errors
    /// When it is longer than a frame may be.
    pub fn write(&self, output: &mut Vec<u8>) -> Result<(), Malformed> {
        let (tag, content) = match self {
            Self::Hello(hello) => (Tag::Hello, hello.content()),
            Self::Start(start) => (Tag::Start, serde_json::to_vec(start)?),
            Self::Add(targets) => (Tag::Add, serde_json::to_vec(targets)?),
            Self::Sync(token) => (Tag::Sync, token.to_le_bytes().to_vec()),
            Self::Stop => (Tag::Stop, Vec::new()),
            Self::List(list) => (Tag::List, serde_json::to_vec(list)?),
            Self::Show(session) => (Tag::Show, session.to_le_bytes().to_vec()),
            Self::Switch(switch) => (Tag::Switch, serde_json::to_vec(switch)?),
        };
        Frame { tag, content: &content }.write(output)
    }

    pub(crate) fn read(frame: &Frame<'_>) -> Result<Self, Malformed> {
        Ok(match frame.tag {
            Tag::Hello => Self::Hello(Hello::read(frame.content)?),
            Tag::Start => Self::Start(Start::read(frame.content)?),
            Tag::Add => Self::Add(serde_json::from_slice(frame.content)?),
            Tag::Sync => Self::Sync(token(frame.content)?),
            Tag::Stop => Self::Stop,
            Tag::List => Self::List(serde_json::from_slice(frame.content)?),
            Tag::Show => Self::Show(token(frame.content)?),
            Tag::Switch => Self::Switch(serde_json::from_slice(frame.content)?),
            _ => return Err(Malformed::Misplaced),
        })
    }
}

/// The number in a frame of synchronization.
pub(crate) fn token(content: &[u8]) -> Result<u64, Malformed> {
    let bytes = content.try_into().map_err(|_| Malformed::Content("no number".to_owned()))?;
    Ok(u64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(kinds: &str) -> Result<Start, Malformed> {
        Start::read(format!(r#"{{"targets": ["caller"], "kinds": {kinds}}}"#).as_bytes())
    }

    #[test]
    fn an_unknown_kind_is_told_and_not_left_out() {
        assert!(start(r#"["path_open", "sock_connect"]"#).is_ok());
        let unknown = start(r#"["path_open", "nope"]"#).expect_err("there is no such kind");
        assert_eq!(unknown, Malformed::UnknownKind("nope".to_owned()));
        let Err(Malformed::UnknownKind(told)) = start(&format!("[{:?}]", "x".repeat(9999))) else { panic!("none") };
        assert_eq!(told.len(), LONGEST_TOLD, "it fits into the answer");
    }
}
