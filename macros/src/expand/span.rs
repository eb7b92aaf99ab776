//! Places for generated tokens. A call to a compile-time check gets the span of what it checks, so that the compiler's
//! message points there and at nothing else.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

/// Where the tokens begin and end.
pub(super) fn ends(tokens: impl ToTokens) -> (Span, Span) {
    let mut tokens = tokens.into_token_stream().into_iter();
    let start = tokens
        .next()
        .map_or_else(Span::call_site, |first| first.span());
    let end = tokens.last().map_or(start, |last| last.span());
    (start, end)
}

/// A call that spans all of `place`.
pub(super) fn call(
    place: impl ToTokens,
    function: TokenStream,
    arguments: &TokenStream,
) -> TokenStream {
    let (start, end) = ends(place);
    let function = function.into_iter().map(|mut token| {
        token.set_span(start);
        token
    });
    let arguments = quote_spanned!(end=> (#arguments));
    function.chain(arguments).collect()
}

/// The tokens, moved to all of `place`.
pub(super) fn placed(tokens: TokenStream, place: impl ToTokens) -> TokenStream {
    let (start, end) = ends(place);
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let last = tokens.len().saturating_sub(1);
    for (i, token) in tokens.iter_mut().enumerate() {
        token.set_span(if i == last { end } else { start });
    }
    tokens.into_iter().collect()
}

/// The tokens with `Self` written out, for places where `Self` is another type or none.
pub(super) fn without_self(tokens: impl ToTokens, written_out: &TokenStream) -> TokenStream {
    let replace = |token: TokenTree| match token {
        TokenTree::Ident(ident) if ident == "Self" => {
            let span = ident.span();
            written_out
                .clone()
                .into_iter()
                .map(|mut token| {
                    token.set_span(span);
                    token
                })
                .collect()
        }
        TokenTree::Group(group) => {
            let mut inside =
                Group::new(group.delimiter(), without_self(group.stream(), written_out));
            inside.set_span(group.span());
            TokenStream::from(TokenTree::Group(inside))
        }
        token => token.into(),
    };
    tokens
        .into_token_stream()
        .into_iter()
        .map(replace)
        .collect()
}
