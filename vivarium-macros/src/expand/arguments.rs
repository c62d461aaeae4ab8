//! The arguments of a function, moved into the span so that they are dropped in it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Meta, Pat, PatIdent, PatType, Signature, Token, Type};

/// Which arguments are moved.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    /// None.
    None,
    /// Those that may have something to drop.
    Droppable,
    /// All, into a future or a closure: unused ones too, so that they live as long as they would.
    All,
}

impl Move {
    fn includes(self, ty: &Type) -> bool {
        match self {
            Self::None => false,
            Self::Droppable => may_drop(ty),
            Self::All => true,
        }
    }
}

/// The arguments as they stand in the signature, and the statements that move them.
pub(crate) struct Arguments {
    pub(crate) inputs: Punctuated<FnArg, Token![,]>,
    pub(crate) moves: TokenStream,
}

impl Arguments {
    /// The arguments of `signature`. They are dropped in the order in which they would be without us.
    pub(crate) fn of(signature: &Signature, which: Move) -> Self {
        let ours = Span::mixed_site();
        let mut inputs = signature.inputs.clone();
        let mut moves = TokenStream::new();
        for (number, input) in inputs.iter_mut().enumerate() {
            match input {
                FnArg::Receiver(receiver) if which == Move::All => {
                    let this = &receiver.self_token;
                    moves.extend(quote_spanned!(ours=> let _ = &#this;));
                }
                FnArg::Typed(argument) if which.includes(&argument.ty) => {
                    moves.extend(move_in(argument, number));
                }
                _ => {}
            }
        }
        Self { inputs, moves }
    }
}

/// Gives `argument` a plain name, and the statement that binds its pattern.
fn move_in(argument: &mut PatType, number: usize) -> TokenStream {
    let ours = Span::mixed_site();
    let attributes = argument.attrs.clone();
    argument.attrs.iter_mut().for_each(permit_expected);
    if let Pat::Ident(PatIdent { by_ref: None, subpat: None, mutability, ident, .. }) = &mut *argument.pat {
        let (mutable, inner) = (mutability.take(), ident.clone());
        // The same word, but another name to the compiler, and not a shadowed one to its lints.
        ident.set_span(ident.span().resolved_at(ours));
        return quote_spanned!(ours=> #(#attributes)* let #mutable #inner = #ident;);
    }
    let whole = format_ident!("__argument_{number}", span = ours);
    let pattern = std::mem::replace(&mut *argument.pat, plain(whole.clone()));
    // What the pattern leaves behind is dropped after what it binds.
    let parts = match &pattern {
        Pat::Wild(_) => None,
        pattern => Some(quote_spanned!(ours=> #(#attributes)* let #pattern = #whole;)),
    };
    quote_spanned!(ours=> #(#attributes)* let #whole = #whole; #parts)
}

/// Makes of an `expect` an `allow`, with the reason that was given: what is expected is met where the pattern is bound, and but
/// once.
fn permit_expected(attribute: &mut Attribute) {
    if let Meta::List(list) = &mut attribute.meta
        && list.path.is_ident("expect")
    {
        list.path = Ident::new("allow", Span::mixed_site()).into();
    }
}

fn plain(name: Ident) -> Pat {
    Pat::Ident(PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident: name, subpat: None })
}

/// Whether a value of this type may have something to drop, as far as its name tells.
fn may_drop(ty: &Type) -> bool {
    match ty {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => false,
        Type::Paren(inner) => may_drop(&inner.elem),
        Type::Group(inner) => may_drop(&inner.elem),
        Type::Path(path) => path.path.get_ident().is_none_or(|name| !is_primitive(&name.to_token_stream().to_string())),
        _ => true,
    }
}

fn is_primitive(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "char"
            | "f32"
            | "f64"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
    )
}
