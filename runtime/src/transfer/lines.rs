//! The form of an export: one JSON object a line.
//!
//! ```text
//! {"format":"annals.events","version":1}
//! {"stream":"account-1","aggregate":"account","version":1,"event_id":"..","event_type":"money.deposited", ..}
//! {"end":{"events":1}}
//! ```
//!
//! The members of an event are the columns of the table `events`, without position and tenant, and `aggregate`. The payload
//! is what is stored, byte by byte. Where a line cannot hold it so, because of a line break in it or white space around it,
//! it is a text in `payload_text` instead.

use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::error::{Error, ErrorKind};
use crate::event::{Misfit, Recorded, RecordedEvent, from_envelope};
use crate::metadata::{Metadata, Stored};
use crate::stream::{Position, StreamId, Version};

const FORMAT: &str = "annals.events";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    end: Count,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    events: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    stream: String,
    aggregate: String,
    version: u64,
    event_id: Uuid,
    event_type: String,
    schema_version: u32,
    #[serde(serialize_with = "micros")]
    recorded_at: DateTime<Utc>,
    #[serde(serialize_with = "micros")]
    occurred_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correlation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metadata: Option<Stored>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payload: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payload_text: Option<String>,
}

fn micros<S: serde::Serializer>(time: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// # Errors
/// Where it cannot be written.
pub(super) fn write_header(out: &mut dyn Write) -> Result<(), Error> {
    let format = FORMAT.to_owned();
    let version = VERSION;
    write(out, &Header { format, version })
}

/// # Errors
/// Where it cannot be written.
pub(super) fn write_end(out: &mut dyn Write, events: u64) -> Result<(), Error> {
    let end = Count { events };
    write(out, &End { end })
}

/// # Errors
/// Where the payload is no JSON, or the line cannot be written.
pub(super) fn write_event(out: &mut dyn Write, event: &RecordedEvent) -> Result<(), Error> {
    let recorded = event.recorded();
    let payload = super::fit::text(recorded, event.payload())?;
    let raw: Box<RawValue> = serde_json::from_str(&payload).map_err(|error| {
        let what = format!("the payload of event {} is no JSON", recorded.version);
        Error::corrupt(&recorded.stream, what).with_source(error)
    })?;
    let is_line = raw.get() == payload && !payload.contains(['\n', '\r']);
    let line = Line {
        stream: recorded.stream.to_string(),
        aggregate: recorded.stream.category().to_owned(),
        version: recorded.version.get(),
        event_id: recorded.event_id,
        event_type: recorded.event_type().to_owned(),
        schema_version: recorded.schema_version,
        recorded_at: recorded.recorded_at,
        occurred_at: recorded.occurred_at,
        correlation: recorded.metadata.correlation.clone(),
        metadata: recorded.metadata.stored().cloned(),
        payload: is_line.then_some(raw),
        payload_text: (!is_line).then_some(payload),
    };
    write(out, &line)
}

fn write(out: &mut dyn Write, line: &impl Serialize) -> Result<(), Error> {
    let written = serde_json::to_vec(line)
        .map_err(std::io::Error::from)
        .and_then(|mut line| {
            line.push(b'\n');
            out.write_all(&line)
        });
    written.map_err(cannot_write)
}

pub(super) fn cannot_write(error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::Input,
        format!("the export cannot be written: {error}"),
    )
    .with_hint("make room, or name another file; what was written so far is of no use")
    .with_source(error)
}

/// A line of an export.
pub(super) enum Read {
    Event(Box<RecordedEvent>),
    /// The last line, with the number of events before it.
    End(u64),
}

/// # Errors
/// Where it is not the first line of an export that this program can read.
pub(super) fn read_header(line: &[u8]) -> Result<(), Error> {
    let hint = "the first line of an export is {\"format\":\"annals.events\",\"version\":1}";
    let header: Header = parse(line, hint)?;
    if header.format != FORMAT {
        let what = format!("the format is {:?}, not {FORMAT:?}", header.format);
        return Err(Error::new(ErrorKind::Input, what).with_hint(hint));
    }
    if header.version != VERSION {
        let what = format!(
            "the form of the export has version {}, and this program reads version {VERSION}",
            header.version
        );
        return Err(Error::new(ErrorKind::Input, what)
            .with_hint("import with the release that exported, or with a newer one"));
    }
    Ok(())
}

/// # Errors
/// Where it is none.
pub(super) fn read(line: &[u8]) -> Result<Read, Error> {
    if line.starts_with(b"{\"end\"") {
        let end: End = parse(
            line,
            "the last line of an export is {\"end\":{\"events\":1}}",
        )?;
        return Ok(Read::End(end.end.events));
    }
    let line: Line = parse(
        line,
        "a line has the members stream, aggregate, version, event_id, event_type, schema_version, recorded_at, occurred_at, \
         payload, and correlation and metadata where there are any",
    )?;
    line.into_event().map(Box::new).map(Read::Event)
}

impl Line {
    fn into_event(self) -> Result<RecordedEvent, Error> {
        let (stream, aggregate) = (&self.stream, &self.aggregate);
        let id = stream
            .strip_prefix(aggregate)
            .and_then(|rest| rest.strip_prefix('-'));
        let Some(id) = id else {
            let what = format!("stream `{stream}` does not belong to aggregate `{aggregate}`");
            return Err(Error::new(ErrorKind::Input, what)
                .with_hint(format!("name it `{aggregate}-..`, or correct `aggregate`")));
        };
        let payload = match (self.payload, self.payload_text) {
            (Some(raw), None) => raw.get().to_owned(),
            (None, Some(text)) => {
                let json: Result<&RawValue, _> = serde_json::from_str(&text);
                json.map_err(|error| {
                    let what = format!("`payload_text` is no JSON: {error}");
                    Error::new(ErrorKind::Input, what)
                        .with_hint("it is the JSON of the event, as text")
                })?;
                text
            }
            (given, _) => {
                let has = if given.is_some() { "both" } else { "neither" };
                let what =
                    format!("one of `payload` and `payload_text` is needed, and {has} is there");
                return Err(Error::new(ErrorKind::Input, what)
                    .with_hint("give the JSON of the event as `payload`"));
            }
        };
        Ok(RecordedEvent {
            recorded: Recorded {
                // A line does not say whose event it is.
                tenant: "".into(),
                stream: StreamId::new(aggregate, id),
                version: Version::new(self.version),
                position: Position::new(0),
                event_id: self.event_id,
                event_type: self.event_type.into(),
                schema_version: self.schema_version,
                recorded_at: self.recorded_at,
                occurred_at: self.occurred_at,
                metadata: Metadata::of(self.correlation, self.metadata),
            },
            payload: payload.into_bytes().into(),
        })
    }
}

fn parse<T: serde::de::DeserializeOwned>(line: &[u8], hint: &str) -> Result<T, Error> {
    from_envelope(line).map_err(|misfit| {
        let what = match misfit {
            Misfit::Payload { path, reason } => {
                // Each line is read for itself.
                let reason = reason.replace(" at line 1 column ", " at column ");
                match path.is_empty() {
                    true => reason,
                    false => format!("at `{path}`: {reason}"),
                }
            }
            Misfit::Newer { .. } | Misfit::Unreachable { .. } => {
                "it is no line of an export".to_owned()
            }
        };
        Error::new(ErrorKind::Input, what).with_hint(hint)
    })
}
