//! What is stored by name.

use serde_json::{Map, Value, json};

use super::values::Writer;
use crate::named::Named;
use crate::{Shape, Skip};

/// A tag with the values that it can have; any value, where there are none.
pub(super) type Tag<'t> = (&'t str, Vec<&'t str>);

/// An object with these fields, and with the tag that tells of which variant they are.
pub(super) fn object<'a>(writer: &mut Writer<'a>, of: Named<'a>, tag: Option<Tag<'_>>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut all = Vec::new();
    let own = of.tag.map(|(tag, value)| (tag, vec![value]));
    for (name, values) in tag.into_iter().chain(own) {
        let schema = match values.is_empty() {
            true => json!({"type": "string"}),
            false => json!({"enum": values}),
        };
        properties.insert(name.to_owned(), schema);
        required.push(json!(name));
    }
    for field in (0..).map_while(|number| of.field(number)) {
        let schema = writer.value(field.shape);
        let is_required = !field.may_be_absent() && field.skip != Skip::Write;
        for alias in field.aliases {
            properties.insert((*alias).to_owned(), schema.clone());
        }
        properties.insert(field.name.to_owned(), schema);
        match (is_required, field.aliases) {
            (false, _) => {}
            (true, []) => required.push(json!(field.name)),
            (true, aliases) => {
                let names = std::iter::once(&field.name).chain(aliases);
                let any: Vec<_> = names.map(|name| json!({"required": [name]})).collect();
                all.push(json!({"anyOf": any}));
            }
        }
    }
    let mut others = Value::Bool(!of.closed);
    for field in (0..).map_while(|number| of.rest(number)) {
        match field.shape {
            Shape::Map(_, value) => others = writer.value(value),
            // Nothing, or what it holds: any object is one of the two.
            Shape::Optional(_) => {}
            shape => all.push(writer.value(shape)),
        }
    }
    if !all.is_empty() || of.rest(1).is_some() {
        // What the parts say of each other's fields would count against them.
        others = Value::Bool(true);
    }
    let mut object = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        object["required"] = required.into();
    }
    if others != Value::Bool(true) {
        object["additionalProperties"] = others;
    }
    if !all.is_empty() {
        object["allOf"] = all.into();
    }
    object
}
