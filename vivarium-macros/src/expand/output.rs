//! The return type of a function, written where only some types may stand.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, ReturnType, Type};

/// The type as the output of a future.
pub(crate) fn of_future(output: &ReturnType, krate: &TokenStream) -> TokenStream {
    let ours = Span::mixed_site();
    match output {
        ReturnType::Default => quote_spanned!(ours=> ()),
        ReturnType::Type(_, ty) => match &**ty {
            // There is no stable way to name it here, but the output of a function has it.
            Type::Never(_) => quote_spanned!(ours=> <fn() -> ! as #krate::__private::Returns>::Type),
            ty => ty.to_token_stream(),
        },
    }
}

/// The type as an annotation inside the body, with `_` where it is opaque. `None` where it can't be named.
pub(crate) fn annotation(output: &ReturnType) -> Option<TokenStream> {
    match output {
        ReturnType::Default => Some(quote_spanned!(Span::mixed_site()=> ())),
        ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => None,
        ReturnType::Type(_, ty) => {
            let mut ty = (**ty).clone();
            infer_opaque(&mut ty);
            Some(ty.to_token_stream())
        }
    }
}

/// Puts `_` for each `impl Trait` in `ty`.
fn infer_opaque(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => *ty = Type::Verbatim(quote_spanned!(Span::mixed_site()=> _)),
        Type::Array(inner) => infer_opaque(&mut inner.elem),
        Type::Group(inner) => infer_opaque(&mut inner.elem),
        Type::Paren(inner) => infer_opaque(&mut inner.elem),
        Type::Ptr(inner) => infer_opaque(&mut inner.elem),
        Type::Reference(inner) => infer_opaque(&mut inner.elem),
        Type::Slice(inner) => infer_opaque(&mut inner.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(infer_opaque),
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { continue };
                for argument in &mut arguments.args {
                    if let GenericArgument::Type(ty) = argument {
                        infer_opaque(ty);
                    }
                }
            }
        }
        _ => {}
    }
}

/// Where the return type stands, with our own hygiene: errors about it point there.
pub(crate) fn span(output: &ReturnType) -> Span {
    match output {
        ReturnType::Default => Span::mixed_site(),
        ReturnType::Type(_, ty) => ty.span().resolved_at(Span::mixed_site()),
    }
}
