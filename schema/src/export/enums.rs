//! Enums: one alternative for each variant.

use serde_json::{Value, json};

use super::objects::object;
use super::values::Writer;
use crate::named::Named;
use crate::view::{content, is_untagged};
use crate::{Enum, Fields, Shape, Struct, Tagging, Variant};

/// The alternatives of an enum. They may overlap, as what is stored without a tag does.
pub(super) fn value<'a>(writer: &mut Writer<'a>, of: &Enum<'a>) -> Value {
    let mut names: Vec<&str> = Vec::new();
    let mut is_any_name = false;
    let mut alternatives = Vec::new();
    for variant in of.variants.iter().filter(|variant| !variant.skipped) {
        let content = content(variant, of.tagging, of.closed);
        match (of.tagging, content) {
            (_, Some(content)) if is_untagged(variant, of.tagging) => {
                alternatives.push(writer.value(&content));
            }
            (Tagging::External, None) => {
                names.extend(called(variant));
                is_any_name |= variant.other;
            }
            (Tagging::External, Some(content)) => {
                let content = writer.value(&content);
                let each = called(variant).map(|name| keyed(name, &content));
                alternatives.extend(each);
            }
            (Tagging::Internal { tag }, Some(content)) => {
                alternatives.push(internal(writer, (tag, values(variant)), &content));
            }
            (Tagging::Adjacent { tag, content: key }, content) => {
                let content = content.map(|content| (key, writer.value(&content)));
                alternatives.push(adjacent((tag, values(variant)), content));
            }
            (Tagging::Internal { .. } | Tagging::Untagged, None) => {}
            (Tagging::Untagged, Some(content)) => alternatives.push(writer.value(&content)),
        }
    }
    if is_any_name {
        alternatives.insert(0, json!({"type": "string"}));
    } else if !names.is_empty() {
        alternatives.insert(0, json!({"type": "string", "enum": names}));
    }
    match alternatives.len() {
        0 => Value::Bool(false),
        1 => alternatives.remove(0),
        _ => json!({"anyOf": alternatives}),
    }
}

fn called<'v>(variant: &Variant<'v>) -> impl Iterator<Item = &'v str> {
    std::iter::once(variant.name).chain(variant.aliases.iter().copied())
}

/// What can stand in the tag; nothing in particular for a variant that stands for all that are not known.
fn values<'v>(variant: &Variant<'v>) -> Vec<&'v str> {
    match variant.other {
        true => Vec::new(),
        false => called(variant).collect(),
    }
}

/// Other keys may stand beside it where the enum is flattened.
fn keyed(name: &str, content: &Value) -> Value {
    json!({"type": "object", "properties": {name: content}, "required": [name]})
}

fn internal<'a>(writer: &mut Writer<'a>, tag: (&str, Vec<&str>), content: &Shape<'a>) -> Value {
    let mut inner = content;
    // A newtype around a struct leaves no trace.
    while let Shape::Struct(Struct {
        fields: Fields::Newtype(field) | Fields::Transparent(field),
        ..
    }) = inner
    {
        inner = field.shape;
    }
    let none = Shape::Struct(Struct::new("", Fields::Named(&[])));
    let named = Named::of(inner);
    let is_unit = matches!(inner, Shape::Unit)
        || matches!(
            inner,
            Shape::Struct(Struct {
                fields: Fields::Unit,
                ..
            })
        );
    match named.or_else(|| Named::of(&none)) {
        Some(empty) if named.is_none() => {
            let mut schema = object(writer, empty, Some(tag));
            if !is_unit {
                schema["allOf"] = json!([writer.value(inner)]);
            }
            schema
        }
        Some(named) => object(writer, named, Some(tag)),
        None => Value::Bool(true),
    }
}

fn adjacent((tag, values): (&str, Vec<&str>), content: Option<(&str, Value)>) -> Value {
    let value = match values.is_empty() {
        true => json!({"type": "string"}),
        false => json!({"enum": values}),
    };
    let mut schema = json!({"type": "object", "properties": {tag: value}, "required": [tag]});
    if let Some((key, content)) = content {
        schema["properties"][key] = content;
    }
    schema
}
