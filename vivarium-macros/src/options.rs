//! What all our attributes have in common: how their options are listed, and where the crate is.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Path, Token};

/// Reads options that stand between commas. Whether we have put the attribute behind all others already: then `@last` stands
/// before them, which is not for people.
pub(crate) fn parse(
    input: ParseStream<'_>,
    mut parse_option: impl FnMut(ParseStream<'_>) -> syn::Result<()>,
) -> syn::Result<bool> {
    let is_last = input.parse::<Option<Token![@]>>()?.is_some();
    if is_last {
        input.call(Ident::parse_any)?;
        input.parse::<Option<Token![,]>>()?;
    }
    while !input.is_empty() {
        parse_option(input)?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(is_last)
}

/// The path to the `vivarium` crate, which is called `given` or as usual, in code for whose errors `at` is the place.
pub(crate) fn krate(given: Option<&Path>, at: Span) -> TokenStream {
    given.map_or_else(|| quote_spanned!(at=> ::vivarium), ToTokens::to_token_stream)
}
