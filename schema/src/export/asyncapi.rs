use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// One version of an event, for [`asyncapi`].
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The event's stored name.
    pub event: String,
    /// The version.
    pub version: u32,
    /// Its [`json_schema`](super::json_schema).
    pub schema: Value,
}

/// An AsyncAPI 3.0 document: a channel for each aggregate (its name with the stored names of its events), to which the
/// program sends, and one for the events that are in none.
///
/// The address of an aggregate's channel is that of its streams, like `account-{id}`. What comes over a channel can be of
/// any version, so every version is a message of its own.
#[must_use]
pub fn asyncapi(messages: &[Message], aggregates: &[(String, BTreeSet<String>)]) -> Value {
    let mut channels = Map::new();
    let mut operations = Map::new();
    for (name, events) in aggregates {
        let sent = messages
            .iter()
            .filter(|message| events.contains(&message.event));
        let mut channel = channel(json!(format!("{name}-{{id}}")), sent);
        channel["description"] = json!(format!("The streams of aggregate `{name}`."));
        channel["parameters"] =
            json!({"id": {"description": "What tells one instance from another."}});
        add(&mut channels, &mut operations, &key(name), channel);
    }
    let is_free = |message: &&Message| {
        let mut events = aggregates.iter().map(|(_, events)| events);
        !events.any(|events| events.contains(&message.event))
    };
    let mut free = messages.iter().filter(is_free).peekable();
    if free.peek().is_some() {
        let mut channel = channel(Value::Null, free);
        channel["description"] = json!("Events outside of aggregates.");
        add(&mut channels, &mut operations, "_events", channel);
    }
    let components: Map<_, _> = messages.iter().map(component).collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Stored events",
            "version": "1.0.0",
            "description": "What is stored of each version of each event. Written by annals.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": components},
    })
}

fn add(
    channels: &mut Map<String, Value>,
    operations: &mut Map<String, Value>,
    key: &str,
    channel: Value,
) {
    operations.insert(
        format!("append_{key}"),
        json!({"action": "send", "channel": {"$ref": format!("#/channels/{key}")}}),
    );
    channels.insert(key.to_owned(), channel);
}

fn channel<'m>(address: Value, messages: impl Iterator<Item = &'m Message>) -> Value {
    let refer = |message: &Message| {
        let key = component_key(message);
        let reference = json!({"$ref": format!("#/components/messages/{key}")});
        (key, reference)
    };
    let messages: Map<_, _> = messages.map(refer).collect();
    json!({"address": address, "messages": messages})
}

fn component(message: &Message) -> (String, Value) {
    let Message {
        event,
        version,
        schema,
    } = message;
    let content = json!({
        "name": event,
        "title": format!("{event} v{version}"),
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": schema,
        },
    });
    (component_key(message), content)
}

fn component_key(message: &Message) -> String {
    format!("{}.v{}", key(&message.event), message.version)
}

/// A name in the letters that keys of AsyncAPI can have. What is not among them is written by its number, between
/// underscores, so that no two names share a key.
fn key(name: &str) -> String {
    let mut key = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' => key.push(c),
            '_' => key.push_str("__"),
            c => key.push_str(&format!("_{:x}_", u32::from(c))),
        }
    }
    key
}
