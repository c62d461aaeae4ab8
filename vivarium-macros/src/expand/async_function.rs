//! Async functions. They become plain functions that return an observed future, as the compiler would make them itself.
//!
//! A future that awaits another one holds its arguments twice; this way there is only one.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Token;

use crate::args::Args;
use crate::expand::arguments::{Arguments, Move};
use crate::expand::function::Function;
use crate::expand::output;
use crate::site::Kind;

/// Expands a marked async function.
pub(crate) fn expand(args: &Args, function: &Function) -> TokenStream {
    let ours = Span::mixed_site();
    let (krate, place) = (args.krate(), function.place(args, Kind::AsyncFunction));
    let arguments = Arguments::of(&function.signature, Move::All);
    let at = output::span(&function.signature.output);
    let krate_at = args.krate_at(at);
    let (moves, body) = (&arguments.moves, typed_body(function, &krate_at));
    let future = quote_spanned!(ours=> async move { #moves #body });
    let body = if args.err.is_some() {
        let reporting = quote_spanned!(at=> #krate_at::__private::Observed::reporting);
        quote_spanned!(ours=> #reporting(|| #place, #future))
    } else {
        quote_spanned!(ours=> #krate::__private::Observed::new(|| #place, #future))
    };
    let value = output::of_future(&function.signature.output, &krate);
    // The span of `impl` makes it capture all lifetimes, in every edition, as the future of an async function does. That of
    // the end is the user's, as is the rest of the signature.
    // With `err` all of it stands where the type is that may be no `Result`: the compiler tells that here.
    let (start, end) = if args.err.is_some() { (at, at) } else { (ours, function.signature.paren_token.span.close()) };
    let end = Token![>](end);
    let output = quote_spanned!(start=> -> impl ::core::future::Future<Output = #value #end);
    function.with(&arguments, &output, &body)
}

/// The body, behind a `return` that is never reached: from that the compiler knows the type before anything needs it.
fn typed_body(function: &Function, krate: &TokenStream) -> TokenStream {
    let body = &function.body;
    let first_return = output::annotation(&function.signature.output).map(|ty| {
        let returned =
            quote_spanned!(output::span(&function.signature.output)=> return #krate::__private::never::<#ty>(););
        quote_spanned!(Span::mixed_site()=> if false { #returned })
    });
    quote_spanned!(Span::mixed_site()=> #first_return (#body))
}
