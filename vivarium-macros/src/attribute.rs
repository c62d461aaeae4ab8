//! The attributes of an item, read no further than needed.

use proc_macro2::{Delimiter, Group, Punct, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};

/// Attributes that the compiler itself knows and that don't rewrite their item.
const BUILT_IN: &[&str] = &[
    "allow",
    "automatically_derived",
    "bench",
    "cfg",
    "cold",
    "collapse_debuginfo",
    "coverage",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "ignore",
    "inline",
    "instruction_set",
    "link_name",
    "link_ordinal",
    "link_section",
    "must_use",
    "naked",
    "no_mangle",
    "non_exhaustive",
    "optimize",
    "path",
    "proc_macro",
    "proc_macro_attribute",
    "proc_macro_derive",
    "repr",
    "should_panic",
    "target_feature",
    "test",
    "track_caller",
    "unsafe",
    "used",
    "warn",
];

/// Tools whose attributes the compiler leaves alone, as in `#[clippy::...]`.
const TOOLS: &[&str] = &["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];

/// One attribute: `#[...]`.
#[derive(Clone)]
pub(crate) struct Attribute {
    pound: Punct,
    brackets: Group,
}

impl Attribute {
    /// Takes the attributes that `tokens` begins with.
    pub(crate) fn take_all(tokens: &mut &[TokenTree]) -> Vec<Self> {
        let mut attributes = Vec::new();
        while let [TokenTree::Punct(pound), TokenTree::Group(brackets), rest @ ..] = *tokens
            && pound.as_char() == '#'
            && brackets.delimiter() == Delimiter::Bracket
        {
            attributes.push(Self { pound: pound.clone(), brackets: brackets.clone() });
            *tokens = rest;
        }
        attributes
    }

    /// Takes the inner attributes that `tokens` begins with, `#![...]`, and makes outer ones of them.
    pub(crate) fn take_inner(tokens: &mut &[TokenTree]) -> Vec<Self> {
        let mut attributes = Vec::new();
        while let [TokenTree::Punct(pound), TokenTree::Punct(bang), TokenTree::Group(brackets), rest @ ..] = *tokens
            && pound.as_char() == '#'
            && bang.as_char() == '!'
            && brackets.delimiter() == Delimiter::Bracket
        {
            attributes.push(Self { pound: pound.clone(), brackets: brackets.clone() });
            *tokens = rest;
        }
        attributes
    }

    /// Moves the inner attributes that `tokens` begins with to `output`, as they are.
    pub(crate) fn skip_inner(tokens: &mut &[TokenTree], output: &mut TokenStream) {
        let before = *tokens;
        Self::take_inner(tokens);
        output.append_all(&before[..before.len() - tokens.len()]);
    }

    /// Whether it is `#[observe]`, by whatever path.
    pub(crate) fn is_observe(&self) -> bool {
        self.path().last().is_some_and(|word| word == "observe")
    }

    /// Whether it is `#[observe]` by a path that can hardly mean another one.
    pub(crate) fn is_surely_observe(&self) -> bool {
        matches!(
            self.path().iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
            ["observe"] | ["vivarium", "observe"]
        )
    }

    /// Whether it has this path of a single word, also as `#[unsafe(word)]`.
    pub(crate) fn is(&self, word: &str) -> bool {
        match self.path().as_slice() {
            [only] if only == "unsafe" => self.arguments().is_some_and(|inner| first_word(&inner) == Some(word.into())),
            [only] => only == word,
            _ => false,
        }
    }

    /// Whether it may be a macro, that is, whether the compiler doesn't know it.
    pub(crate) fn may_be_macro(&self) -> bool {
        match self.path().as_slice() {
            // Which attributes it stands for is known only when the compiler has got to it.
            [only] if only == "cfg_attr" => true,
            [only] => !BUILT_IN.contains(&only.as_str()),
            [tool, ..] => !TOOLS.contains(&tool.as_str()),
            [] => false,
        }
    }

    /// The words of its path.
    pub(crate) fn path(&self) -> Vec<String> {
        let mut path = Vec::new();
        for token in self.brackets.stream() {
            match token {
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Punct(colon) if colon.as_char() == ':' => {}
                _ => break,
            }
        }
        path
    }

    /// What stands in its parentheses.
    pub(crate) fn arguments(&self) -> Option<TokenStream> {
        self.brackets.stream().into_iter().find_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
            _ => None,
        })
    }

    /// All of it but the `#`, for errors that point at it.
    pub(crate) fn brackets(&self) -> &Group {
        &self.brackets
    }
}

fn first_word(tokens: &TokenStream) -> Option<String> {
    match tokens.clone().into_iter().next()? {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(self.pound.clone());
        tokens.append(self.brackets.clone());
    }
}
