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
        "default" => &mut serde.default,
        "skip_serializing_if" => {
            let predicate = predicate(setting);
            if predicate.as_deref() == Some("is_none") {
                return;
            }
            if predicate.as_deref() != Some("is_empty") {
                serde.skip_if.get_or_insert_with(|| key.clone());
            }
            &mut serde.left_out
        }
        "with" | "serialize_with" | "deserialize_with" => &mut serde.with,
        "from" | "try_from" | "into" | "remote" => &mut serde.through,
        _ => return,
    };
    place.get_or_insert_with(|| key.clone());
}

/// The last word of the path to the predicate.
fn predicate(setting: &Meta) -> Option<String> {
    let Meta::NameValue(pair) = setting else {
        return None;
    };
    let Expr::Lit(literal) = &pair.value else {
        return None;
    };
    let Lit::Str(predicate) = &literal.lit else {
        return None;
    };
    let path = predicate.parse::<syn::ExprPath>().ok()?;
    path.path.segments.last().map(|last| last.ident.to_string())
}
