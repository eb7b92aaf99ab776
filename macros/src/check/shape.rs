use syn::Ident;

use crate::diag::Mistakes;
use crate::model::Item;
use crate::model::shape::{Body, Field, Serde, Variant};

/// What is wrong with an item of `#[derive(Schema)]`.
pub(crate) fn schema(item: &Item, mistakes: &mut Mistakes) {
    let name = item.ident.to_string();
    union(item, "Schema", mistakes);
    stored(item, &name, mistakes);
}

/// A union has no form that serde could store.
pub(super) fn union(item: &Item, derive: &str, mistakes: &mut Mistakes) {
    if let Body::Union(span) = item.stored.body {
        mistakes.at_span(
            span,
            format!(
                "`#[derive({derive})]` expects a struct or an enum, found the union `{}`\nhelp: write `struct`",
                item.ident
            ),
        );
    }
}

/// Where functions or other types decide on what is stored, the user has to say what that is.
pub(super) fn stored(item: &Item, name: &str, mistakes: &mut Mistakes) {
    if item.stored.declared.is_some() {
        return;
    }
    let Serde { through, with, .. } = &item.stored.serde;
    let through = through
        .as_ref()
        .filter(|_| item.stored.serde.stands_for().is_none());
    if let Some(key) = through.or(with.as_ref()) {
        undeclared(key, &format!("`{name}`"), name, mistakes);
    }
    let has_default = item.stored.serde.default.is_some();
    for field in item.stored.fields().filter(|_| !has_default) {
        left_out(field, name, mistakes);
    }
    for variant in item.stored.variants() {
        self::variant(variant, name, mistakes);
    }
    let fields = match &item.stored.body {
        Body::Struct(fields) => fields.list(),
        Body::Enum(_) | Body::Union(_) => &[],
    };
    for field in fields {
        self::field(field, name, mistakes);
    }
}

fn variant(variant: &Variant, of: &str, mistakes: &mut Mistakes) {
    let name = format!("{of}::{}", variant.name);
    if let Some(key) = &variant.serde.with {
        undeclared(key, &format!("variant `{name}`"), of, mistakes);
        return;
    }
    for field in variant.fields.list() {
        self::field(field, &name, mistakes);
    }
}

fn field(field: &Field, of: &str, mistakes: &mut Mistakes) {
    if field.declared.is_some() || field.serde.is_skipped_both_ways() {
        return;
    }
    if let Some(key) = &field.serde.with {
        let what = format!("field `{}` of `{of}`", field.name);
        mistakes.at(
            key,
            format!(
                "{what} is stored by functions of serde's `{key}`, which annals cannot look into\nhelp: say what they store: add `#[schema(as = \"text\")]` to the field"
            ),
        );
    }
}

/// What is left out when it is stored, and has no default, cannot be read back.
fn left_out(field: &Field, of: &str, mistakes: &mut Mistakes) {
    let Serde {
        left_out, default, ..
    } = &field.serde;
    if let (Some(key), None, None) = (left_out, default, field.serde.skipped()) {
        mistakes.at(
            key,
            format!(
                "field `{}` of `{of}` can be left out when it is stored, but is missed when it is read\nhelp: add `default` to its `#[serde(..)]`",
                field.name
            ),
        );
    }
}

fn undeclared(key: &Ident, what: &str, of: &str, mistakes: &mut Mistakes) {
    mistakes.at(
        key,
        format!(
            "{what} is stored in the form that serde's `{key}` makes of it, which annals cannot look into\nhelp: say what that is: add `#[schema(as = \"text\")]` to `{of}`"
        ),
    );
}
