//! See what each function of a Rust program really does to the machine.
//!
//! Mark functions with [`#[vivarium::observe]`](macro@observe) and parts of them with [`span!`]. That puts static probe
//! sites into the program, which cost a test and a branch while no one looks. `vivarium run` looks: it shows which files each
//! marked function opens, whom it connects to, what it executes, and which privileges it uses. `readelf`, `gdb`, `perf` and
//! `bpftrace` know the sites too.
//!
//! ```
//! use std::io;
//! use std::path::Path;
//!
//! #[vivarium::observe]
//! fn load_config(path: &Path) -> io::Result<usize> {
//!     let text = std::fs::read_to_string(path)?;
//!     Ok(vivarium::span!("parse", { text.lines().count() }))
//! }
//!
//! #[vivarium::observe]
//! async fn fetch(host: &str) -> String {
//!     let _span = vivarium::span!("format");
//!     format!("https://{host}/")
//! }
//! # assert!(load_config(Path::new("/does/not/exist")).is_err());
//! # drop(fetch("localhost"));
//! ```
//!
//! A program is never changed by being observed: same results, same panics, same output.
//!
//! A program can also look at itself, without privileges, where `vivariumd` runs: see [`session`]. And its tests can expect
//! things of what it does: see [`fixture`].
//!
//! # Where there are sites
//!
//! On 64-bit Linux, x86 and ARM. Everywhere else the macros compile to nothing. Where there is no Linux at all, sessions see
//! nothing and fixtures are skipped, each with a word on standard error, so that a program needs no `cfg` for them.
//!
//! # Features
//!
//! - `std` (on by default): panics are reported with their message. Without it the crate needs no standard library, and a
//!   panic isn't told from a return.
//! - `session` (on by default): [`session`]s and [`fixture`]s. Marked functions cost the same without it, and the crate has
//!   fewer dependencies.
//! - `tracing`: spans of the `tracing` crate become sites, so that a program which has them needs no others.
#![cfg_attr(not(feature = "std"), no_std)]

#[cfg(feature = "session")]
#[cfg_attr(not(target_os = "linux"), path = "fixture/elsewhere.rs")]
pub mod fixture;
mod runtime;
#[cfg(feature = "session")]
#[cfg_attr(not(target_os = "linux"), path = "seen/elsewhere.rs")]
pub mod seen;
#[cfg(feature = "session")]
#[cfg_attr(not(target_os = "linux"), path = "session/elsewhere.rs")]
pub mod session;
#[cfg(feature = "tracing")]
pub mod tracing;

pub use runtime::SpanGuard;
#[cfg(feature = "session")]
pub use session::{Session, observe, observe_process};

