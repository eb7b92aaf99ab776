//! The one place where mistakes are collected, so that an item with five of them reports five at once.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// What is wrong with the item at hand. It has to be read with [`Mistakes::report`]: dropping it unread is a bug that
/// would turn a refused item into an accepted one, so that it panics.
#[derive(Default)]
pub(crate) struct Mistakes {
    found: Vec<syn::Error>,
    read: bool,
}

impl Mistakes {
    /// A mistake that spans the given tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.found.push(syn::Error::new_spanned(tokens, message));
    }

    /// A mistake at one place.
    pub(crate) fn at_span(&mut self, span: Span, message: impl Display) {
        self.found.push(syn::Error::new(span, message));
    }

    /// What the parser of Rust itself found.
    pub(crate) fn syntax(&mut self, error: syn::Error) {
        self.found.push(error);
    }

    /// The mistakes as items that make the compiler print them; `None` where there are none.
    pub(crate) fn report(mut self) -> Option<TokenStream> {
        self.read = true;
        if self.found.is_empty() {
            return None;
        }
        Some(
            self.found
                .iter()
                .map(syn::Error::to_compile_error)
                .collect(),
        )
    }
}

impl Drop for Mistakes {
    fn drop(&mut self) {
        assert!(
            self.read || std::thread::panicking(),
            "mistakes were collected and never reported"
        );
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::Mistakes;

    #[test]
    fn all_mistakes_are_reported_in_order() {
        let mut mistakes = Mistakes::default();
        mistakes.at_span(Span::call_site(), "one");
        mistakes.at_span(Span::call_site(), "two");
        let report = mistakes.report().expect("two mistakes").to_string();
        assert!(report.find("one") < report.find("two"), "{report}");
    }

    #[test]
    fn none_is_none() {
        assert!(Mistakes::default().report().is_none());
    }

    #[test]
    #[should_panic(expected = "never reported")]
    fn mistakes_cannot_be_forgotten() {
        Mistakes::default().at_span(Span::call_site(), "lost");
    }
}
