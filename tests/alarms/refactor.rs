//! Refactors that can be done to any type, and leave no trace in what is stored.

use proc_macro2::TokenTree;
use quote::{ToTokens, format_ident};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Field, FieldsNamed, Ident, Item, ItemEnum, ItemStruct, PathSegment, Token, Type,
    parse_quote,
};

use crate::entry::Entry;

/// What the types by rule are called in the root of the crate.
pub(crate) const TYPES: &str = "
    /// An alias.
    type Byte = u8;
    /// A newtype.
    #[derive(annals::Schema, serde::Serialize, serde::Deserialize, PartialEq, Eq, PartialOrd, Ord)]
    struct Flag(bool);
    /// A struct that is transparent.
    #[derive(annals::Schema, serde::Serialize, serde::Deserialize, PartialEq, Eq, Hash)]
    #[serde(transparent)]
    struct Letter { inner: char }
";

/// Renames all types, turns the order of fields and variants around, gives fields boxes, aliases, newtypes and transparent
/// structs.
pub(crate) fn by_rule(entry: &mut Entry) {
    let names = entry.items.iter().filter_map(|item| match item {
        Item::Struct(of) => Some(of.ident.clone()),
        Item::Enum(of) => Some(of.ident.clone()),
        _ => None,
    });
    let mut rule = Rule {
        names: names.collect(),
    };
    for item in &mut entry.items {
        rule.visit_item_mut(item);
    }
    rule.visit_type_mut(&mut entry.of);
}

struct Rule {
    names: Vec<Ident>,
}

impl Rule {
    fn rename(&self, ident: &mut Ident) {
        if self.names.contains(ident) {
            *ident = format_ident!("Renamed{ident}");
        }
    }
}

impl VisitMut for Rule {
    fn visit_item_struct_mut(&mut self, of: &mut ItemStruct) {
        // Beside a tag the name is stored.
        if says(&of.attrs, "tag") && !says(&of.attrs, "rename") {
            let name = of.ident.to_string();
            of.attrs.push(parse_quote!(#[serde(rename = #name)]));
        }
        self.rename(&mut of.ident);
        visit_mut::visit_item_struct_mut(self, of);
    }

    fn visit_item_enum_mut(&mut self, of: &mut ItemEnum) {
        self.rename(&mut of.ident);
        // Without tags, the first that fits is meant.
        let is_ordered = |attrs| says(attrs, "untagged") || says(attrs, "other");
        let variants = of.variants.iter();
        if !is_ordered(&of.attrs) && !variants.into_iter().any(|of| is_ordered(&of.attrs)) {
            reverse(&mut of.variants);
        }
        visit_mut::visit_item_enum_mut(self, of);
    }

    fn visit_fields_named_mut(&mut self, of: &mut FieldsNamed) {
        reverse(&mut of.named);
        visit_mut::visit_fields_named_mut(self, of);
    }

    fn visit_field_mut(&mut self, of: &mut Field) {
        visit_mut::visit_field_mut(self, of);
        let ty = &of.ty;
        // Functions that serde calls take the type as it is, and that a type stores nothing is told by its name.
        let is_nothing = ty.to_token_stream().to_string().contains("PhantomData");
        if of.attrs.is_empty() && !is_nothing {
            of.ty = parse_quote!(Box<#ty>);
        }
    }

    fn visit_path_segment_mut(&mut self, of: &mut PathSegment) {
        visit_mut::visit_path_segment_mut(self, of);
        self.rename(&mut of.ident);
    }

    fn visit_type_mut(&mut self, of: &mut Type) {
        visit_mut::visit_type_mut(self, of);
        match of.to_token_stream().to_string().as_str() {
            "u8" => *of = parse_quote!(crate::Byte),
            "bool" => *of = parse_quote!(crate::Flag),
            "char" => *of = parse_quote!(crate::Letter),
            _ => {}
        }
    }
}

fn reverse<T>(list: &mut Punctuated<T, Token![,]>) {
    let mut items: Vec<T> = std::mem::take(list).into_iter().collect();
    items.reverse();
    list.extend(items);
}

/// Whether an attribute of serde has a word.
fn says(attributes: &[Attribute], word: &str) -> bool {
    let serde = attributes.iter().filter(|of| of.path().is_ident("serde"));
    let mut lists = serde.filter_map(|of| of.meta.require_list().ok());
    lists.any(|list| {
        let mut tokens = list.tokens.clone().into_iter();
        tokens.any(|token| matches!(token, TokenTree::Ident(ident) if ident == word))
    })
}
