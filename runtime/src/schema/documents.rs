//! What other programs need to read the events: JSON Schema and AsyncAPI.

use std::path::PathBuf;

use annals_schema::lock::{Lock, event_file};
use annals_schema::{Bump, export as write};
use serde_json::Value;

use super::compare::shape;
use super::difference::Subject;
use super::pending::check;
use crate::app::App;
use crate::error::Error;

/// A document for other programs.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Where it belongs, as a path in the folder of the export.
    pub file: PathBuf,
    /// What stands in it.
    pub content: Value,
}

/// A JSON Schema (2020-12) for each version of each event, locked or declared, as `events/<name>.v<version>.json`, and an
/// AsyncAPI 3.0 document of all of them, as `asyncapi.json`: a channel for each aggregate, and one for events outside of
/// aggregates.
///
/// Events whose traits were written by hand, and that belong to no lock, are left out.
///
/// # Errors
/// Those of [`check`].
pub fn export(app: &App) -> Result<Vec<Document>, Error> {
    let mut whole = Lock::default();
    let mut documents = Vec::new();
    let mut messages = Vec::new();
    for of in check(app)?.folders {
        let mut events = of.locked.events.clone();
        for (name, event) in of.declared.events {
            events
                .entry(name)
                .or_insert_with(|| event.clone())
                .versions
                .extend(event.versions);
        }
        for event in events.values() {
            for (number, version) in &event.versions {
                let subject = Subject::Version {
                    event: event.name.clone(),
                    version: *number,
                };
                let memory = Bump::new();
                let shape = shape(&of.folder, &subject, &version.shape, &memory)?;
                let schema = write::json_schema(&event.name, *number, &version.meaning, shape);
                let file = event_file(&event.name);
                let stem = file.strip_suffix(".json").unwrap_or(&file);
                documents.push(Document {
                    file: PathBuf::from(format!("{stem}.v{number}.json")),
                    content: schema.clone(),
                });
                messages.push(write::Message {
                    event: event.name.clone(),
                    version: *number,
                    schema,
                });
            }
        }
        whole.aggregates.extend(of.declared.aggregates);
    }
    let channels = whole.aggregates.into_values();
    let channels: Vec<_> = channels
        .map(|aggregate| (aggregate.name, aggregate.events))
        .collect();
    documents.push(Document {
        file: PathBuf::from("asyncapi.json"),
        content: write::asyncapi(&messages, &channels),
    });
    Ok(documents)
}
