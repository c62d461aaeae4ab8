//! Items, cut out of a token stream without looking into their bodies.
//!
//! A body may be long, and while someone types it may not parse. Neither matters here.

use proc_macro2::{Delimiter, Group, Ident, Punct, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};

use crate::attribute::Attribute;

/// An item: its attributes, its head, and what ends it.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) attributes: Vec<Attribute>,
    /// Everything from the visibility to what ends the item.
    pub(crate) head: Vec<TokenTree>,
    pub(crate) kind: ItemKind,
    pub(crate) end: End,
}

/// What an item is, with the token that says so.
#[derive(Clone)]
pub(crate) enum ItemKind {
    Function,
    Implementation,
    Module(Ident),
    Trait,
    Other(TokenTree),
}

/// What ends an item.
#[derive(Clone)]
pub(crate) enum End {
    Body(Group),
    Semicolon(Punct),
}

impl Item {
    /// Cuts the first item off `tokens`. `None` where there is none, or not a whole one.
    pub(crate) fn take(tokens: &mut &[TokenTree]) -> Option<Self> {
        let attributes = Attribute::take_all(tokens);
        let kind = kind(tokens)?;
        let length = match &kind {
            ItemKind::Other(keyword) if ends_with_semicolon(keyword) => tokens.iter().position(is_semicolon)?,
            _ => end_of_head(tokens)?,
        };
        let (head, rest) = tokens.split_at(length);
        let (end, rest) = rest.split_first()?;
        *tokens = rest;
        let end = match end {
            TokenTree::Group(body) => End::Body(block(body)?),
            TokenTree::Punct(semicolon) => End::Semicolon(semicolon.clone()),
            _ => return None,
        };
        Some(Self { attributes, head: head.to_vec(), kind, end })
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attributes);
        tokens.append_all(&self.head);
        self.end.to_tokens(tokens);
    }
}

impl ToTokens for End {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Body(body) => tokens.append(body.clone()),
            Self::Semicolon(semicolon) => tokens.append(semicolon.clone()),
        }
    }
}

/// What the item is whose head `tokens` begins with.
fn kind(tokens: &[TokenTree]) -> Option<ItemKind> {
    let mut rest = tokens;
    loop {
        let (first, behind) = rest.split_first()?;
        let other = || Some(ItemKind::Other(first.clone()));
        let word = match first {
            TokenTree::Ident(word) => word,
            // A visibility that a `macro_rules!` hands on.
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                rest = behind;
                continue;
            }
            _ => return other(),
        };
        rest = match (word.to_string().as_str(), behind) {
            ("fn", _) => return Some(ItemKind::Function),
            ("impl", _) => return Some(ItemKind::Implementation),
            ("mod", _) => return Some(ItemKind::Module(word.clone())),
            ("trait", _) => return Some(ItemKind::Trait),
            ("pub", [TokenTree::Group(within), behind @ ..]) if within.delimiter() == Delimiter::Parenthesis => behind,
            ("extern", [TokenTree::Literal(_), behind @ ..]) if !matches!(behind, [TokenTree::Group(_), ..]) => behind,
            ("extern" | "const", [TokenTree::Ident(next), ..]) if is_modifier(next) || next == "fn" => behind,
            ("extern" | "const", _) => return other(),
            _ if is_modifier(word) => behind,
            _ => return other(),
        };
    }
}

/// Whether a word may stand before the one that tells what an item is. (`const` and `extern` also stand alone.)
fn is_modifier(word: &Ident) -> bool {
    ["pub", "default", "const", "async", "gen", "unsafe", "safe", "extern", "auto", "impl", "trait"]
        .iter()
        .any(|modifier| word == modifier)
}

/// Whether a brace within such an item doesn't end it.
fn ends_with_semicolon(keyword: &TokenTree) -> bool {
    let TokenTree::Ident(word) = keyword else { return false };
    ["const", "static", "type", "use"].iter().any(|known| word == known)
}

fn is_semicolon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')
}

/// The block that `group` is, or that a `macro_rules!` hands on in it.
fn block(group: &Group) -> Option<Group> {
    match group.delimiter() {
        Delimiter::Brace => Some(group.clone()),
        Delimiter::None => match group.stream().into_iter().collect::<Vec<_>>().as_slice() {
            [TokenTree::Group(inner)] => block(inner),
            _ => None,
        },
        _ => None,
    }
}

/// Where the head ends: at the first brace or semicolon that isn't among generic arguments.
fn end_of_head(tokens: &[TokenTree]) -> Option<usize> {
    let mut angles = 0_u32;
    let mut is_arrow = false;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) if angles == 0 && block(group).is_some() => return Some(at),
            TokenTree::Punct(punct) => match punct.as_char() {
                ';' if angles == 0 => return Some(at),
                '<' => angles += 1,
                '>' if !is_arrow => angles = angles.saturating_sub(1),
                _ => {}
            },
            _ => {}
        }
        is_arrow = matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), '-' | '='));
    }
    None
}
