//! Tokens as canonical text: the same tokens print equally, however they were laid out.
//!
//! The compiler's own printing keeps some of the spacing of the source. What is compared across builds, like the rules
//! behind a snapshot, must not change because somebody ran rustfmt.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// The tokens, each parted from the next by one space, except where they make up one operator.
pub(crate) fn text(tokens: TokenStream) -> String {
    let mut out = String::new();
    print(tokens, &mut out);
    out
}

/// The tokens as a person writes them, for messages.
pub(crate) fn shown(tokens: impl ToTokens) -> String {
    let mut shown = text(tokens.into_token_stream());
    for (spaced, tight) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ,", ","),
        (" :", ":"),
    ] {
        shown = shown.replace(spaced, tight);
    }
    shown
}

fn print(tokens: TokenStream, out: &mut String) {
    let mut glued = true;
    for token in tokens {
        if !glued {
            out.push(' ');
        }
        glued = false;
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    // Invisible: the trace of a `macro_rules!` variable.
                    Delimiter::None => ("", ""),
                };
                out.push_str(open);
                print(group.stream(), out);
                out.push_str(close);
            }
            TokenTree::Punct(punct) => {
                out.push(punct.as_char());
                glued = punct.spacing() == Spacing::Joint || punct.as_char() == '\'';
            }
            TokenTree::Ident(ident) => out.push_str(&ident.to_string()),
            TokenTree::Literal(literal) => out.push_str(&literal.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::{shown, text};

    fn of(source: &str) -> String {
        text(source.parse().expect("tokens"))
    }

    #[test]
    fn layout_does_not_matter() {
        assert_eq!(
            of("rename=\"a\",default"),
            of("rename = \"a\" ,\n    default")
        );
        assert_eq!(of("self . total+=1"), of("self.total += 1"));
        assert_eq!(of("fn f ( ) { g( 1 ) }"), of("fn f(){g(1)}"));
    }

    #[test]
    fn tokens_do_matter() {
        assert_ne!(of("a += 1"), of("a -= 1"));
        assert_ne!(of("a & & b"), of("a && b"));
        assert_ne!(of("\"a b\""), of("\"a  b\""));
        assert_ne!(of("(a)"), of("[a]"));
    }

    #[test]
    fn types_are_shown_as_they_are_written() {
        for source in [
            "&Recorded",
            "Vec<a::B>",
            "::std::vec::Vec<(A, B)>",
            "Map<K, Vec<V>>",
        ] {
            let tokens: TokenStream = source.parse().expect("tokens");
            assert_eq!(shown(tokens), source);
        }
    }

    #[test]
    fn operators_and_lifetimes_stay_whole() {
        assert_eq!(of("a >>= b :: c"), "a >>= b :: c");
        assert_eq!(of("&'a T"), "& 'a T");
    }
}
