//! An export that is imported.

use std::io::Write;

use annals::ErrorKind;
use annals::transfer::{export, import};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::domain;
use crate::held::{self, Held};

/// What is refused stores nothing, and says in which line; what is taken comes out as it went in, and can be taken again.
pub fn run(input: &[u8]) {
    held::with(async |_| {}, async |held| check(held, input).await);
}

async fn check(held: &Held, input: &[u8]) {
    let app = domain::app(held.store.clone());
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(input).expect("written");
    let imported = match import(&app, &held.store).file(file.path()).await {
        Ok(imported) => imported,
        Err(error) => {
            let message = error.to_string();
            assert!(message.contains("line "), "{message} does not say where");
            assert_ne!(error.kind(), ErrorKind::Database, "{message}");
            let stored = held.rows("select * from annals_events").await;
            assert!(stored.is_empty(), "{message}, and something was stored");
            return;
        }
    };
    assert_eq!(imported.events, imported.stored, "the store was empty");
    let first = exported(held).await;
    assert_eq!(said(input), said(&first), "it came out as something else");
    let read = import(&app, &held.store).read(&*first).await;
    let read = read.expect("an export can be imported");
    assert_eq!((read.events, read.stored), (imported.events, 0));
    held.execute("delete from annals_events; delete from annals_streams")
        .await
        .expect("deleted");
    let read = import(&app, &held.store).read(&*first).await;
    assert_eq!(
        read.expect("an export can be imported").stored,
        imported.events
    );
    assert_eq!(first, exported(held).await);
}

/// What the lines say of events, but for how it is written and in which order.
fn said(export: &[u8]) -> Vec<Value> {
    let lines = export.split(|byte| *byte == b'\n');
    let lines = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let mut events: Vec<_> = lines.filter(|line| line["stream"].is_string()).collect();
    for event in &mut events {
        if let Some(text) = event["payload_text"].take().as_str() {
            event["payload"] = serde_json::from_str(text).expect("what was imported is JSON");
        }
        let id = event["event_id"].as_str().unwrap_or_default();
        let digits = id.trim_start_matches("urn:uuid:").to_lowercase();
        event["event_id"] = digits.replace(['-', '{', '}'], "").into();
        for name in ["recorded_at", "occurred_at"] {
            let time = event[name].as_str().unwrap_or_default();
            let time: DateTime<Utc> = time.parse().expect("what was imported is a time");
            event[name] = time.timestamp_micros().into();
        }
        if let Some(metadata) = event["metadata"].as_object_mut() {
            // What a process notes can be written in several ways.
            metadata.retain(|name, value| {
                !name.starts_with('$') || (!value.is_null() && name != "$process")
            });
        }
        let members = event.as_object_mut().expect("a line with members");
        let nothing = Value::Object(Map::new());
        members.retain(|name, value| !value.is_null() && (name != "metadata" || *value != nothing));
    }
    events.sort_by_key(|event| (event["stream"].to_string(), event["version"].as_u64()));
    events
}

async fn exported(held: &Held) -> Vec<u8> {
    let mut out = Vec::new();
    export(&held.store)
        .write(&mut out)
        .await
        .expect("what was imported can be exported");
    out
}
