//! Things of the ABI in JSON: by name where they have one, in hexadecimal where JSON has no room for the number.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// A [`Backend`](vivarium_sys::event::Backend).
pub(super) mod backend {
    use super::{Deserializer, Serializer, named};
    use vivarium_sys::event::Backend;

    pub(in crate::session) fn serialize<S: Serializer>(backend: &Backend, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(backend.name())
    }

    pub(in crate::session) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Backend, D::Error> {
        named(deserializer, "backend", |name| Backend::ALL.into_iter().find(|backend| backend.name() == name))
    }
}

/// A [`SiteKind`](vivarium_sys::SiteKind).
pub(super) mod site_kind {
    use super::{Deserializer, Serializer, named};
    use vivarium_sys::SiteKind;

    pub(in crate::session) fn serialize<S: Serializer>(kind: &SiteKind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.name())
    }

    pub(in crate::session) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SiteKind, D::Error> {
        named(deserializer, "kind of site", |name| SiteKind::ALL.iter().copied().find(|kind| kind.name() == name))
    }
}

/// A [`SiteId`](vivarium_sys::SiteId): its numbers are larger than those that every reader of JSON holds exactly.
pub(super) mod site_id {
    use super::{Deserializer, Serializer, named};
    use vivarium_sys::SiteId;

    pub(in crate::session) fn serialize<S: Serializer>(id: &SiteId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(in crate::session) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SiteId, D::Error> {
        named(deserializer, "id of a site", |name| u64::from_str_radix(name, 16).ok().map(SiteId))
    }
}

/// Several [`SiteId`](vivarium_sys::SiteId)s.
pub mod site_ids {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use vivarium_sys::SiteId;

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Id(#[serde(with = "super::site_id")] SiteId);

    /// Writes them.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn serialize<S: Serializer>(ids: &[SiteId], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(ids.iter().copied().map(Id))
    }

    /// Reads them.
    ///
    /// # Errors
    /// Where they are nothing of the kind.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SiteId>, D::Error> {
        Ok(Vec::<Id>::deserialize(deserializer)?.into_iter().map(|Id(id)| id).collect())
    }
}

fn named<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    what: &str,
    find: impl Fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let name = String::deserialize(deserializer)?;
    find(&name).ok_or_else(|| D::Error::custom(format_args!("{name:?} is no {what} that this version knows")))
}
