//! A type of the corpus, as the macros of `tests/schema` take it.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Item, Token, Type, braced, parse_quote};

pub(crate) struct Entry {
    pub(crate) name: Ident,
    /// The type that is stored; `T`, unless that is generic.
    pub(crate) of: Type,
    /// The type `T` and those of which it is made.
    pub(crate) items: Vec<Item>,
    /// The same after a refactor that was written for it.
    pub(crate) refactored: Option<Vec<Item>>,
    /// Whether serde leaves something out before the refactor or after it; a fact is stored whole.
    pub(crate) skips: bool,
}

/// `name: { .. }`, `name = T<..>: { .. }`, or `name: { .. } => { .. }`.
impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        let of = match input.parse::<Option<Token![=]>>()? {
            Some(_) => input.parse()?,
            None => parse_quote!(T),
        };
        input.parse::<Token![:]>()?;
        let items = items(input)?;
        let refactored = input.parse::<Option<Token![=>]>>()?;
        let refactored = refactored.map(|_| self::items(input)).transpose()?;
        let mut all = items.iter().chain(refactored.iter().flatten());
        Ok(Entry {
            skips: all.any(|item| is_of(&of, item) && skips(item.to_token_stream())),
            name,
            of,
            items,
            refactored,
        })
    }
}

fn items(input: ParseStream<'_>) -> syn::Result<Vec<Item>> {
    let content;
    braced!(content in input);
    let mut items = Vec::new();
    while !content.is_empty() {
        items.push(content.parse()?);
    }
    Ok(items)
}

/// `name: type, type;`, which becomes a struct with a field of each type.
pub(crate) struct Types(pub(crate) Entry);

impl Parse for Types {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let types = Punctuated::<Type, Token![,]>::parse_separated_nonempty(input)?;
        let fields = types.iter().enumerate();
        let fields = fields.map(|(number, ty)| (format_ident!("of_{number}"), ty));
        let fields = fields.map(|(field, ty)| quote!(#field: #ty));
        input.parse::<Token![;]>()?;
        Ok(Types(Entry {
            name,
            of: parse_quote!(T),
            items: vec![parse_quote!(struct T { #(#fields),* })],
            refactored: None,
            skips: false,
        }))
    }
}

impl Entry {
    /// The number among the items of the one that can be an event itself: not where it is generic.
    pub(crate) fn event(&self) -> Option<usize> {
        let position = self.items.iter().position(|item| is_of(&self.of, item));
        position.filter(|_| !self.skips)
    }
}

fn is_of(of: &Type, item: &Item) -> bool {
    let ident = match item {
        Item::Struct(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        _ => return false,
    };
    matches!(of, Type::Path(of) if of.path.is_ident(ident))
}

fn skips(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => {
            word == "skip" || word == "skip_serializing" || word == "skip_deserializing"
        }
        TokenTree::Group(group) => skips(group.stream()),
        _ => false,
    })
}
