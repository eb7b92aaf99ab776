//! Stored events, as lines and as documents.

use std::borrow::Cow;
use std::fmt::{self, Display};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::text::{plain, time};
use crate::cli::layout::compact;
use crate::event::RecordedEvent;

/// What is the same in the lines of all commands: type, version, payload, and what is known of who caused it.
pub(super) struct Fact<'a>(pub(super) &'a RecordedEvent);

impl Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let recorded = self.0.recorded();
        let payload = compact(&String::from_utf8_lossy(self.0.payload()));
        write!(
            f,
            "{} v{}  {}",
            plain(recorded.event_type()),
            recorded.schema_version(),
            plain(&payload)
        )?;
        let metadata = recorded.metadata();
        for (name, value) in [
            ("actor", metadata.actor()),
            ("correlation", metadata.correlation()),
            ("causation", metadata.causation()),
        ] {
            if let Some(value) = value {
                write!(f, "  {name}={}", plain(value))?;
            }
        }
        Ok(())
    }
}

/// A line of a stream.
pub(super) struct InStream<'a>(pub(super) &'a RecordedEvent);

impl Display for InStream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let recorded = self.0.recorded();
        write!(
            f,
            "{}  {}  {}  {}",
            recorded.version(),
            recorded.position(),
            time(recorded.recorded_at()),
            Fact(self.0)
        )
    }
}

/// All of an event for programs.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    tenant: &'a str,
    stream: &'a str,
    aggregate: &'a str,
    version: u64,
    position: u64,
    event_id: String,
    event_type: &'a str,
    schema_version: u32,
    recorded_at: DateTime<Utc>,
    occurred_at: DateTime<Utc>,
    actor: Option<&'a str>,
    correlation: Option<&'a str>,
    causation: Option<&'a str>,
    metadata: Cow<'a, Map<String, Value>>,
    payload: Payload,
}

impl<'a> Document<'a> {
    pub(super) fn of(tenant: &'a str, event: &'a RecordedEvent) -> Self {
        let recorded = event.recorded();
        let metadata = recorded.metadata();
        Document {
            tenant,
            stream: recorded.stream().as_str(),
            aggregate: recorded.stream().category(),
            version: recorded.version().get(),
            position: recorded.position().get(),
            event_id: recorded.event_id().to_string(),
            event_type: recorded.event_type(),
            schema_version: recorded.schema_version(),
            recorded_at: recorded.recorded_at(),
            occurred_at: recorded.occurred_at(),
            actor: metadata.actor(),
            correlation: metadata.correlation(),
            causation: metadata.causation(),
            metadata: metadata.own_entries(),
            payload: Payload::of(&String::from_utf8_lossy(event.payload())),
        }
    }
}

/// A payload with each of its numbers and names as it is stored: a `Value` would round numbers, and sort names.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Payload {
    Json(Box<RawValue>),
    /// What is no JSON; annals stores none of that.
    Text(String),
}

impl Payload {
    pub(super) fn of(text: &str) -> Self {
        match RawValue::from_string(compact(text)) {
            Ok(json) => Payload::Json(json),
            Err(_) => Payload::Text(text.to_owned()),
        }
    }
}
