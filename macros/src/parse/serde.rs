//! serde's own attributes, as far as they say what is stored. What is wrong with them, serde says itself.

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token};

use crate::model::shape::Serde;

pub(crate) fn serde(attributes: &[Attribute]) -> Serde {
    let mut serde = Serde::default();
    for attribute in attributes {
        let Meta::List(list) = &attribute.meta else {
            continue;
        };
        if !list.path.is_ident("serde") || list.tokens.is_empty() {
            continue;
        }
        serde.tokens.push(list.tokens.clone());
        let Ok(settings) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        else {
            continue;
        };
        for setting in settings {
            take(&setting, &mut serde);
        }
    }
    serde
}

fn take(setting: &Meta, serde: &mut Serde) {
    let Some(key) = setting.path().get_ident() else {
        return;
    };
    let place = match key.to_string().as_str() {
        "skip" | "skip_serializing" | "skip_deserializing" => &mut serde.skip,
        "skip_serializing_if" if !means_empty(setting) => &mut serde.skip_if,
        "with" | "serialize_with" | "deserialize_with" => &mut serde.with,
        "from" | "try_from" | "into" | "remote" => &mut serde.through,
        _ => return,
    };
    place.get_or_insert_with(|| key.clone());
}

/// Whether the predicate leaves out a value only where its absence reads back as the same value.
fn means_empty(setting: &Meta) -> bool {
    let Meta::NameValue(pair) = setting else {
        return false;
    };
    let Expr::Lit(literal) = &pair.value else {
        return false;
    };
    let Lit::Str(predicate) = &literal.lit else {
        return false;
    };
    let Ok(path) = predicate.parse::<syn::ExprPath>() else {
        return false;
    };
    path.path
        .segments
        .last()
        .is_some_and(|last| last.ident == "is_none" || last.ident == "is_empty")
}
