//! A declaration as far as its tokens show it: names and attributes, and types unseen.

use annals_schema::{Bump, Change, Enum, Field, Fields, Shape, Struct, Tagging, Variant};
use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::model::Item;
use crate::model::shape::{self, Body, BothWays, Names, Serde, Stored};

/// The shape of a declaration, with the names of its fields and variants.
pub(super) fn of<'a>(stored: &Stored, was: &Shape<'a>, memory: &'a Bump) -> &'a Shape<'a> {
    let serde = &stored.serde;
    let shape = match &stored.body {
        Body::Struct(_) if serde.transparent.is_some() => Shape::Unseen,
        // As a newtype it is stored like its only field, whose type is compared as a whole.
        Body::Struct(shape::Fields::Tuple(fields)) if fields.len() == 1 => Shape::Unseen,
        Body::Struct(fields) => Shape::Struct(Struct {
            tag: match (&serde.tag, was) {
                // Its value is the type's name, unless it is renamed.
                (
                    Some(tag),
                    Shape::Struct(Struct {
                        tag: Some((_, value)),
                        ..
                    }),
                ) if serde.rename.written.is_none() => {
                    Some((memory.alloc_str(&tag.value()), *value))
                }
                (Some(tag), _) => {
                    let value = serde.rename.written.as_ref().map(syn::LitStr::value);
                    let value = value.unwrap_or_default();
                    Some((memory.alloc_str(&tag.value()), memory.alloc_str(&value)))
                }
                (None, _) => None,
            },
            closed: serde.deny_unknown_fields.is_some(),
            ..Struct::new("", self::fields(fields, &serde.rename_all, memory))
        }),
        Body::Enum(variants) => {
            let variants = variants.iter().map(|of| variant(of, serde, memory));
            let variants: Vec<_> = variants.collect();
            Shape::Enum(Enum {
                name: "",
                serde: "",
                tagging: tagging(serde, memory),
                closed: serde.deny_unknown_fields.is_some(),
                variants: memory.alloc_slice_copy(&variants),
            })
        }
        Body::Union(_) => Shape::Unseen,
    };
    memory.alloc(shape)
}

fn tagging<'a>(serde: &Serde, memory: &'a Bump) -> Tagging<'a> {
    match (&serde.tag, &serde.content) {
        _ if serde.untagged.is_some() => Tagging::Untagged,
        (Some(tag), Some(content)) => Tagging::Adjacent {
            tag: memory.alloc_str(&tag.value()),
            content: memory.alloc_str(&content.value()),
        },
        (Some(tag), None) => Tagging::Internal {
            tag: memory.alloc_str(&tag.value()),
        },
        (None, _) => Tagging::External,
    }
}

fn variant<'a>(of: &shape::Variant, serde: &Serde, memory: &'a Bump) -> Variant<'a> {
    let names = of.names(&serde.rename_all);
    let (name, aliases) = self::names(&names, memory);
    Variant {
        name,
        aliases,
        other: of.serde.other.is_some(),
        untagged: of.serde.untagged.is_some(),
        skipped: of.serde.skipped().is_some(),
        source: "",
        fields: match &of.fields {
            shape::Fields::Unit => Fields::Unit,
            shape::Fields::Tuple(fields)
                if fields.len() == 1 && fields[0].serde.is_skipped_both_ways() =>
            {
                Fields::Unit
            }
            fields if is_opaque(fields) => Fields::Newtype(memory.alloc(UNSEEN)),
            fields => self::fields(fields, of.rules(serde), memory),
        },
    }
}

const UNSEEN: Field<'_> = Field::new("", &Shape::Unseen);

/// Whether the names alone do not tell what is stored.
pub(super) fn is_opaque(fields: &shape::Fields) -> bool {
    let is_newtype = matches!(fields, shape::Fields::Tuple(fields) if fields.len() == 1);
    is_newtype
        || fields
            .list()
            .iter()
            .any(|field| field.serde.flatten.is_some())
}

