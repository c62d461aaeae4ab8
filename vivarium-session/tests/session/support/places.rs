//! The sites of the program that the tests pretend to observe.

use vivarium_session::session::SiteInfo;
use vivarium_sys::{SiteId, SiteKind};

/// A site of `examples/tour.rs`.
#[derive(Clone, Copy)]
pub(crate) struct Site {
    name: &'static str,
    line: u32,
    kind: SiteKind,
}

impl Site {
    pub(crate) const LOAD_CONFIG: Self = Self { name: "load_config", line: 12, kind: SiteKind::Function };
    pub(crate) const FETCH: Self = Self { name: "fetch", line: 30, kind: SiteKind::AsyncFunction };
    pub(crate) const SPAWN_HELPER: Self = Self { name: "spawn_helper", line: 51, kind: SiteKind::Function };
    pub(crate) const PARSE: Self = Self { name: "parse", line: 70, kind: SiteKind::Function };
    pub(crate) const STEP: Self = Self { name: "step", line: 81, kind: SiteKind::Span };
    pub(crate) const ALL: [Self; 5] = [Self::LOAD_CONFIG, Self::FETCH, Self::SPAWN_HELPER, Self::PARSE, Self::STEP];

    pub(crate) fn id(self) -> SiteId {
        SiteId::derive("tour", self.name, "examples/tour.rs", self.line, 1)
    }

    pub(crate) fn info(self) -> SiteInfo {
        SiteInfo {
            id: self.id(),
            kind: self.kind,
            module: "tour".into(),
            name: self.name.into(),
            file: "examples/tour.rs".into(),
            line: self.line,
        }
    }
}
