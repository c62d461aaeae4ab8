//! `#[vivarium::test]`: a test function as a fixture.
//!
//! It is put behind all other attributes, as `observe` is: then what an async runtime makes of the function is a plain one, with
//! the runtime inside.

mod args;
mod expand;
mod others;
mod valid;

pub(crate) use expand::test;
