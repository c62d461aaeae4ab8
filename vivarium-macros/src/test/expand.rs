//! What becomes of a test.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::LitStr;
use syn::ext::IdentExt;

use super::args::{Args, Expectation};
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
    valid::check(args, item)?;
    let Item { attributes, head, end, .. } = item;
    let is_test = args.is_last || attributes.iter().any(makes_a_test);
    let test = (!is_test).then(|| quote_spanned!(Span::mixed_site()=> #[::core::prelude::v1::test]));
    if !args.is_last && attributes.iter().any(Attribute::may_be_macro) {
        let ours = args.as_last_attribute();
        return Ok(quote!(#test #(#attributes)* #ours #(#head)* #end));
    }
    Ok(match Function::of(item) {
        Some(function) => {
            let function = fixture(args, &function);
            quote!(#test #function)
        }
        None => item.to_token_stream(),
    })
}

/// Whether an attribute makes a test of its function: `#[test]`, `#[tokio::test]` and their like.
fn makes_a_test(attribute: &Attribute) -> bool {
    attribute.path().last().is_some_and(|word| word.contains("test"))
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
    let expectations = args.expectations.iter().map(|Expectation { method, arguments }| {
        let at = method.span();
        quote_spanned!(at=> .#method(#arguments))
    });
    let body = quote_spanned! {ours=>
        #core
        #krate::__private::run_test(
            ::core::concat!(::core::module_path!(), "::", #name), #file, #line,
            move || #result { #moves (#body) },
            |__seen| {
                #[allow(unused_imports, reason = "expectations may name nothing of it")]
                use #krate::fixture::*;
                let _ = __seen.expect() #(#expectations)*;
            },
        )
    };
    function.with(&arguments, &signature.output.to_token_stream(), &body)
}
