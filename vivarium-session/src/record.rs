//! From the bytes of the ring buffer to typed records.
//!
//! [`Record::decode`] reads what [`vivarium_sys::wire`] describes, borrows the texts, and allocates nothing. What cannot be
//! read is [`Malformed`], which the session counts.

mod decode;
mod event;
mod head;
mod malformed;
mod span;
mod text;
pub mod value;

pub use decode::Body;
pub use event::{Event, Field};
pub use head::{Comm, Gid, Head, Pid, Tid, Time, Uid};
pub use malformed::Malformed;
pub use span::{DynamicSite, SpanRaise, SpanStart, SpanStop};
pub use text::Text;

/// One record of the kernel side.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// When, who, and in which span.
    pub head: Head,
    /// What.
    pub body: Body<'a>,
}
