use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput};

use super::serde::serde;
use super::settings::{Settings, path_value, text_value, value};
use crate::diag::Mistakes;
use crate::model::shape::{Body, Declared, Field, Fields, Stored, Variant};
use crate::model::{Item, default_crate};
use crate::words::{ANNALS, SCHEMA};

/// What any item has, whatever is derived.
pub(super) fn item(input: DeriveInput, mistakes: &mut Mistakes) -> Item {
    let owner = input.ident.to_string();
    let (mut krate, mut lock) = (None, None);
    Settings::new(&ANNALS, &owner).read(&input.attrs, mistakes, |_, key, input, _| {
        match key {
            "crate" => krate = Some(path_value(input)?),
            _ => lock = Some(value(input)?),
        }
        Ok(())
    });
    let stored = Stored {
        declared: declared(&input.attrs, &owner, mistakes),
        serde: serde(&input.attrs),
        body: body(input.data, &owner, mistakes),
    };
    Item {
        ident: input.ident,
        vis: input.vis,
        generics: input.generics,
        krate: krate.unwrap_or_else(default_crate),
        lock,
        stored,
    }
}

fn body(data: Data, owner: &str, mistakes: &mut Mistakes) -> Body {
    match data {
        Data::Struct(data) => Body::Struct(fields(data.fields, owner, mistakes)),
        Data::Enum(data) => {
            let variants = data.variants.into_iter().map(|variant| {
                let name = variant.ident.unraw().to_string();
                let owner = format!("{owner}::{name}");
                refuse_declared(&variant.attrs, &owner, mistakes);
                Variant {
                    serde: serde(&variant.attrs),
                    fields: fields(variant.fields, &owner, mistakes),
                    name,
                    ident: variant.ident,
                }
            });
            Body::Enum(variants.collect())
        }
        Data::Union(data) => Body::Union(data.union_token.span),
    }
}

fn fields(fields: syn::Fields, owner: &str, mistakes: &mut Mistakes) -> Fields {
    let mut each = |(position, field): (usize, syn::Field)| {
        let name = match &field.ident {
            Some(ident) => ident.unraw().to_string(),
            None => position.to_string(),
        };
        Field {
            declared: declared(&field.attrs, &format!("{owner}::{name}"), mistakes),
            serde: serde(&field.attrs),
            place: match field.ident {
                Some(ident) => ident.into_token_stream(),
                None => field.ty.to_token_stream(),
            },
            ty: field.ty,
            name,
        }
    };
    match fields {
        syn::Fields::Unit => Fields::Unit,
        syn::Fields::Unnamed(list) => Fields::Tuple(
            list.unnamed
                .into_iter()
                .enumerate()
                .map(&mut each)
                .collect(),
        ),
        syn::Fields::Named(list) => {
            Fields::Named(list.named.into_iter().enumerate().map(&mut each).collect())
        }
    }
}

/// `#[schema(as = "text")]`
fn declared(attributes: &[Attribute], owner: &str, mistakes: &mut Mistakes) -> Option<Declared> {
    let (mut word, mut sample) = (None, None);
    Settings::new(&SCHEMA, owner).read(attributes, mistakes, |_, key, input, _| {
        match key {
            "as" => word = Some(text_value(input)?),
            _ => sample = Some(text_value(input)?),
        }
        Ok(())
    });
    Some(Declared {
        word: word?,
        sample,
    })
}

fn refuse_declared(attributes: &[Attribute], owner: &str, mistakes: &mut Mistakes) {
    for attribute in attributes {
        if attribute.path().is_ident(SCHEMA.name) {
            mistakes.at(
                attribute,
                format!("`#[schema(..)]` on variant `{owner}` has no meaning\nhelp: it belongs on a field, or on the whole enum"),
            );
        }
    }
}
