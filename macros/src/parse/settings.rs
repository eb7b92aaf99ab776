//! The inside of an attribute: keys, each with its value, parted by commas.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{LitInt, LitStr, Meta, Token};

use crate::diag::Mistakes;
use crate::model::Number;
use crate::text::shown;
use crate::words::{Attribute, Key};

/// All attributes of one kind on one item.
pub(crate) struct Settings<'a> {
    attribute: &'static Attribute,
    /// The item, as messages call it.
    owner: &'a str,
    seen: Vec<&'static str>,
    /// The place of the first one.
    pub(crate) place: Option<Span>,
    /// Whether something in them could not be read.
    pub(crate) garbled: bool,
}

impl<'a> Settings<'a> {
    pub(crate) fn new(attribute: &'static Attribute, owner: &'a str) -> Self {
        Settings {
            attribute,
            owner,
            seen: Vec::new(),
            place: None,
            garbled: false,
        }
    }

    /// Reads every attribute of this kind. `read` gets each known key once, and reads its value.
    pub(crate) fn read(
        &mut self,
        attributes: &[syn::Attribute],
        mistakes: &mut Mistakes,
        mut read: impl FnMut(&Ident, &str, ParseStream<'_>, &mut Mistakes) -> syn::Result<()>,
    ) {
        for attribute in attributes {
            if !attribute.path().is_ident(self.attribute.name) {
                continue;
            }
            let path = attribute.path().segments[0].ident.span();
            self.place.get_or_insert(path);
            match &attribute.meta {
                Meta::List(list) => self.inside(list.tokens.clone(), mistakes, &mut read),
                Meta::Path(_) => {}
                Meta::NameValue(pair) => {
                    self.garbled = true;
                    let name = self.attribute.name;
                    mistakes.at(
                        pair,
                        format!(
                            "`#[{name} = ..]` on `{}` is missing its parentheses\nhelp: write `#[{name}({})]`",
                            self.owner, self.attribute.keys[0].example
                        ),
                    );
                }
            }
        }
    }

    /// Reads what stands in the parentheses.
    pub(crate) fn inside(
        &mut self,
        tokens: TokenStream,
        mistakes: &mut Mistakes,
        mut read: impl FnMut(&Ident, &str, ParseStream<'_>, &mut Mistakes) -> syn::Result<()>,
    ) {
        let each = |input: ParseStream<'_>| {
            while !input.is_empty() {
                self.setting(input, mistakes, &mut read);
                skip_to_comma(input);
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        // Every mistake inside was taken note of, with its place: nothing is left to be reported here.
        let _: syn::Result<()> = each.parse2(tokens);
    }

    fn setting(
        &mut self,
        input: ParseStream<'_>,
        mistakes: &mut Mistakes,
        read: &mut impl FnMut(&Ident, &str, ParseStream<'_>, &mut Mistakes) -> syn::Result<()>,
    ) {
        let Some(ident) = self.ident(input, mistakes) else {
            self.garbled = true;
            return;
        };
        let Some(key) = self.known(&ident, mistakes) else {
            self.garbled = true;
            return;
        };
        let start = input.fork();
        let duplicate = self.seen.contains(&key.name);
        let outcome = if duplicate {
            self.duplicate(&ident, key, mistakes);
            Ok(())
        } else {
            self.seen.push(key.name);
            read(&ident, key.name, input, mistakes)
        };
        match outcome {
            Err(error) => {
                self.garbled = true;
                self.wrong_value(key, &ident, &start, error, mistakes);
            }
            Ok(()) if duplicate || input.is_empty() || input.peek(Token![,]) => {}
            Ok(()) => {
                self.garbled = true;
                let found = next(input);
                mistakes.at_span(
                    input.span(),
                    format!(
                        "expected `,` after `{}` of `{}`, found `{found}`\nhelp: write `, {found}`",
                        key.name, self.owner
                    ),
                );
            }
        }
    }

    /// The key; for a lone string, the one that it stands for.
    fn ident(&self, input: ParseStream<'_>, mistakes: &mut Mistakes) -> Option<Ident> {
        if let (Some(short), true) = (self.attribute.short, input.peek(LitStr)) {
            return Some(Ident::new(short, input.span()));
        }
        if let Ok(ident) = input.call(Ident::parse_any) {
            return Some(ident);
        }
        mistakes.at_span(
            input.span(),
            format!(
                "expected {} in `{}` of `{}`, found `{}`\nhelp: write `{}`",
                self.attribute,
                self.shown(),
                self.owner,
                next(input),
                self.attribute.keys[0].example
            ),
        );
        None
    }

    fn known(&self, ident: &Ident, mistakes: &mut Mistakes) -> Option<&'static Key> {
        let name = ident.to_string();
        if let Some(key) = self.attribute.key(&name) {
            return Some(key);
        }
        let place = format!("`{}` of `{}`", self.shown(), self.owner);
        let expected = format!("expected {}", self.attribute);
        let message = if let Some(near) = self.attribute.nearest(&name) {
            format!(
                "unknown key `{name}` in {place}\n{expected}\nhelp: write `{}`",
                near.name
            )
        } else if let Some(home) = self.attribute.home_of(&name) {
            format!("`{name}` does not go into {place}\nhelp: it belongs on {home}")
        } else {
            format!("unknown key `{name}` in {place}\n{expected}\nhelp: take it out")
        };
        mistakes.at(ident, message);
        None
    }

    /// The attribute as it is written.
    fn shown(&self) -> String {
        match self.attribute.name {
            "snapshot" => "snapshot(..)".to_owned(),
            "past" => "past!(..)".to_owned(),
            name => format!("#[{name}(..)]"),
        }
    }

    fn duplicate(&self, ident: &Ident, key: &Key, mistakes: &mut Mistakes) {
        mistakes.at(
            ident,
            format!(
                "duplicate `{}` in `{}` of `{}`\nhelp: keep one of them",
                key.name,
                self.shown(),
                self.owner
            ),
        );
    }

    fn wrong_value(
        &self,
        key: &Key,
        ident: &Ident,
        start: ParseStream<'_>,
        error: syn::Error,
        mistakes: &mut Mistakes,
    ) {
        let rest = rest_of_setting(start);
        let help = format!("help: write `{}`", key.example);
        if rest.is_empty() {
            mistakes.at(
                ident,
                format!(
                    "missing the value of `{}` in `{}` of `{}`\n{help}",
                    key.name,
                    self.shown(),
                    self.owner
                ),
            );
            return;
        }
        let rest: TokenStream = rest.into_iter().collect();
        let found = shown(rest);
        let found = found.strip_prefix("= ").unwrap_or(&found);
        // Within an expression, the parser of Rust knows best what is missing.
        let detail = match key.expects.contains("function") {
            true => format!(": {error}"),
            false => String::new(),
        };
        mistakes.at_span(
            error.span(),
            format!(
                "`{}` of `{}` expects {}, found `{found}`{detail}\n{help}",
                key.name, self.owner, key.expects
            ),
        );
    }
}

/// `= value`
pub(crate) fn value<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// `= "text"`, or the text alone in the short form.
pub(crate) fn text_value(input: ParseStream<'_>) -> syn::Result<LitStr> {
    if input.peek(LitStr) {
        return input.parse();
    }
    value(input)
}

/// `= 1`, with its place.
pub(crate) fn number(input: ParseStream<'_>) -> syn::Result<Number> {
    let literal: LitInt = value(input)?;
    Ok(Number {
        number: literal.base10_parse()?,
        span: literal.span(),
    })
}

/// `= path`, in which `crate` and `self` may come first.
pub(crate) fn path_value(input: ParseStream<'_>) -> syn::Result<syn::Path> {
    input.parse::<Token![=]>()?;
    input.call(syn::Path::parse_mod_style)
}

/// A key that stands alone.
pub(crate) fn flag(key: &Ident, input: ParseStream<'_>) -> syn::Result<Ident> {
    match input.is_empty() || input.peek(Token![,]) {
        true => Ok(key.clone()),
        false => Err(input.error("a value")),
    }
}

/// `(item, item)`
pub(crate) fn list<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let inside;
    syn::parenthesized!(inside in input);
    let items = Punctuated::<T, Token![,]>::parse_terminated(&inside)?;
    Ok(items.into_iter().collect())
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        // A token tree can always be read where the input is not empty.
        let _: syn::Result<proc_macro2::TokenTree> = input.parse();
    }
}

fn rest_of_setting(input: ParseStream<'_>) -> Vec<proc_macro2::TokenTree> {
    let mut rest = Vec::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        rest.extend(input.parse::<proc_macro2::TokenTree>());
    }
    rest
}

fn next(input: ParseStream<'_>) -> String {
    match input.fork().parse::<proc_macro2::TokenTree>() {
        Ok(token) => shown(token),
        Err(_) => "nothing".to_owned(),
    }
}
