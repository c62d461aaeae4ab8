//! What a function in a block is called: `Store::get`, or `<Store as Read>::read`.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{GenericArgument, Generics, Ident, ItemImpl, Path, PathArguments, Type};

use crate::item::{Item, ItemKind};

/// The block that a function stands in.
pub(crate) enum Owner {
    /// A module, which the path of the function tells anyway.
    Module,
    /// A trait or a type, as it stands before the `::`.
    Named(String),
}

impl Owner {
    /// The owner of the functions in `block`.
    pub(crate) fn of(block: &Item) -> Option<Self> {
        match &block.kind {
            ItemKind::Module(_) => Some(Self::Module),
            ItemKind::Trait => Some(Self::Named(word_behind("trait", &block.head)?.unraw().to_string())),
            ItemKind::Implementation => {
                let mut head: TokenStream = block.head.iter().cloned().collect();
                head.extend([TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new()))]);
                Some(Self::Named(implementor(&syn::parse2(head).ok()?)))
            }
            ItemKind::Function | ItemKind::Other(_) => None,
        }
    }

    /// The name of the function `item` in it, and where it stands.
    pub(crate) fn name_of(&self, item: &Item) -> Option<(String, Span)> {
        match (self, &item.kind) {
            (Self::Named(owner), ItemKind::Function) => {
                let function = word_behind("fn", &item.head)?;
                Some((format!("{owner}::{}", function.unraw()), function.span()))
            }
            _ => None,
        }
    }
}

fn word_behind<'a>(keyword: &str, head: &'a [TokenTree]) -> Option<&'a Ident> {
    head.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(first), TokenTree::Ident(second)] if first == keyword => Some(second),
        _ => None,
    })
}

fn implementor(block: &ItemImpl) -> String {
    let this = type_name(&block.self_ty, &block.generics);
    match &block.trait_ {
        Some((path, _)) => format!("<{this} as {}>", path_name(path, &block.generics)),
        None => this,
    }
}

fn type_name(ty: &Type, generics: &Generics) -> String {
    match ty {
        Type::Path(path) if path.qself.is_none() => path_name(&path.path, generics),
        Type::Group(inner) => type_name(&inner.elem, generics),
        Type::Paren(inner) => type_name(&inner.elem, generics),
        other => text(other.to_token_stream()),
    }
}

/// The last word of `path`, with its generic arguments where they tell one `impl` from another.
fn path_name(path: &Path, generics: &Generics) -> String {
    let Some(last) = path.segments.last() else { return String::new() };
    let word = last.ident.unraw();
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => {
            let telling = arguments.args.iter().any(|argument| !is_parameter(argument, generics));
            let shown = arguments.args.iter().filter(|argument| !matches!(argument, GenericArgument::Lifetime(_)));
            let shown: Vec<_> = shown.map(|argument| text(argument.to_token_stream())).collect();
            if telling { format!("{word}<{}>", shown.join(", ")) } else { word.to_string() }
        }
        other => format!("{word}{}", text(other.to_token_stream())),
    }
}

/// Whether a generic argument is only a parameter of the `impl` again, or a lifetime.
fn is_parameter(argument: &GenericArgument, generics: &Generics) -> bool {
    let is_declared = |word: &Ident| {
        generics.type_params().any(|parameter| parameter.ident == *word)
            || generics.const_params().any(|parameter| parameter.ident == *word)
    };
    match argument {
        GenericArgument::Lifetime(_) => true,
        GenericArgument::Type(Type::Path(path)) => path.path.get_ident().is_some_and(is_declared),
        _ => false,
    }
}

/// Tokens as people write them: with a space where words would run together, behind commas and around operators.
fn text(tokens: TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        let is_behind_word = text.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket if is_behind_word => (" [", "]"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' => text.push_str(", "),
                ';' => text.push_str("; "),
                '+' => text.push_str(" + "),
                '=' => text.push_str(" = "),
                '-' => text.push_str(" -"),
                '>' if text.ends_with('-') => text.push_str("> "),
                other => text.push(other),
            },
            word => {
                if is_behind_word {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::implementor;

    #[test]
    fn a_type_is_called_by_its_last_word() {
        assert_eq!(implementor(&parse_quote!(impl Store {})), "Store");
        assert_eq!(implementor(&parse_quote!(impl crate::store::Store {})), "Store");
        assert_eq!(implementor(&parse_quote!(impl io::Read for crate::Store {})), "<Store as Read>");
    }

    #[test]
    fn parameters_are_left_out_and_arguments_are_not() {
        assert_eq!(
            implementor(&parse_quote!(
                impl<'a, T, const N: usize> Store<'a, T, N> {}
            )),
            "Store"
        );
        assert_eq!(implementor(&parse_quote!(impl Store<u8, &'static str> {})), "Store<u8, &'static str>");
        assert_eq!(
            implementor(&parse_quote!(
                impl<T> From<Vec<T>> for Store<T> {}
            )),
            "<Store as From<Vec<T>>>"
        );
    }

    #[test]
    fn other_types_are_called_as_they_are_written() {
        let tuple = parse_quote!(impl Area for (u8, &'a mut [T; { N + 1 }]) {});
        assert_eq!(implementor(&tuple), "<(u8, &'a mut [T; { N + 1 }]) as Area>");
        assert_eq!(implementor(&parse_quote!(impl dyn Shape + Send {})), "dyn Shape + Send");
        assert_eq!(implementor(&parse_quote!(impl Area for fn(u8) -> u16 {})), "<fn(u8) -> u16 as Area>");
    }
}
