//! What these tests share.

pub(crate) mod golden;
pub(crate) mod improvised;
pub(crate) mod kernel;
pub(crate) mod observation;
pub(crate) mod page;
pub(crate) mod places;
pub(crate) mod storm;
pub(crate) mod tour;
pub(crate) mod wire;
