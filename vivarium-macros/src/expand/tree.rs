//! Whole blocks: `impl`, traits and inline modules. Each function in them gets the attribute for itself.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote_spanned};

use crate::args::Args;
use crate::attribute::Attribute;
use crate::expand::owner::Owner;
use crate::item::{End, Item, ItemKind};
use crate::site::SiteName;
use crate::valid::Obstacle;

/// Expands a marked block. `None` where it isn't understood.
pub(crate) fn expand(args: &Args, item: &Item) -> Option<TokenStream> {
    let End::Body(body) = &item.end else { return None };
    let owner = Owner::of(item)?;
    let marked = mark_all(args, &owner, body.stream())?;
    let mut group = Group::new(body.delimiter(), marked);
    group.set_span(body.span());
    let Item { attributes, head, .. } = item;
    Some(quote_spanned!(Span::mixed_site()=> #(#attributes)* #(#head)* #group))
}

/// Marks the items that a block holds.
fn mark_all(args: &Args, owner: &Owner, items: TokenStream) -> Option<TokenStream> {
    let trees: Vec<TokenTree> = items.into_iter().collect();
    let mut rest = trees.as_slice();
    let mut marked = TokenStream::new();
    Attribute::skip_inner(&mut rest, &mut marked);
    while !rest.is_empty() {
        marked.append_all(mark(args, owner, Item::take(&mut rest)?));
    }
    Some(marked)
}

/// Gives `item` the attribute, unless it can't have it or says that it doesn't want it.
fn mark(outer: &Args, owner: &Owner, mut item: Item) -> TokenStream {
    let Some(own) = own_args(&mut item) else { return item.into_token_stream() };
    if own.skip.is_some() || !can_be_marked(&item) {
        return item.into_token_stream();
    }
    let name = own.name.or_else(|| owner.name_of(&item).map(|(name, at)| SiteName::of(name, at)));
    let args = Args { name, krate: own.krate.or_else(|| outer.krate.clone()), ..own };
    let attribute = args.as_last_attribute();
    item.attributes.extend(Attribute::take_all(&mut attribute.into_iter().collect::<Vec<_>>().as_slice()));
    item.into_token_stream()
}

/// Takes the attribute that the item has of its own. `None` where it is not understood: it will tell that itself.
fn own_args(item: &mut Item) -> Option<Args> {
    let Some(at) = item.attributes.iter().position(Attribute::is_observe) else { return Some(Args::default()) };
    let args = syn::parse2(item.attributes[at].arguments().unwrap_or_default()).ok()?;
    item.attributes.remove(at);
    Some(args)
}

fn can_be_marked(item: &Item) -> bool {
    match (&item.kind, &item.end) {
        (ItemKind::Function, End::Body(_)) => Obstacle::of(item).is_none(),
        (ItemKind::Implementation | ItemKind::Module(_) | ItemKind::Trait, End::Body(_)) => true,
        _ => false,
    }
}
