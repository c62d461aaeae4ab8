//! What stands in the parentheses of `#[vivarium::observe(...)]`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Path, Token};

use crate::site::SiteName;
use crate::{near, options};

/// The options, each as it was written.
#[derive(Clone, Default)]
pub(crate) struct Args {
    /// What the site is called, where that isn't the name of the function.
    pub(crate) name: Option<SiteName>,
    /// Leave this function of a marked block alone.
    pub(crate) skip: Option<Ident>,
    /// Report an `Err` that is returned.
    pub(crate) err: Option<Ident>,
    /// What the `vivarium` crate is called here.
    pub(crate) krate: Option<Path>,
    /// We have put this attribute behind all others already: `@last`, not for people.
    pub(crate) is_last: bool,
}

const OPTIONS: [&str; 4] = ["name", "skip", "err", "crate"];

impl Args {
    /// The path to the crate, with the hygiene of our own code.
    pub(crate) fn krate(&self) -> TokenStream {
        self.krate_at(Span::mixed_site())
    }

    /// The path to the crate in code for whose errors `at` is the place.
    pub(crate) fn krate_at(&self, at: Span) -> TokenStream {
        options::krate(self.krate.as_ref(), at)
    }

    /// The attribute that has these options, to be put behind all others of its item.
    pub(crate) fn as_last_attribute(&self) -> TokenStream {
        let ours = Span::mixed_site();
        let krate = self.krate();
        let name = self.name.as_ref().map(|name| quote_spanned!(ours=> , name = #name));
        let skip = self.skip.as_ref().map(|skip| quote_spanned!(ours=> , #skip));
        let err = self.err.as_ref().map(|err| quote_spanned!(ours=> , #err));
        let path = self.krate.as_ref().map(|path| quote_spanned!(ours=> , crate = #path));
        quote_spanned!(ours=> #[#krate::observe(@last #name #skip #err #path)])
    }
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut args = Self::default();
        args.is_last = options::parse(input, |input| args.parse_option(input))?;
        Ok(args)
    }
}

impl Args {
    fn parse_option(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            return Err(syn::Error::new(literal.span(), format!("write `name = {}`", literal.token())));
        }
        let option = input.call(Ident::parse_any)?;
        let is_twice = match option.to_string().as_str() {
            "name" => self.name.replace(parse_name(input, &option)?).is_some(),
            "skip" => self.skip.replace(parse_word(input, &option)?).is_some(),
            "err" => self.err.replace(parse_word(input, &option)?).is_some(),
            "crate" => {
                self.krate.replace(parse_value(input, &option, "a path, as in `crate = my_vivarium`")?).is_some()
            }
            unknown => return Err(syn::Error::new(option.span(), near::unknown_option(unknown, &OPTIONS))),
        };
        if is_twice {
            return Err(syn::Error::new(option.span(), format!("`{option}` is given twice; keep one of them")));
        }
        Ok(())
    }
}

/// An option that is a word alone.
fn parse_word(input: ParseStream<'_>, option: &Ident) -> syn::Result<Ident> {
    if input.is_empty() || input.peek(Token![,]) || input.peek(Ident::peek_any) {
        return Ok(option.clone());
    }
    Err(syn::Error::new(input.span(), format!("`{option}` takes no value; write just `{option}`")))
}

fn parse_name(input: ParseStream<'_>, option: &Ident) -> syn::Result<SiteName> {
    SiteName::new(&parse_value::<LitStr>(input, option, "a string literal, as in `name = \"load\"`")?)
}

fn parse_value<T: Parse>(input: ParseStream<'_>, option: &Ident, wanted: &str) -> syn::Result<T> {
    let wants = || format!("`{option}` takes {wanted}");
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Err(syn::Error::new(option.span(), wants()));
    }
    let at = if input.is_empty() { option.span() } else { input.span() };
    input.parse().map_err(|_| syn::Error::new(at, wants()))
}
