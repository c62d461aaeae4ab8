//! What can't be a test, and what to do instead.

use proc_macro2::{Span, TokenTree};
use syn::Error;

use super::args::Args;
use crate::attribute::Attribute;
use crate::item::{End, Item, ItemKind};

/// Checks that `item` can be such a test.
pub(super) fn check(args: &Args, item: &Item) -> syn::Result<()> {
    match (&item.kind, &item.end) {
        (ItemKind::Function, End::Body(_)) => {}
        _ => return Err(Error::new(first_token(item), "only a function with a body can be a test")),
    }
    let word = |wanted: &str| {
        item.head.iter().find_map(|token| match token {
            TokenTree::Ident(word) if word == wanted => Some(word.span()),
            _ => None,
        })
    };
    if let Some(asynchronous) = word("async") {
        // What comes behind us may still make a plain function of it.
        let may_change = !args.is_last && item.attributes.iter().any(Attribute::may_be_macro);
        if !may_change {
            return Err(Error::new(
                asynchronous,
                "an async test needs a runtime; put the attribute of one beneath, such as `#[tokio::test]`",
            ));
        }
    }
    check_panic(args, item)
}

/// A test that should panic passes by whichever panic comes, also by that of an expectation which doesn't hold.
fn check_panic(args: &Args, item: &Item) -> syn::Result<()> {
    let should_panic = item.attributes.iter().any(|attribute| attribute.is("should_panic"));
    match args.expectations.first() {
        Some(first) if should_panic => Err(Error::new(
            first.method.span(),
            "in a test that should panic an expectation that fails would pass it; catch the panic in the test with `std::panic::catch_unwind` instead of `#[should_panic]`, or expect nothing",
        )),
        _ => Ok(()),
    }
}

fn first_token(item: &Item) -> Span {
    item.head.first().map_or_else(Span::call_site, TokenTree::span)
}
