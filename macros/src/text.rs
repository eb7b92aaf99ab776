//! Tokens as canonical text: the same tokens print equally, however they were laid out.
//!
//! The compiler's own printing keeps some of the spacing of the source. What is compared across builds, like the rules
//! behind a snapshot, must not change because somebody ran rustfmt.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
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
        (" . ", "."),
        (" :", ":"),
    ] {
        shown = shown.replace(spaced, tight);
    }
    shown
}

/// Operators of more than one character, the longest first.
const OPERATORS: [&str; 24] = [
    "<<=", ">>=", "...", "..=", "&&", "||", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=",
    "^=", "&=", "|=", "<<", ">>", "::", "->", "=>", "..",
];

fn print(tokens: TokenStream, out: &mut String) {
    // Punctuation that stands together in the source; whether it is one operator is not said.
    let mut together = String::new();
    let mut first = true;
    for token in tokens {
        let spaced = !first && !together.ends_with('\'');
        if let TokenTree::Punct(punct) = &token {
            together.push(punct.as_char());
            if punct.spacing() == Spacing::Joint {
                continue;
            }
        }
        let starts_with = out.len();
        operators(&together, first, out);
        together.clear();
        first &= starts_with == out.len();
        if matches!(token, TokenTree::Punct(_)) {
            continue;
        }
        if !first && spaced {
            out.push(' ');
        }
        first = false;
        match token {
            TokenTree::Group(group) => self::group(&group, out),
            token => out.push_str(&token.to_string()),
        }
    }
    operators(&together, first, out);
}

fn operators(mut together: &str, mut first: bool, out: &mut String) {
    while let Some(single) = together.chars().next() {
        let known = OPERATORS.iter().find(|known| together.starts_with(**known));
        let length = known.map_or(single.len_utf8(), |known| known.len());
        if !first && !matches!(single, ',' | ';') {
            out.push(' ');
        }
        first = false;
        out.push_str(&together[..length]);
        together = &together[length..];
    }
}

fn group(group: &Group, out: &mut String) {
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
        assert_eq!(of("a=-1"), of("a = - 1"));
        assert_eq!(of("&'a T"), of("& 'a T"));
        assert_eq!(of("|x|->T{-x}"), of("| x | -> T { - x }"));
        assert_eq!(of("fn f ( ) { g( 1 ) }"), of("fn f(){g(1)}"));
    }

    #[test]
    fn tokens_do_matter() {
        assert_ne!(of("a += 1"), of("a -= 1"));
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
        assert_eq!(of("a..=-b"), "a ..= - b");
        assert_eq!(of("x?;"), "x ?;");
    }
}