fn fields<'a>(fields: &shape::Fields, all: &BothWays, memory: &'a Bump) -> Fields<'a> {
    let stored = fields
        .list()
        .iter()
        .filter(|field| field.serde.flatten.is_none() && !field.serde.is_skipped_both_ways());
    let list = stored.map(|field| {
        let (name, aliases) = names(&field.names(all), memory);
        Field {
            aliases,
            default: field.serde.default.is_some(),
            omitted: field.serde.omitted.is_some(),
            skip: field.serde.skip(),
            ..Field::new(name, &Shape::Unseen)
        }
    });
    let list: Vec<_> = list.collect();
    let list = memory.alloc_slice_copy(&list);
    match fields {
        shape::Fields::Unit => Fields::Unit,
        shape::Fields::Tuple(_) => Fields::Tuple(list),
        shape::Fields::Named(_) => Fields::Named(list),
    }
}

fn names<'a>(names: &Names, memory: &'a Bump) -> (&'a str, &'a [&'a str]) {
    let aliases: Vec<&str> = names
        .aliases()
        .map(|alias| &*memory.alloc_str(alias))
        .collect();
    (
        memory.alloc_str(&names.written),
        memory.alloc_slice_copy(&aliases),
    )
}

/// What of the locked shape the names of the declaration can be compared with: beside a flattened field, those alone that the
/// declaration itself has. The rest is compared where the type of the flattened field is known.
pub(super) fn comparable<'a>(
    stored: &Stored,
    was: &'a Shape<'a>,
    memory: &'a Bump,
) -> &'a Shape<'a> {
    let Body::Struct(fields) = &stored.body else {
        return was;
    };
    if fields
        .list()
        .iter()
        .all(|field| field.serde.flatten.is_none())
    {
        return was;
    }
    let Shape::Struct(of) = was else {
        return was;
    };
    let Fields::Named(locked) = of.fields else {
        return was;
    };
    let own = fields.own_names(&stored.serde.rename_all);
    let kept: Vec<_> = locked
        .iter()
        .filter(|field| own.iter().any(|name| name == field.name))
        .copied()
        .collect();
    memory.alloc(Shape::Struct(Struct {
        fields: Fields::Named(memory.alloc_slice_copy(&kept)),
        ..*of
    }))
}

/// The smallest token of the declaration that a change is about.
pub(super) fn place(item: &Item, change: &Change) -> TokenStream {
    let stored = &item.stored;
    let serde = &stored.serde;
    if change.rule.name == "TAG_NO_CHANGE" {
        let tag = serde.tag.as_ref().map(ToTokens::to_token_stream);
        let untagged = serde.untagged.as_ref().map(ToTokens::to_token_stream);
        return tag
            .or(untagged)
            .unwrap_or_else(|| item.ident.to_token_stream());
    }
    let path = change.path_now();
    // An alias belongs to the field or the variant that it stands for.
    let is_alias = change.rule.name.ends_with("ALIAS_NO_DELETE");
    let is_meant = |names: &Names, here: &str| match is_alias {
        true => change.name.as_str() == names.written,
        false => path == here,
    };
    let own = |serde: &Serde, place: &TokenStream| match &serde.rename.written {
        Some(renamed) => renamed.to_token_stream(),
        None => place.clone(),
    };
    if let Body::Struct(fields) = &stored.body {
        for field in fields.list() {
            let names = field.names(&serde.rename_all);
            if is_meant(&names, &annals_schema::field_path(&names.written)) {
                return own(&field.serde, &field.place);
            }
        }
    }
    for variant in stored.variants() {
        let names = variant.names(&serde.rename_all);
        let at = annals_schema::variant_path(&names.written);
        if is_meant(&names, &at) {
            return own(&variant.serde, &variant.ident.to_token_stream());
        }
        for field in variant.fields.list() {
            let names = field.names(variant.rules(serde));
            if format!("{at}.{}", annals_schema::field_path(&names.written)) == path {
                return own(&field.serde, &field.place);
            }
        }
        if path.starts_with(&format!("{at}.")) {
            return variant.ident.to_token_stream();
        }
    }
    item.ident.to_token_stream()
}
