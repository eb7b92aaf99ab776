//! One attribute of serde's can rename everything: that is one mistake, at that attribute.

use annals_schema::{Fields, Shape, Struct};
use quote::ToTokens;

use super::message;
use crate::diag::Mistakes;
use crate::model::event::Event;
use crate::model::lock::Locked;
use crate::model::shape::{Body, BothWays, Stored};
use crate::renames;

/// Whether another rule of `rename_all` would give the names that are locked; then that is reported, and nothing else.
pub(super) fn all(
    event: &Event,
    locked: &Locked<'_>,
    was: &Shape<'_>,
    mistakes: &mut Mistakes,
) -> bool {
    let stored = &event.item.stored;
    let Some(names) = locked_names(was) else {
        return false;
    };
    if finds_all(stored, &stored.serde.rename_all, &names) {
        return false;
    }
    let rules = renames::RULES.iter().map(|rule| Some(*rule));
    let rule = [None].into_iter().chain(rules).find(|rule| {
        let literal = rule.map(|rule| syn::LitStr::new(rule, proc_macro2::Span::call_site()));
        let all = BothWays {
            written: literal.clone(),
            read: literal,
        };
        finds_all(stored, &all, &names)
    });
    let Some(rule) = rule else {
        return false;
    };
    let now = &stored.serde.rename_all.written;
    let shown = |rule: Option<&str>| match rule {
        Some(rule) => format!("rename_all = \"{rule}\""),
        None => "nothing is renamed".to_owned(),
    };
    let from = shown(rule);
    let to = shown(now.as_ref().map(syn::LitStr::value).as_deref());
    let cure = match rule {
        Some(rule) => format!("write `#[serde(rename_all = \"{rule}\")]`"),
        None => "take `rename_all` out".to_owned(),
    };
    let message = message::changed(locked, "shape", ("names", &from), ("names", &to), &cure);
    match now {
        Some(now) => mistakes.at(now.to_token_stream(), message),
        None => mistakes.at(&event.item.ident, message),
    }
    true
}

fn locked_names<'a>(was: &Shape<'a>) -> Option<Vec<&'a str>> {
    match was {
        Shape::Struct(Struct {
            fields: Fields::Named(fields),
            ..
        }) => Some(fields.iter().map(|field| field.name).collect()),
        Shape::Enum(of) => Some(of.variants.iter().map(|variant| variant.name).collect()),
        _ => None,
    }
}

/// Whether something is read under each of these names where this rule applies.
fn finds_all(stored: &Stored, all: &BothWays, names: &[&str]) -> bool {
    let read: Vec<String> = match &stored.body {
        Body::Struct(fields) => fields
            .list()
            .iter()
            .flat_map(|field| field.names(all).read)
            .collect(),
        Body::Enum(variants) => variants
            .iter()
            .flat_map(|variant| variant.names(all).read)
            .collect(),
        Body::Union(_) => return true,
    };
    names
        .iter()
        .all(|name| read.iter().any(|read| read == name))
}
