//! Functions. The guard stands in the body itself, so that nothing about the call changes.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Signature, Token, Visibility};

use crate::args::Args;
use crate::attribute::Attribute;
use crate::expand::arguments::{Arguments, Move};
use crate::expand::{async_function, output, returned_future};
use crate::item::{End, Item};
use crate::site::{self, Kind, SiteName};

/// A function with a body.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    /// What stands before the signature.
    pub(crate) qualifiers: TokenStream,
    pub(crate) signature: Signature,
    /// The body as it was written, but for inner attributes.
    pub(crate) body: Group,
}

impl Function {
    /// The function that an item is. `None` where its head doesn't parse.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let End::Body(body) = &item.end else { return None };
        let head = item.head.iter().cloned().collect();
        let (qualifiers, signature) = parse_head.parse2(head).ok()?;
        let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        let mut rest = tokens.as_slice();
        let mut attributes = item.attributes.clone();
        attributes.extend(Attribute::take_inner(&mut rest));
        let mut stripped = Group::new(body.delimiter(), rest.iter().cloned().collect());
        stripped.set_span(body.span());
        Some(Self { attributes, qualifiers, signature, body: stripped })
    }

    /// The function with other arguments, another output and another body.
    ///
    /// From its first token to its last it is the user's to the compiler, which would keep its warnings about the function
    /// to itself otherwise. A block within is ours.
    pub(crate) fn with(&self, arguments: &Arguments, output: &TokenStream, body: &TokenStream) -> TokenStream {
        let Self { attributes, qualifiers, signature, .. } = self;
        let Signature { constness, asyncness: _, safety, abi, fn_token, ident, generics, variadic, .. } = signature;
        let (inputs, where_clause) = (&arguments.inputs, &generics.where_clause);
        let mut head = quote!(#(#attributes)* #qualifiers #constness #safety #abi #fn_token #ident #generics);
        signature.paren_token.surround(&mut head, |within| {
            inputs.to_tokens(within);
            if variadic.is_some() && !inputs.empty_or_trailing() {
                <Token![,]>::default().to_tokens(within);
            }
            variadic.to_tokens(within);
        });
        let mut block = Group::new(Delimiter::Brace, quote_spanned!(Span::mixed_site()=> { #body }));
        block.set_span(self.body.span());
        quote!(#head #output #where_clause #block)
    }

    /// The place of the function's site.
    pub(crate) fn place(&self, args: &Args, kind: Kind) -> TokenStream {
        let ident = &self.signature.ident;
        let name = args.name.clone().unwrap_or_else(|| SiteName::of(ident.unraw().to_string(), ident.span()));
        site::place(&args.krate(), kind, &name, ident.span())
    }
}

fn parse_head(input: ParseStream<'_>) -> syn::Result<(TokenStream, Signature)> {
    let mut qualifiers = input.parse::<Visibility>()?.into_token_stream();
    let is_default = input.fork().call(Ident::parse_any).is_ok_and(|word| word == "default");
    if is_default {
        input.call(Ident::parse_any)?.to_tokens(&mut qualifiers);
    }
    Ok((qualifiers, input.parse()?))
}

/// Expands a marked function. `None` where its head doesn't parse.
pub(crate) fn expand(args: &Args, item: &Item) -> Option<TokenStream> {
    let function = Function::of(item)?;
    if function.signature.asyncness.is_some() {
        return Some(async_function::expand(args, &function));
    }
    if let Some(expanded) = returned_future::expand(args, &function) {
        return Some(expanded);
    }
    let output = function.signature.output.to_token_stream();
    let (arguments, body) = if args.err.is_some() { reporting(args, &function) } else { plain(args, &function) };
    Some(function.with(&arguments, &output, &body))
}

/// The block around it ends after the body's last temporaries are dropped, in every edition: that is how blocks with the
/// hygiene of this crate behave. The parentheses keep the compiler from calling the braces within unnecessary.
fn plain(args: &Args, function: &Function) -> (Arguments, TokenStream) {
    let arguments = Arguments::of(&function.signature, Move::Droppable);
    let (krate, place, moves, body) =
        (args.krate(), function.place(args, Kind::Function), &arguments.moves, &function.body);
    let body = quote_spanned! {Span::mixed_site()=>
        let __guard = #krate::__private::SpanGuard::enter(#place);
        #moves
        (#body)
    };
    (arguments, body)
}

/// With `err` the body becomes a closure, whose `return` and `?` can be seen from outside.
fn reporting(args: &Args, function: &Function) -> (Arguments, TokenStream) {
    let arguments = Arguments::of(&function.signature, Move::All);
    let (krate, place, moves, body) =
        (args.krate(), function.place(args, Kind::Function), &arguments.moves, &function.body);
    let output = output::annotation(&function.signature.output).map(|ty| quote_spanned!(Span::mixed_site()=> -> #ty));
    let report = quote_spanned!(output::span(&function.signature.output)=> report(&__result));
    let body = quote_spanned! {Span::mixed_site()=>
        let __guard = #krate::__private::SpanGuard::enter(#place);
        let __result = #krate::__private::call(move || #output { #moves (#body) });
        __guard.#report;
        __result
    };
    (arguments, body)
}
