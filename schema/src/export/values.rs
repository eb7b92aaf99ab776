//! Values: what is inside of a schema.

use serde_json::{Map, Value, json};

use super::{enums, objects};
use crate::named::Named;
use crate::view::{Items, refers_to};
use crate::{Fields, Format, Shape, Struct};

/// Writes schemas, and keeps those to which others refer.
#[derive(Default)]
pub(super) struct Writer<'a> {
    pub(super) definitions: Map<String, Value>,
    /// The types that enclose a place and hold themselves, each with the key of its definition.
    scopes: Vec<(&'a str, String)>,
}

impl<'a> Writer<'a> {
    pub(super) fn value(&mut self, shape: &Shape<'a>) -> Value {
        let name = match shape {
            Shape::Struct(of) => of.name,
            Shape::Enum(of) => of.name,
            _ => "",
        };
        if name.is_empty() || !refers_to(shape, name) {
            return self.inline(shape);
        }
        // What holds itself is written once, beside the rest.
        let key = self.key(name);
        self.definitions.insert(key.clone(), Value::Null);
        self.scopes.push((name, key.clone()));
        let value = self.inline(shape);
        self.scopes.pop();
        let reference = reference(&key);
        self.definitions.insert(key, value);
        reference
    }

    fn inline(&mut self, shape: &Shape<'a>) -> Value {
        match shape {
            Shape::Unit => json!({"type": "null"}),
            Shape::Bool => json!({"type": "boolean"}),
            Shape::Integer {
                bits,
                signed,
                nonzero,
            } => integer(*bits, *signed, *nonzero),
            Shape::Float { .. } => json!({"type": "number"}),
            Shape::Char => json!({"type": "string", "minLength": 1, "maxLength": 1}),
            Shape::Text => json!({"type": "string"}),
            Shape::Any | Shape::Unseen => Value::Bool(true),
            Shape::Optional(inner) => nullable(self.value(inner)),
            // Reading a set takes the same value twice.
            Shape::List(item) | Shape::Set(item) => {
                json!({"type": "array", "items": self.value(item)})
            }
            Shape::Array(item, length) => {
                json!({"type": "array", "items": self.value(item), "minItems": length, "maxItems": length})
            }
            Shape::Map(key, value) => self.map(key, value),
            Shape::Struct(Struct {
                fields: Fields::Newtype(field) | Fields::Transparent(field),
                ..
            }) => self.value(field.shape),
            Shape::Enum(of) => enums::value(self, of),
            Shape::Format(of) => format(of),
            Shape::Ref(name) => self.again(name),
            shape => {
                if let Some(named) = Named::of(shape) {
                    objects::object(self, named, None)
                } else if let Some(items) = Items::of(shape) {
                    self.tuple(items)
                } else {
                    json!({"type": "null"})
                }
            }
        }
    }

    fn tuple(&mut self, items: Items<'a>) -> Value {
        let length = items.len();
        let items: Vec<_> = (0..length).map(|i| self.value(items.at(i))).collect();
        json!({"type": "array", "prefixItems": items, "items": false, "minItems": length})
    }

    fn map(&mut self, key: &Shape<'a>, value: &Shape<'a>) -> Value {
        let mut map = json!({"type": "object", "additionalProperties": self.value(value)});
        match key {
            Shape::Integer { .. } => map["propertyNames"] = json!({"pattern": "^-?[0-9]+$"}),
            Shape::Bool => map["propertyNames"] = json!({"enum": ["false", "true"]}),
            Shape::Char | Shape::Enum(_) => map["propertyNames"] = self.value(key),
            _ => {}
        }
        map
    }

    fn again(&self, name: &str) -> Value {
        let mut enclosing = self.scopes.iter().rev();
        match enclosing.find(|(outer, _)| *outer == name) {
            Some((_, key)) => reference(key),
            None => Value::Bool(true),
        }
    }

    /// A name that needs no escapes in a reference, and that is not taken.
    fn key(&self, name: &str) -> String {
        let plain = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let plain = match plain.trim_matches('_') {
            "" => "self",
            plain => plain,
        };
        let mut key = plain.to_owned();
        let mut number = 1;
        while self.definitions.contains_key(&key) {
            number += 1;
            key = format!("{plain}_{number}");
        }
        key
    }
}

fn reference(key: &str) -> Value {
    json!({"$ref": format!("#/$defs/{key}")})
}

fn nullable(value: Value) -> Value {
    match value {
        Value::Bool(true) => value,
        value => json!({"anyOf": [value, {"type": "null"}]}),
    }
}

fn integer(bits: u16, signed: bool, nonzero: bool) -> Value {
    let mut integer = json!({"type": "integer"});
    match (signed, bits) {
        (true, 1..=64) => {
            integer["minimum"] = json!(i64::MIN >> (64 - bits));
            integer["maximum"] = json!(i64::MAX >> (64 - bits));
        }
        (false, 1..=64) => {
            integer["minimum"] = json!(0);
            integer["maximum"] = json!(u64::MAX >> (64 - bits));
        }
        (false, _) => integer["minimum"] = json!(0),
        (true, _) => {}
    }
    if nonzero {
        integer["not"] = json!({"const": 0});
    }
    integer
}

/// A form that is known by its name alone: what its sample shows of it.
fn format(of: &Format<'_>) -> Value {
    let mut schema = match serde_json::from_str(of.sample) {
        Ok(Value::String(_)) => json!({"type": "string"}),
        Ok(Value::Number(_)) => json!({"type": "number"}),
        Ok(Value::Bool(_)) => json!({"type": "boolean"}),
        Ok(Value::Array(_)) => json!({"type": "array"}),
        Ok(Value::Object(_)) => json!({"type": "object"}),
        Ok(Value::Null) | Err(_) => json!({}),
    };
    match of.name {
        // The names of which JSON Schema says what they mean, and means the same.
        "date" | "date-time" | "uuid" => schema["format"] = json!(of.name),
        name => schema["x-annals-format"] = json!(name),
    }
    schema
}
