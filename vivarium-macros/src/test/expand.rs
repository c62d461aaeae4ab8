//! What becomes of a test.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::LitStr;
use syn::ext::IdentExt;

use super::args::{Args, Expectation};
use super::others::makes_a_test;
use super::valid;
use crate::attribute::Attribute;
use crate::expand::{Arguments, Function, Move, attribute, output};
use crate::item::Item;
use crate::site;

/// Expands `#[vivarium::test(args)] item`.
pub(crate) fn test(args: TokenStream, tokens: TokenStream) -> TokenStream {
    attribute(args, tokens, expand)
}

fn expand(args: &Args, item: &Item) -> syn::Result<TokenStream> {
    if let Err(error) = valid::check(args, item) {
        return if args.is_last { Ok(refused(&error, item)) } else { Err(error) };
    }
    let Item { attributes, head, end, .. } = item;
    let is_test = args.is_last || attributes.iter().any(makes_a_test);
    let test = (!is_test).then(|| quote_spanned!(Span::mixed_site()=> #[::core::prelude::v1::test]));
    if !args.is_last && attributes.iter().any(Attribute::may_be_macro) {
        let ours = args.as_last_attribute();
        // Behind the others, which may see it there and make no second one, and may make a function of it first that can be a
        // test: one that isn't async, or has no arguments.
        return Ok(quote!(#(#attributes)* #ours #test #(#head)* #end));
    }
    Ok(match Function::of(item) {
        Some(function) => {
            let function = fixture(args, &function);
            quote!(#test #function)
        }
        None => item.to_token_stream(),
    })
}

/// The error, and the item as no test, for which the compiler would refuse it again.
fn refused(error: &syn::Error, item: &Item) -> TokenStream {
    let Item { attributes, head, end, .. } = item;
    let attributes = attributes.iter().filter(|attribute| !makes_a_test(attribute));
    let error = error.to_compile_error();
    quote!(#error #(#attributes)* #(#head)* #end)
}

/// The test with its body in a fixture.
fn fixture(args: &Args, function: &Function) -> TokenStream {
    let ours = Span::mixed_site();
    let (krate, signature, body) = (args.krate(), &function.signature, &function.body);
    let arguments = Arguments::of(signature, Move::All);
    let moves = &arguments.moves;
    let result = output::annotation(&signature.output).map(|ty| quote_spanned!(ours=> -> #ty));
    let name = LitStr::new(&signature.ident.unraw().to_string(), ours);
    let at = signature.ident.span();
    let (core, file, line) = (site::core_known_at(at), site::told_at(at, "file"), site::told_at(at, "line"));
    let place = quote_spanned!(ours=> ::core::concat!(::core::module_path!(), "::", #name), #file, #line);
    let test = quote_spanned!(ours=> move || #result { #moves (#body) });
    let run = if function.attributes.iter().any(|attribute| attribute.is("should_panic")) {
        quote_spanned!(ours=> #krate::__private::run_panicking_test(#place, #test))
    } else {
        let expect = expect(args, &krate);
        quote_spanned!(ours=> #krate::__private::run_test(#place, #test, #expect))
    };
    function.with(&arguments, &signature.output.to_token_stream(), &quote_spanned!(ours=> #core #run))
}

/// A closure that holds what was seen against what is expected.
fn expect(args: &Args, krate: &TokenStream) -> TokenStream {
    let expectations = args.expectations.iter().map(|Expectation { method, arguments }| {
        let at = method.span();
        quote_spanned!(at=> .#method(#arguments))
    });
    quote_spanned! {Span::mixed_site()=>
        |__seen| {
            #[allow(unused_imports, reason = "expectations may name nothing of it")]
            use #krate::fixture::*;
            let _ = __seen.expect() #(#expectations)*;
        }
    }
}
