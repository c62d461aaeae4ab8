//! What stands in the parentheses of `#[vivarium::test(...)]`.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, Path, Token, token};

use crate::{near, options};

/// The options, each as it was written.
#[derive(Default)]
pub(super) struct Args {
    /// What is expected, in this order.
    pub(super) expectations: Vec<Expectation>,
    /// What the `vivarium` crate is called here.
    krate: Option<Path>,
    /// We have put this attribute behind all others already: `@last`, not for people.
    pub(super) is_last: bool,
}

/// One expectation: the name of a method, and its arguments.
pub(super) struct Expectation {
    pub(super) method: Ident,
    pub(super) arguments: TokenStream,
}

/// The methods of `vivarium::fixture::Expectation`, and what else there is.
const OPTIONS: [&str; 9] =
    ["only", "strictly_only", "nothing", "no", "at_least", "at_most", "exactly", "complete", "crate"];

impl Args {
    /// The path to the crate.
    pub(super) fn krate(&self) -> TokenStream {
        options::krate(self.krate.as_ref(), Span::mixed_site())
    }

    /// The attribute that has these options, to be put behind all others of its item. It isn't called `test` there: `#[rstest]`
    /// and `#[gtest]` take whatever ends in that for what makes the test, and make none themselves.
    pub(super) fn as_last_attribute(&self) -> TokenStream {
        let ours = Span::mixed_site();
        let krate = self.krate();
        let expectations = self
            .expectations
            .iter()
            .map(|Expectation { method, arguments }| quote_spanned!(ours=> , #method (#arguments)));
        let path = self.krate.as_ref().map(|path| quote_spanned!(ours=> , crate = #path));
        quote_spanned!(ours=> #[#krate::__private::within_fixture(@last #(#expectations)* #path)])
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
        if !input.peek(Ident::peek_any) {
            return Err(syn::Error::new(input.span(), "write what is expected, as in `no(\"@net\")`"));
        }
        let option = input.call(Ident::parse_any)?;
        let name = option.to_string();
        if !OPTIONS.contains(&name.as_str()) {
            return Err(syn::Error::new(option.span(), near::unknown_option(&name, &OPTIONS)));
        }
        if name == "crate" {
            input.parse::<Token![=]>()?;
            self.krate = Some(input.parse()?);
            return Ok(());
        }
        let arguments = if input.peek(token::Paren) {
            match input.parse()? {
                TokenTree::Group(group) => group.stream(),
                other => other.into(),
            }
        } else if matches!(name.as_str(), "complete" | "nothing") {
            TokenStream::new()
        } else {
            return Err(syn::Error::new(option.span(), format!("`{name}` takes what is expected, in parentheses")));
        };
        self.expectations.push(Expectation { method: option, arguments });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attribute_behind_all_others_looks_like_none_that_makes_a_test() {
        let args: Args = syn::parse_str("complete, crate = eyes").expect("options");
        let attribute = args.as_last_attribute().to_string();
        assert_eq!(attribute, "# [eyes :: __private :: within_fixture (@ last , complete () , crate = eyes)]");
    }
}
