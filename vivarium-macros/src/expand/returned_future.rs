//! Functions that aren't async but return a future which they make in their last expression: `async move { ... }`, or
//! `Box::pin(async move { ... })`, as `#[async_trait]` writes it. The future is what is observed.
//!
//! What stands before that expression runs when the function is called, in the same span.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote_spanned};

use crate::args::Args;
use crate::expand::arguments::{Arguments, Move};
use crate::expand::boxed_future::is_boxed_future;
use crate::expand::function::Function;
use crate::site::Kind;

/// Expands a function that returns a future. `None` where it doesn't.
pub(crate) fn expand(args: &Args, function: &Function) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = function.body.stream().into_iter().collect();
    let found = Found::in_body(&tokens, is_boxed_future(&function.signature.output))?;
    let ours = Span::mixed_site();
    let (krate, place) = (args.krate(), function.place(args, Kind::AsyncFunction));
    let reporting = args.err.is_some();
    let is_prelude = found.start > 0;
    let arguments = Arguments::of(&function.signature, if is_prelude { Move::Droppable } else { Move::None });
    let wrap = |future: TokenStream| match (is_prelude, reporting) {
        (false, false) => quote_spanned!(ours=> #krate::__private::Observed::new(|| #place, #future)),
        (false, true) => quote_spanned!(ours=> #krate::__private::Observed::reporting(|| #place, #future)),
        (true, false) => quote_spanned!(ours=> __prelude.observe(#future)),
        (true, true) => quote_spanned!(ours=> __prelude.observe_reporting(#future)),
    };
    let mut body = Group::new(Delimiter::Brace, found.wrapped(&tokens, wrap));
    body.set_span(function.body.span());
    let body = if is_prelude {
        let moves = &arguments.moves;
        quote_spanned! {ours=>
            let __prelude = #krate::__private::Prelude::enter(|| #place);
            #moves
            (#body)
        }
    } else {
        quote_spanned!(ours=> (#body))
    };
    Some(function.with(&arguments, &function.signature.output.to_token_stream(), &body))
}

/// The expression that makes the future, as indices into the body.
struct Found {
    /// Where the last expression starts.
    start: usize,
    /// The tokens that are the future, in the body or in the parentheses that stand at `within`.
    future: std::ops::Range<usize>,
    within: Option<usize>,
}

impl Found {
    fn in_body(body: &[TokenTree], any_is_future: bool) -> Option<Self> {
        let end = without_methods(body);
        let (start, future, within) = match body[..end].split_last()? {
            (TokenTree::Group(group), _) if group.delimiter() == Delimiter::Brace => {
                let start = async_block(&body[..end])?;
                (start, start..end, None)
            }
            (TokenTree::Group(group), before) if group.delimiter() == Delimiter::Parenthesis => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let inner_end = inner.len() - usize::from(matches!(inner.last(), Some(TokenTree::Punct(_))));
                let is_block = async_block(&inner[..inner_end]) == Some(0);
                let start = boxing(before).filter(|_| is_block || (any_is_future && inner_end > 0))?;
                (start, 0..inner_end, Some(end - 1))
            }
            _ => return None,
        };
        is_start_of_statement(&body[..start]).then_some(Self { start, future, within })
    }

    /// The body with the future wrapped.
    fn wrapped(&self, body: &[TokenTree], wrap: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
        let replace = |tokens: &[TokenTree]| {
            let mut replaced: TokenStream = tokens[..self.future.start].iter().cloned().collect();
            replaced.extend(wrap(tokens[self.future.clone()].iter().cloned().collect()));
            replaced.append_all(&tokens[self.future.end..]);
            replaced
        };
        let Some(at) = self.within else { return replace(body) };
        let TokenTree::Group(parentheses) = &body[at] else { return body.iter().cloned().collect() };
        let inner: Vec<TokenTree> = parentheses.stream().into_iter().collect();
        let mut group = Group::new(Delimiter::Parenthesis, replace(&inner));
        group.set_span(parentheses.span());
        let mut wrapped: TokenStream = body[..at].iter().cloned().collect();
        wrapped.append(group);
        wrapped.append_all(&body[at + 1..]);
        wrapped
    }
}

/// Where the async block starts that `tokens` ends with.
fn async_block(tokens: &[TokenTree]) -> Option<usize> {
    let is = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    match tokens {
        [.., first, second, TokenTree::Group(block)] if is(first, "async") && is(second, "move") && is_brace(block) => {
            Some(tokens.len() - 3)
        }
        [.., first, TokenTree::Group(block)] if is(first, "async") && is_brace(block) => Some(tokens.len() - 2),
        _ => None,
    }
}

fn is_brace(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

/// Where `Box::pin` or `Box::new` starts, by whatever path, that `tokens` ends with.
fn boxing(tokens: &[TokenTree]) -> Option<usize> {
    let is_path = |token: &&TokenTree| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    };
    let length = tokens.iter().rev().take_while(is_path).count();
    let path: Vec<String> = tokens[tokens.len() - length..].iter().map(ToString::to_string).collect();
    let is_boxing = path.ends_with(&["Box", ":", ":", "pin"].map(String::from))
        || path.ends_with(&["Box", ":", ":", "new"].map(String::from));
    is_boxing.then_some(tokens.len() - length)
}

/// Where the methods start that the body's last expression is piped through, as in `async { ... }.boxed()`.
fn without_methods(body: &[TokenTree]) -> usize {
    let mut end = body.len();
    while let [.., TokenTree::Punct(dot), TokenTree::Ident(_), TokenTree::Group(arguments)] = &body[..end]
        && dot.as_char() == '.'
        && arguments.delimiter() == Delimiter::Parenthesis
    {
        end -= 3;
    }
    end
}

fn is_start_of_statement(before: &[TokenTree]) -> bool {
    match before.last() {
        None => true,
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        Some(TokenTree::Group(group)) => is_brace(group),
        Some(_) => false,
    }
}
