//! serde's own attributes, as far as they say what is stored. What is wrong with them, serde says itself.

use proc_macro2::Ident;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, LitStr, Meta, Token};

use crate::model::shape::{BothWays, Serde};

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
    let flag = match key.to_string().as_str() {
        "rename" => return both_ways(setting, &mut serde.rename),
        "rename_all" => return both_ways(setting, &mut serde.rename_all),
        "rename_all_fields" => return both_ways(setting, &mut serde.rename_all_fields),
        "alias" => return serde.aliases.extend(string(setting)),
        "tag" => return serde.tag = string(setting),
        "content" => return serde.content = string(setting),
        "untagged" => &mut serde.untagged,
        "transparent" => &mut serde.transparent,
        "flatten" => &mut serde.flatten,
        "other" => &mut serde.other,
        "deny_unknown_fields" => &mut serde.deny_unknown_fields,
        "default" => &mut serde.default,
        "skip" => &mut serde.skip,
        "skip_serializing" => &mut serde.skip_serializing,
        "skip_deserializing" => &mut serde.skip_deserializing,
        "skip_serializing_if" => {
            let predicate = predicate(setting);
            serde.omitted.get_or_insert_with(|| key.clone());
            if predicate.as_deref() == Some("is_none") {
                return;
            }
            if predicate.as_deref() != Some("is_empty") {
                serde.skip_if.get_or_insert_with(|| key.clone());
            }
            &mut serde.left_out
        }
        "with" | "serialize_with" | "deserialize_with" => &mut serde.with,
        "from" | "try_from" => {
            serde.read_as = string(setting).and_then(|ty| ty.parse().ok());
            &mut serde.through
        }
        "into" => {
            serde.written_as = string(setting).and_then(|ty| ty.parse().ok());
            &mut serde.through
        }
        "remote" => &mut serde.through,
        _ => return,
    };
    flag.get_or_insert_with(|| key.clone());
}

/// `= ".."`, or `(serialize = "..", deserialize = "..")`.
fn both_ways(setting: &Meta, place: &mut BothWays) {
    match setting {
        Meta::NameValue(_) => {
            place.written = string(setting);
            place.read = string(setting);
        }
        Meta::List(list) => {
            let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
            for way in parser.parse2(list.tokens.clone()).into_iter().flatten() {
                if way.path().is_ident("serialize") {
                    place.written = string(&way);
                } else if way.path().is_ident("deserialize") {
                    place.read = string(&way);
                }
            }
        }
        Meta::Path(_) => {}
    }
}

fn string(setting: &Meta) -> Option<LitStr> {
    let Meta::NameValue(pair) = setting else {
        return None;
    };
    let Expr::Lit(literal) = &pair.value else {
        return None;
    };
    match &literal.lit {
        Lit::Str(text) => Some(text.clone()),
        _ => None,
    }
}

/// The last word of the path to the predicate.
fn predicate(setting: &Meta) -> Option<String> {
    let path = string(setting)?.parse::<syn::ExprPath>().ok()?;
    let last: &Ident = &path.path.segments.last()?.ident;
    Some(last.to_string())
}
