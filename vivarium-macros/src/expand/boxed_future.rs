//! Whether a type is some future in a box.

use syn::{GenericArgument, Path, PathArguments, ReturnType, Type, TypeParamBound};

/// Whether the return type says that it is some future in a box, so that it may also be another one. What it only mentions,
/// as `Box<dyn Fn() -> BoxFuture<'static, u8>>` does, doesn't make it one.
pub(crate) fn is_boxed_future(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => false,
        ReturnType::Type(_, ty) => is_pinned_or_boxed(ty),
    }
}

fn is_pinned_or_boxed(ty: &Type) -> bool {
    let Type::Path(path) = bare(ty) else { return false };
    match word(&path.path).as_str() {
        "Pin" => argument(&path.path).is_some_and(is_pinned_or_boxed),
        "Box" => argument(&path.path).is_some_and(is_some_future),
        word => word.ends_with("BoxFuture"),
    }
}

/// Whether it is `dyn Future`, whatever else it promises.
fn is_some_future(ty: &Type) -> bool {
    let Type::TraitObject(object) = bare(ty) else { return false };
    object.bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => word(&bound.path) == "Future",
        _ => false,
    })
}

/// The type in the parentheses, and in the group that a `macro_rules!` hands on.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(inner) => bare(&inner.elem),
        Type::Paren(inner) => bare(&inner.elem),
        ty => ty,
    }
}

/// The last word of a path.
fn word(path: &Path) -> String {
    path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// The type that a path has as its first argument.
fn argument(path: &Path) -> Option<&Type> {
    match &path.segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_future_in_a_box_is_known_by_whatever_path() {
        let futures: [ReturnType; 9] = [
            parse_quote!(-> Pin<Box<dyn Future<Output = u8>>>),
            parse_quote!(-> ::core::pin::Pin<std::boxed::Box<dyn ::core::future::Future<Output = ()> + Send + 'static>>),
            parse_quote!(-> Pin<Box<dyn Send + Future<Output = u8> + 'a>>),
            parse_quote!(-> Pin<Box<(dyn Future<Output = Box<dyn Fn()>> + Send)>>),
            parse_quote!(-> (Pin<Box<dyn Future<Output = u8>>>)),
            parse_quote!(-> Box<dyn Future<Output = u8> + Unpin>),
            parse_quote!(-> BoxFuture<'a, Result<u8, Error>>),
            parse_quote!(-> futures::future::LocalBoxFuture<'static, ()>),
            parse_quote!(-> <Self as Service>::BoxFuture),
        ];
        for future in futures {
            assert!(is_boxed_future(&future), "{}", future.to_token_stream());
        }
    }

    #[test]
    fn what_only_mentions_futures_is_none() {
        let others: [ReturnType; 8] = [
            parse_quote!(),
            parse_quote!(-> Box<dyn Fn(u8) -> BoxFuture<'static, u8> + Send + Sync>),
            parse_quote!(-> Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()>>>>),
            parse_quote!(-> Box<dyn Service<Future = Ready<u8>>>),
            parse_quote!(-> Box<dyn Service<Future = Pin<Box<dyn Future<Output = u8>>>>>),
            parse_quote!(-> Vec<BoxFuture<'static, u8>>),
            parse_quote!(-> Pin<Box<Ready<Box<dyn Future<Output = u8>>>>>),
            parse_quote!(-> impl Future<Output = Box<dyn Error>>),
        ];
        for other in others {
            assert!(!is_boxed_future(&other), "{}", other.to_token_stream());
        }
    }
}
