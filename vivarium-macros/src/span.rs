//! `span!("name")` and `span!("name", { ... })`.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::parse::{ParseStream, Parser};
use syn::{Error, ExprClosure, LitStr, Token};

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
    let trees: Vec<TokenTree> = body.into_iter().collect();
    let mut rest = trees.as_slice();
    let mut is_behind_dot = false;
    while let Some((token, behind)) = rest.split_first() {
        rest = match token {
            TokenTree::Ident(word) if word == "async" => behind_future(rest),
            TokenTree::Ident(word) if is_behind_dot && word == "await" => return Some(word.span()),
            TokenTree::Group(group) => match find_await(group.stream()) {
                Some(at) => return Some(at),
                None => behind,
            },
            _ => behind,
        };
        is_behind_dot = matches!(token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    None
}

/// What stands behind the async block, closure or function that `tokens` begins with.
fn behind_future(tokens: &[TokenTree]) -> &[TokenTree] {
    let is_closure = match &tokens[1..] {
        [TokenTree::Ident(word), TokenTree::Punct(bar), ..] if word == "move" => bar.as_char() == '|',
        [TokenTree::Punct(bar), ..] => bar.as_char() == '|',
        _ => false,
    };
    let end = if is_closure { end_of_closure(tokens) } else { tokens.iter().position(is_block) };
    end.map_or(&[], |end| tokens.get(end + 1..).unwrap_or_default())
}

fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Where the last token of the closure is that `tokens` begins with. Nothing but its body tells, which is any expression.
fn end_of_closure(tokens: &[TokenTree]) -> Option<usize> {
    let parse = |input: ParseStream<'_>| {
        input.parse::<ExprClosure>()?;
        Ok(input.parse::<TokenStream>()?.into_iter().count())
    };
    let left = parse.parse2(tokens.iter().cloned().collect()).ok()?;
    Some(tokens.len() - left - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(body: &str) -> bool {
        find_await(body.parse().expect("tokens")).is_some()
    }

    #[test]
    fn a_future_in_the_block_may_wait() {
        for body in [
            "async { a.await }",
            "async move { a.await }",
            "spawn(async move { a.await }); 1",
            "async fn inner() -> [u8; { 2 }] { a.await } inner()",
            "let f = async |x: Map<A, B>, y| x.get::<A, B>(y).await; f",
            "let f = async move || { a.await }; f",
            "join(async || a.await, async || -> u8 { b.await })",
        ] {
            assert!(!waits(body), "{body}");
        }
    }

    #[test]
    fn the_block_itself_may_not_also_where_there_is_a_future_in_it() {
        for body in [
            "a.await",
            "{ let a = async { 1 }; a.await }",
            "async move { 1 }.await",
            "async fn inner() {} inner().await",
            "let f = async |x: u8| x; f(1).await",
            "let f = async |x| { x }; f(1).await",
            "join(async || a.await, b.await)",
            "select! { _ = async { 1 } => {} _ = a.await => {} }",
        ] {
            assert!(waits(body), "{body}");
        }
    }
}
