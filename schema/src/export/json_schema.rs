use serde_json::{Map, Value, json};

use super::values::Writer;
use crate::Shape;

/// The JSON Schema (draft 2020-12) of what is stored of one version of an event.
///
/// What fits the shape fits the schema. A field is `required` where no reader of this version copes without it; it may
/// stand there under an alias. Fields that are not known are allowed where reading passes over them. A form that annals
/// knows by its name alone has the type of its sample, and its name as `x-annals-format`.
#[must_use]
pub fn json_schema(event: &str, version: u32, meaning: &str, shape: &Shape<'_>) -> Value {
    let mut writer = Writer::default();
    let mut schema = match writer.value(shape) {
        Value::Object(schema) => schema,
        // `true`: anything fits.
        _ => Map::new(),
    };
    let mut whole = Map::new();
    whole.insert(
        "$schema".into(),
        "https://json-schema.org/draft/2020-12/schema".into(),
    );
    whole.insert("$id".into(), id(event, version).into());
    whole.insert("title".into(), json!(format!("{event} v{version}")));
    if !meaning.is_empty() {
        whole.insert("description".into(), meaning.into());
    }
    whole.append(&mut schema);
    if !writer.definitions.is_empty() {
        whole.insert("$defs".into(), Value::Object(writer.definitions));
    }
    Value::Object(whole)
}

/// A name of its own, so that references inside of the schema mean the schema wherever it stands.
fn id(event: &str, version: u32) -> String {
    let mut id = String::from("urn:annals:event:");
    for byte in event.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => id.push(byte.into()),
            byte => id.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{id}:v{version}")
}
