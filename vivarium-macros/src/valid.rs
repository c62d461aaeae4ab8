//! What can't be observed, and what to do instead.

use proc_macro2::{Span, TokenTree};
use quote::ToTokens;
use syn::Error;

use crate::args::Args;
use crate::attribute::Attribute;
use crate::item::{End, Item, ItemKind};

/// Checks that `args` make sense for `item`.
pub(crate) fn check(args: &Args, item: &Item) -> syn::Result<()> {
    if let Some(twice) = item.attributes.iter().find(|attribute| attribute.is_surely_observe()) {
        return Err(Error::new_spanned(twice.brackets(), "this is marked twice; keep one `observe` of them"));
    }
    if let Some(skip) = &args.skip {
        return Err(Error::new(
            skip.span(),
            "`skip` belongs on an item of a marked `impl`, trait or module; here, remove the whole attribute",
        ));
    }
    match (&item.kind, &item.end) {
        (ItemKind::Function, End::Semicolon(semicolon)) => Err(Error::new(
            semicolon.span(),
            "there is no body to observe; mark the function where it is implemented, or one that calls it",
        )),
        (ItemKind::Function, End::Body(_)) => match Obstacle::of(item) {
            Some(obstacle) => Err(obstacle.error()),
            None => check_err(args, item),
        },
        (ItemKind::Module(keyword), End::Semicolon(_)) => Err(Error::new(
            keyword.span(),
            "a module in another file can't be marked from here; mark the functions and `impl` blocks in it",
        )),
        (ItemKind::Other(keyword), _) => Err(Error::new(
            keyword.span(),
            "only functions, `impl` blocks, traits and inline modules can be observed; for a part of a function, use `vivarium::span!`",
        )),
        (ItemKind::Implementation | ItemKind::Trait | ItemKind::Module(_), _) => check_block(args),
    }
}

/// A marked block hands no options on: which function would they be for?
fn check_block(args: &Args) -> syn::Result<()> {
    if let Some(err) = &args.err {
        return Err(Error::new(
            err.span(),
            "put `err` on the functions that it is meant for: `#[vivarium::observe(err)]`",
        ));
    }
    match &args.name {
        Some(name) => Err(Error::new(
            name.span(),
            "each function in this block has its own name; put `name` on the one that it is meant for",
        )),
        None => Ok(()),
    }
}

fn check_err(args: &Args, item: &Item) -> syn::Result<()> {
    let Some(err) = &args.err else { return Ok(()) };
    if let Some(caller) = item.attributes.iter().find(|attribute| attribute.is("track_caller")) {
        let is_async = item.head.iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "async"));
        if !is_async {
            return Err(Error::new_spanned(
                caller.brackets(),
                "`err` would hide the caller from `#[track_caller]`; remove one of them",
            ));
        }
    }
    let returns = item.head.windows(2).any(|pair| matches!(pair, [TokenTree::Punct(dash), TokenTree::Punct(arrow)] if dash.as_char() == '-' && arrow.as_char() == '>'));
    if returns {
        return Ok(());
    }
    Err(Error::new(
        err.span(),
        "`err` reports the error of a `Result`, but this function returns nothing; remove `err`",
    ))
}

/// Why a function with a body can't be observed all the same.
pub(crate) enum Obstacle {
    /// It may be called by the compiler, where nothing can be observed.
    Const(Span),
    /// It has no prologue into which anything could be put.
    Naked(Attribute),
}

impl Obstacle {
    /// What stands against observing this function.
    pub(crate) fn of(function: &Item) -> Option<Self> {
        if let Some(naked) = function.attributes.iter().find(|attribute| attribute.is("naked")) {
            return Some(Self::Naked(naked.clone()));
        }
        let words = function.head.iter().map_while(|token| match token {
            TokenTree::Ident(word) if word == "fn" => None,
            token => Some(token),
        });
        words.into_iter().find_map(|token| match token {
            TokenTree::Ident(word) if word == "const" => Some(Self::Const(word.span())),
            _ => None,
        })
    }

    fn error(&self) -> Error {
        match self {
            Self::Const(at) => Error::new(
                *at,
                "a `const fn` can't be observed, since the compiler may run it; mark a function that calls it, or remove `const`",
            ),
            Self::Naked(naked) => Error::new_spanned(
                naked.brackets().to_token_stream(),
                "a naked function is all assembly and can't be observed; mark a function that calls it",
            ),
        }
    }
}
