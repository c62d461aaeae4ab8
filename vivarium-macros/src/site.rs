//! The tokens that lay down a site.

use std::collections::BTreeMap;
use std::env;
use std::sync::{LazyLock, Mutex, PoisonError};

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote_spanned};
use syn::LitStr;

/// What a site is called.
#[derive(Clone)]
pub(crate) struct SiteName {
    text: String,
    span: Span,
}

impl SiteName {
    /// The name in `literal`, unless it can't be one.
    pub(crate) fn new(literal: &LitStr) -> syn::Result<Self> {
        let name = literal.value();
        if name.is_empty() {
            return Err(syn::Error::new(literal.span(), "a span needs a name; write at least one character"));
        }
        if name.contains('\0') {
            return Err(syn::Error::new(literal.span(), "a zero byte can't be in the name of a span; remove it"));
        }
        Ok(Self { text: name, span: literal.span() })
    }

    /// The name that something has in the code, at `span`.
    pub(crate) fn of(text: String, span: Span) -> Self {
        Self { text, span }
    }

    /// The name with a number behind it, where another site has the same name and stands at the same place: a
    /// `macro_rules!` that repeats a function makes such sites, and their ids would be the same.
    fn numbered(&self, at: Span) -> Self {
        static SEEN: Mutex<BTreeMap<(String, String), u32>> = Mutex::new(BTreeMap::new());
        // A span shows itself with the expansion that it is of, which its line and column don't tell.
        let key = (format!("{at:?}"), self.text.clone());
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seen.entry(key).or_default();
        *count += 1;
        let text = if *count == 1 { self.text.clone() } else { format!("{}#{count}", self.text) };
        Self { text, span: self.span }
    }

    /// Where it is written.
    pub(crate) fn span(&self) -> Span {
        self.span
    }
}

impl ToTokens for SiteName {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(literal(&self.text));
    }
}

/// What kind of place a site is: the variants of `vivarium_sys::SiteKind`.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Function,
    AsyncFunction,
    Span,
}

impl ToTokens for Kind {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let variant = match self {
            Self::Function => "Function",
            Self::AsyncFunction => "AsyncFunction",
            Self::Span => "Span",
        };
        tokens.append(proc_macro2::Ident::new(variant, Span::mixed_site()));
    }
}

/// An expression that lays down the site `name` and gives its place. It is said to stand at `at`.
///
/// `file!()` and its like tell of the outermost macro that a token comes from, so they get the user's own span.
pub(crate) fn place(krate: &TokenStream, kind: Kind, name: &SiteName, at: Span) -> TokenStream {
    let ours = Span::mixed_site();
    let file = at.unwrap().file();
    let (file, file_text) = if in_assembler(&file) == file {
        let file = told_at(at, "file");
        (file.clone(), file)
    } else {
        (literal(&file).to_token_stream(), literal(&in_assembler(&file)).to_token_stream())
    };
    let name = name.numbered(at);
    let name_text = literal(&in_assembler(&name.text));
    let (line, column) = (told_at(at, "line"), told_at(at, "column"));
    let place = quote_spanned! {ours=>
        #krate::__private::site!(
            kind: #kind, name: #name, module: ::core::module_path!(), file: #file, line: #line, column: #column,
            texts: [#name_text, #file_text]
        )
    };
    match core_known_at(at) {
        Some(core) => quote_spanned!(ours=> { #core #place }),
        None => place,
    }
}

/// What the macro `what` of the core library tells of the place `at`.
pub(crate) fn told_at(at: Span, what: &str) -> TokenStream {
    let (core, what) = (core_at(at), proc_macro2::Ident::new(what, at));
    quote_spanned!(at=> #core::#what!())
}

/// The core library as a path at the place `at`.
fn core_at(at: Span) -> TokenStream {
    if knows_crates() { quote_spanned!(at=> ::core) } else { quote_spanned!(at=> __core) }
}

/// What makes the core library known to paths at the place `at`.
pub(crate) fn core_known_at(at: Span) -> Option<TokenStream> {
    let name = proc_macro2::Ident::new("__core", at);
    (!knows_crates()).then(|| quote_spanned!(Span::mixed_site()=> extern crate core as #name;))
}

/// Whether the user's paths may begin with any crate, as they may not in the edition of 2015. No token tells that, but cargo tells
/// the compiler, whose process this is.
fn knows_crates() -> bool {
    static KNOWS_CRATES: LazyLock<bool> = LazyLock::new(|| env::args_os().all(|word| word != "--edition=2015"));
    *KNOWS_CRATES
}

/// `text` as it must stand in a string of an assembler directive inside an `asm!` template.
fn in_assembler(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_control() || matches!(character, '"' | '\\' | '{' | '}') {
            escaped.push_str(&format!("\\{:03o}", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

fn literal(text: &str) -> Literal {
    let mut literal = Literal::string(text);
    literal.set_span(Span::mixed_site());
    literal
}
