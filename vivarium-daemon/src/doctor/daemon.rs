//! Whether somebody observes for those who may not.

use serde::Serialize;
use vivarium_protocol::{Client, SocketPath, Start, Target};

use super::Finding;
use crate::cli::with_causes;

/// What was found where `vivariumd` listens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DaemonCheck {
    /// Where that is.
    pub socket: String,
    /// The backend with which it observes.
    pub backend: Option<&'static str>,
    /// Whether it observes what is one's own.
    #[serde(flatten)]
    pub finding: Finding,
}

impl DaemonCheck {
    /// Has it observe this process for a moment.
    pub(super) fn find() -> Self {
        let place = SocketPath::from_environment();
        let session =
            Client::connect(&place).and_then(|client| client.start(&Start::of([Target::Caller]), Vec::new(), &[]));
        let (backend, finding) = match session {
            Ok(session) => {
                let backend = session.info().backend.name();
                let how = format!("one answers at {place}, and observes with the backend {backend}");
                (Some(backend), Finding::Fine { how })
            }
            Err(error) => {
                let without = "without privileges nothing can be observed".to_owned();
                (None, Finding::Lacking { why: with_causes(&error), remedy: None, without })
            }
        };
        Self { socket: place.to_string(), backend, finding }
    }
}
