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
    let Some(at) = item.attributes.iter().position(Attribute::is_surely_observe) else { return Some(Args::default()) };
    let args = syn::parse2(item.attributes[at].arguments().unwrap_or_default()).ok()?;
    item.attributes.remove(at);
    Some(args)
}

/// What becomes of `own` on an item to which a block has given the attribute too, since it didn't know this one by its name:
/// the options of both, and the item without the other one. `None` where no block has.
pub(crate) fn with_mark_of_block(own: &Args, item: &Item) -> Option<(Args, Item)> {
    let (at, given) = item.attributes.iter().enumerate().find_map(|(at, attribute)| {
        let given = attribute.is_observe().then(|| syn::parse2::<Args>(attribute.arguments()?).ok())??;
        given.is_last.then_some((at, given))
    })?;
    let mut item = item.clone();
    item.attributes.remove(at);
    let mut args = own.clone();
    args.name = args.name.or(given.name);
    args.krate = args.krate.or(given.krate);
    Some((args, item))
}

fn can_be_marked(item: &Item) -> bool {
    match (&item.kind, &item.end) {
        (ItemKind::Function, End::Body(_)) => Obstacle::of(item).is_none(),
        (ItemKind::Implementation | ItemKind::Module(_) | ItemKind::Trait, End::Body(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(items: &str) -> String {
        let items = items.parse().expect("tokens");
        mark_all(&Args::default(), &Owner::Module, items).expect("items").to_string()
    }

    #[test]
    fn an_attribute_of_ours_is_taken_into_the_one_behind_all_others() {
        for ours in ["observe", "vivarium::observe", "::vivarium::observe"] {
            let marked = marked(&format!("#[{ours}(name = \"other\", err)] fn function() -> Result<(), E> {{}}"));
            assert_eq!(marked.matches("observe").count(), 1, "{marked}");
            assert!(marked.contains("name = \"other\" , err"), "{marked}");
        }
    }

    #[test]
    fn an_attribute_of_others_stays_whatever_it_is_called() {
        for other in ["metrics::observe", "deprecated::observe(name = \"other\")", "other::vivarium::observe(skip)"] {
            let marked = marked(&format!("#[{other}] fn function() {{}}"));
            assert_eq!(marked.matches("observe").count(), 2, "{marked}");
        }
    }

    #[test]
    fn an_attribute_of_ours_by_another_name_takes_in_what_the_block_gave() {
        let marked = mark_all(&Args::default(), &Owner::Named("Store".to_owned()), "fn get() {}".parse().unwrap());
        let trees: Vec<TokenTree> = marked.expect("items").into_iter().collect();
        let item = Item::take(&mut trees.as_slice()).expect("a function");
        let own = syn::parse_str("err").expect("options");
        let (args, item) = with_mark_of_block(&own, &item).expect("the mark of a block");
        assert!(args.err.is_some() && !args.is_last);
        assert_eq!(args.name.expect("a name").to_token_stream().to_string(), "\"Store::get\"");
        assert!(item.attributes.is_empty());
    }
}
