use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, Meta};

use super::lock;
use super::settings::{Settings, flag, path_value, text_value, value};
use crate::diag::Mistakes;
use crate::model::default_crate;
use crate::model::read_model::{Field, Form, ReadModel};
use crate::words::{ANNALS, COLUMN};

pub(super) fn read_model(input: DeriveInput, mistakes: &mut Mistakes) -> ReadModel {
    let owner = input.ident.to_string();
    let (mut krate, mut named) = (None, None);
    Settings::new(&ANNALS, &owner).read(&input.attrs, mistakes, |_, key, input, _| {
        match key {
            "crate" => krate = Some(path_value(input)?),
            _ => named = Some(value(input)?),
        }
        Ok(())
    });
    let form = match input.data {
        Data::Struct(data) => match data.fields {
            Fields::Named(fields) => {
                let each = |of| field(of, &owner, mistakes);
                Form::Row(fields.named.into_iter().filter_map(each).collect())
            }
            Fields::Unnamed(_) => Form::Other("a tuple struct", input.ident.span()),
            Fields::Unit => Form::Other("a struct without fields", input.ident.span()),
        },
        Data::Enum(data) => Form::Other("an enum", data.enum_token.span),
        Data::Union(data) => Form::Other("a union", data.union_token.span),
    };
    ReadModel {
        ident: input.ident,
        krate: krate.unwrap_or_else(default_crate),
        folder: lock::folder(named.as_ref()).map(|(folder, _)| folder),
        lock: named,
        generics: quote::ToTokens::into_token_stream(input.generics.params),
        form,
    }
}

fn field(of: syn::Field, owner: &str, mistakes: &mut Mistakes) -> Option<Field> {
    let ident = of.ident?;
    let owner = format!("{owner}::{}", ident.unraw());
    let (mut text, mut json, mut name) = (None, None, None);
    Settings::new(&COLUMN, &owner).read(&of.attrs, mistakes, |ident, key, input, _| {
        match key {
            "text" => text = Some(flag(ident, input)?),
            "json" => json = Some(flag(ident, input)?),
            _ => name = Some(text_value(input)?),
        }
        Ok(())
    });
    Some(Field {
        key: word("key", &of.attrs, &owner, mistakes),
        index: word("index", &of.attrs, &owner, mistakes),
        ident,
        ty: of.ty,
        text,
        json,
        name,
    })
}

/// An attribute that is one word, like `#[key]`.
fn word(
    word: &str,
    attributes: &[Attribute],
    owner: &str,
    mistakes: &mut Mistakes,
) -> Option<Ident> {
    let mut all = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(word));
    let first = all.next()?;
    if let Some(second) = all.next() {
        mistakes.at(
            second.path(),
            format!("duplicate `#[{word}]` on `{owner}`\nhelp: keep one of them"),
        );
    }
    if !matches!(first.meta, Meta::Path(_)) {
        mistakes.at(
            &first.meta,
            format!("`#[{word}]` on `{owner}` is one word\nhelp: write `#[{word}]`"),
        );
    }
    first.path().get_ident().cloned()
}
