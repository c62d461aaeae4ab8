//! `span!("name")` and `span!("name", { ... })`.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::parse::{ParseStream, Parser};
use syn::{Error, LitStr, Token};

use crate::site::{self, Kind, SiteName};

/// Expands `$crate` followed by what the user wrote.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut tokens = input.into_iter();
    let krate: TokenStream = tokens.next().into_iter().collect();
    let parse = |input: ParseStream<'_>| parse(input, &krate);
    parse.parse2(tokens.collect()).unwrap_or_else(Error::into_compile_error)
}

fn parse(input: ParseStream<'_>, krate: &TokenStream) -> syn::Result<TokenStream> {
    let ours = Span::mixed_site();
    if !input.peek(LitStr) {
        return Err(Error::new(input.span(), "a span needs a name, a string literal: `span!(\"parse\")`"));
    }
    let literal: LitStr = input.parse()?;
    let place = site::place(krate, Kind::Span, &SiteName::new(&literal)?, literal.span());
    let guard = quote_spanned!(ours=> #krate::__private::SpanGuard::enter(#place));
    if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
        return Err(Error::new(input.span(), "a comma stands before the block: `span!(\"parse\", { ... })`"));
    }
    let body: TokenStream = input.parse()?;
    if body.is_empty() {
        return Ok(guard);
    }
    if let Some(at) = find_await(body.clone()) {
        return Err(Error::new(
            at,
            "while this waits, its thread does other work, which isn't in the span; put it into an async function that is marked with `#[vivarium::observe]`",
        ));
    }
    Ok(quote_spanned!(ours=> { let __guard = #guard; (#body) }))
}

/// Where `body` waits, unless that is in a future of its own.
fn find_await(body: TokenStream) -> Option<Span> {
    let mut is_behind_dot = false;
    for token in body {
        match &token {
            TokenTree::Ident(word) if word == "async" => return None,
            TokenTree::Ident(word) if is_behind_dot && word == "await" => return Some(word.span()),
            TokenTree::Group(group) => {
                if let Some(at) = find_await(group.stream()) {
                    return Some(at);
                }
            }
            _ => {}
        }
        is_behind_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    None
}
