//! The macros of Vivarium; use them through the `vivarium` crate.

mod args;
mod attribute;
mod expand;
mod item;
mod near;
mod options;
mod site;
mod span;
mod test;
mod valid;

use proc_macro::TokenStream;

/// Puts a function, or each function of an `impl` block, a trait or an inline module, into a span of its own.
#[proc_macro_attribute]
pub fn observe(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::observe(args.into(), item.into()).into()
}

/// Makes a function a test whose doings are observed, and held against what is expected.
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    test::test(args.into(), item.into()).into()
}

/// What `vivarium::span!` hands on: the path of the crate, and what the user wrote.
#[doc(hidden)]
#[proc_macro]
pub fn span(input: TokenStream) -> TokenStream {
    span::expand(input.into()).into()
}
