//! What becomes of a marked item.

mod arguments;
mod async_function;
mod boxed_future;
mod function;
pub(crate) mod output;
mod owner;
mod returned_future;
mod tree;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parse;

pub(crate) use arguments::{Arguments, Move};
pub(crate) use function::Function;

use crate::args::Args;
use crate::attribute::Attribute;
use crate::item::{Item, ItemKind};
use crate::valid;

/// Expands `#[vivarium::observe(args)] item`.
pub(crate) fn observe(args: TokenStream, tokens: TokenStream) -> TokenStream {
    attribute(args, tokens, expand)
}

/// Expands an attribute with these arguments on this item.
///
/// An item that isn't understood is left as it is: either the compiler says what is wrong with it, or someone is about to
/// type the rest.
pub(crate) fn attribute<A: Parse>(
    args: TokenStream,
    tokens: TokenStream,
    expand: impl FnOnce(&A, &Item) -> syn::Result<TokenStream>,
) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let Some(item) = Item::take(&mut trees.as_slice()) else { return tokens };
    let expanded = syn::parse2(args).and_then(|args| expand(&args, &item));
    expanded.unwrap_or_else(|error| {
        let error = error.into_compile_error();
        quote!(#error #tokens)
    })
}

fn expand(args: &Args, item: &Item) -> syn::Result<TokenStream> {
    if let Some((args, item)) = tree::with_mark_of_block(args, item) {
        return if args.skip.is_some() { Ok(item.into_token_stream()) } else { expand(&args, &item) };
    }
    valid::check(args, item)?;
    if !args.is_last && item.attributes.iter().any(Attribute::may_be_macro) {
        return Ok(behind_all_others(args, item));
    }
    let expanded = match &item.kind {
        ItemKind::Function => function::expand(args, item),
        ItemKind::Implementation | ItemKind::Module(_) | ItemKind::Trait => tree::expand(args, item),
        ItemKind::Other(_) => None,
    };
    Ok(expanded.unwrap_or_else(|| item.to_token_stream()))
}

/// The item with our attribute moved behind all others, so that it sees what they have made of it; then it doesn't matter
/// in which order they were written.
fn behind_all_others(args: &Args, item: &Item) -> TokenStream {
    let Item { attributes, head, end, .. } = item;
    let ours = args.as_last_attribute();
    quote!(#(#attributes)* #ours #(#head)* #end)
}