/// Puts a function into a span of its own: everything that happens in it, on its thread, is known to have happened there.
///
/// ```
/// #[vivarium::observe]
/// fn load(name: &str) -> Option<String> {
///     std::env::var(name).ok()
/// }
/// assert_eq!(load("there is no such variable"), None);
/// ```
///
/// It also goes on whole `impl` blocks, traits and inline modules, and marks every function in them:
///
/// ```
/// struct Store(Vec<u32>);
///
/// #[vivarium::observe]
/// impl Store {
///     fn add(&mut self, number: u32) {
///         self.0.push(number);
///     }
///
///     #[vivarium::observe(skip)]
///     fn len(&self) -> usize {
///         self.0.len()
///     }
/// }
/// # let mut store = Store(vec![]);
/// # store.add(1);
/// # assert_eq!(store.len(), 1);
/// ```
///
/// # Options
///
/// | option | what it does |
/// |---|---|
/// | `name = "..."` | calls the span something else than the function |
/// | `err` | reports an `Err` that is returned, with its [`Display`](core::fmt::Display) |
/// | `skip` | leaves this item of a marked block alone |
/// | `crate = path` | where this crate is, if it's called something else than `vivarium` |
///
/// ```
/// #[vivarium::observe(name = "port", err)]
/// fn parse_port(text: &str) -> Result<u16, std::num::ParseIntError> {
///     text.parse()
/// }
/// assert!(parse_port("http").is_err());
/// ```
///
/// With `err` an error is displayed only while someone looks. The body becomes a closure, so that `err` doesn't go with
/// `#[track_caller]`.
///
/// # Async functions
///
/// The span is entered at each poll and left where the function waits, so that what other tasks do on the thread meanwhile
/// isn't mistaken for its doing. A future that is dropped before it is done is dropped in its span. It is `Send` and `Sync`
/// where it was before, and 16 bytes larger at the most.
///
/// Functions that return a future which they make in their last expression are async functions as well: `async move { .. }`
/// and `Box::pin(async move { .. })`, as `#[async_trait]` writes them. What they do before that belongs to the same span.
///
/// # Panics
///
/// A panic is reported once, with its message and its place, in the innermost span that it happens in. Then it goes on as it
/// would have.
///
/// # Other attributes
///
/// Other attribute macros may stand before or behind it: it always sees what they have made of the function.
///
/// # What can't be observed
///
/// A `const fn`, a naked function, and functions without a body. Alone they are errors, in a marked block they are left alone.
///
/// # What the span doesn't hold
///
/// A `self` that is taken by value is dropped after the span, unless the function is async or has `err`. All other arguments
/// are dropped in it. And the compiler may move what is mere computation out of it, for nothing that is observed happens there.
pub use vivarium_macros::observe;

/// Makes a test of a function, and a fixture of the test: what it does as a whole is held against what is expected.
///
/// ```
/// #[vivarium::test(no("@net"), only([opens("**/app.toml").read_only()]), complete)]
/// fn reads_only_its_own_config() {
///     // ...
/// }
/// ```
///
/// In the parentheses stand methods of [`Expectation`](fixture::Expectation), in the order in which they are held against the
/// observation when the test has passed; the functions of [`fixture`] are in scope there. Without any, the test only shows what it
/// did, if it panics. `crate = path` tells where this crate is, if it is called something else than `vivarium`.
///
/// It is a `#[test]` by itself. An async test has the attribute of its runtime beneath or above:
///
/// ```
/// #[vivarium::test(no("proc_exec"))]
/// #[tokio::test]
/// async fn asks_the_server() {
///     // ...
/// }
/// ```
///
/// The runtime is then inside of the fixture: its threads and all tasks on them belong to the test.
///
/// With `#[should_panic]` nothing can be expected, for an expectation that fails would pass the test: catch the panic in it.
#[cfg(feature = "session")]
pub use vivarium_macros::test;

/// Puts a part of a function into a span of its own, either a block, whose value it gives, or until a guard is dropped.
///
/// ```
/// fn digest(bytes: &[u8]) -> u32 {
///     let _span = vivarium::span!("digest");
///     let sum: u32 = bytes.iter().copied().map(u32::from).sum();
///     vivarium::span!("finish", { sum.rotate_left(7) })
/// }
/// assert_eq!(digest(&[1, 2]), 3 << 7);
/// ```
///
/// Guards on one thread are to be dropped in the reverse of the order in which they were made, as variables are; see
/// [`SpanGuard`] for what is told otherwise. With a block there is nothing to heed.
///
/// `?`, `return`, `break` and `continue` in the block mean what they mean without it. `.await` doesn't belong there: while a
/// future waits, its thread does other work, which would be mistaken for that of the span. Put it into an async function
/// that is marked with [`observe`](macro@crate::observe).
#[macro_export]
macro_rules! span {
    ($($input:tt)*) => {
        $crate::__private::span!($crate $($input)*)
    };
}

/// What the macros expand to. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use vivarium_macros::span;
    #[cfg(feature = "session")]
    pub use vivarium_macros::test as within_fixture;
    pub use vivarium_sys::site;

    #[cfg(feature = "session")]
    pub use crate::fixture::{run_panicking_test, run_test};
    pub use crate::runtime::{Observed, Prelude, Returns, SpanGuard, call, never};
}
