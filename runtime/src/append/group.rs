//! An append that was found fit to be stored, in the terms of the tables.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Datelike, TimeZone, Utc};
use uuid::Uuid;

use super::{Append, Expected, NewEvent};
use crate::error::{Error, ErrorKind};
use crate::event::Encoded;
use crate::json;
use crate::metadata::Metadata;
use crate::stream::StreamId;

/// One caller's append: all its heads win, or none does.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) tenant: Arc<str>,
    pub(crate) heads: Vec<Head>,
}

/// What is asked of one stream.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) stream: StreamId,
    pub(crate) expected: Expected,
    /// When the last event was recorded that the caller has seen: of two histories of one length, as a server that was restored
    /// and its backup have them, it tells which.
    pub(crate) seen: Option<DateTime<Utc>>,
    /// The keys of the commands from which the events follow.
    pub(crate) keys: Vec<CommandKey>,
    pub(crate) rows: Vec<Row>,
}

/// The key of a command, and which events of its head follow from it.
#[derive(Debug, Clone)]
pub(crate) struct CommandKey {
    pub(crate) key: String,
    /// How many events of the head come before its own.
    pub(crate) after: usize,
    /// How many events are its own.
    pub(crate) events: usize,
}

/// One event in the terms of the table.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) event_id: Uuid,
    pub(crate) event_type: Cow<'static, str>,
    pub(crate) schema_version: u32,
    pub(crate) payload: String,
    pub(crate) metadata: Option<String>,
    pub(crate) correlation: Option<String>,
    pub(crate) occurred_at: Option<DateTime<Utc>>,
}

/// Without the payload: what is debugged ends in logs.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("event_id", &self.event_id)
            .field("event_type", &self.event_type)
            .field("schema_version", &self.schema_version)
            .finish_non_exhaustive()
    }
}

/// What a store refuses to keep.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) payload_bytes: usize,
    /// `jsonb` cannot hold the character NUL.
    pub(crate) refuse_nul: bool,
    /// Whether each event is read back before it is stored.
    pub(crate) verify_events: bool,
    /// Whether versions that are in no release yet are kept.
    pub(crate) drafts: bool,
}

const NAME_BYTES: usize = 500;

impl Group {
    /// # Errors
    /// Where something of it cannot be stored.
    pub(crate) fn of(tenant: Arc<str>, append: Append, limits: &Limits) -> Result<Self, Error> {
        let mut heads: Vec<Head> = Vec::with_capacity(append.streams.len());
        for (stream, expected, events) in append.streams {
            check_name(&stream)?;
            if heads
                .iter()
                .any(|head| head.stream.as_str() == stream.as_str())
            {
                return Err(Error::new(
                    ErrorKind::Unstorable,
                    format!("the append names stream `{stream}` twice"),
                )
                .with_hint("put all events of a stream together, under one expectation"));
            }
            let rows = events
                .into_iter()
                .map(|event| Row::of(&stream, event, limits))
                .collect::<Result<_, _>>()?;
            heads.push(Head {
                stream,
                expected,
                seen: None,
                keys: Vec::new(),
                rows,
            });
        }
        let ids = || {
            heads
                .iter()
                .flat_map(|head| &head.rows)
                .map(|row| row.event_id)
        };
        let mut seen = HashSet::with_capacity(ids().count());
        if let Some(id) = ids().find(|&id| !seen.insert(id)) {
            return Err(Error::new(
                ErrorKind::Unstorable,
                format!("the append has two events with the id {id}"),
            )
            .with_hint(
                "give each event an id of its own, or none: `NewEvent::of` makes a new one",
            ));
        }
        Ok(Group { tenant, heads })
    }
}

impl Row {
    fn of(stream: &StreamId, event: NewEvent, limits: &Limits) -> Result<Self, Error> {
        let encoded = event
            .encoded
            .map_err(|refusal| Error::unstorable(stream, refusal))?;
        if limits.verify_events {
            (event.reads_back)(&encoded).map_err(|refusal| Error::unstorable(stream, refusal))?;
        }
        let metadata = MetadataColumns::of(stream, event.metadata, limits)?;
        Row::new(
            stream,
            event.id,
            encoded,
            &metadata,
            event.occurred_at,
            limits,
        )
    }

    pub(crate) fn new(
        stream: &StreamId,
        event_id: Uuid,
        encoded: Encoded,
        metadata: &MetadataColumns,
        occurred_at: Option<DateTime<Utc>>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let Encoded {
            event_type,
            schema_version,
            is_draft,
            payload,
        } = encoded;
        if is_draft && !limits.drafts {
            return Err(Error::draft(stream, &event_type, schema_version));
        }
        let refuse = |what: String| {
            Error::new(
                ErrorKind::Unstorable,
                format!("event `{event_type}` for stream `{stream}` cannot be stored: {what}"),
            )
        };
        let bytes = payload.len();
        if bytes > limits.payload_bytes {
            let limit = limits.payload_bytes;
            return Err(refuse(format!("its payload has {bytes} bytes, and the store takes {limit}"))
                .with_hint("keep large content elsewhere and its address in the event, or raise `payload_limit`"));
        }
        if limits.refuse_nul && json::holds_nul(&payload) {
            return Err(refuse(
                "its payload holds the character NUL, which `jsonb` cannot hold".into(),
            )
            .with_hint("take the NUL out, or keep payloads as `json`"));
        }
        if let Some(time) = occurred_at.filter(|time| !YEARS.contains(&time.year())) {
            return Err(refuse(format!(
                "it occurred at {time}, and years go from 1 to 9999"
            ))
            .with_hint("look where the time comes from"));
        }
        Ok(Row {
            event_id,
            event_type,
            schema_version,
            payload,
            metadata: metadata.stored.clone(),
            correlation: metadata.correlation.clone(),
            occurred_at: occurred_at.map(to_micros),
        })
    }
}

/// Metadata in the terms of the table.
pub(crate) struct MetadataColumns {
    stored: Option<String>,
    correlation: Option<String>,
}

impl MetadataColumns {
    pub(crate) fn of(
        stream: &StreamId,
        metadata: Metadata,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let refuse = |what: String| {
            Error::new(
                ErrorKind::Unstorable,
                format!("an event for stream `{stream}` cannot be stored: {what}"),
            )
        };
        let stored = metadata.to_column().map_err(refuse)?;
        if metadata
            .correlation
            .as_deref()
            .is_some_and(|text| text.contains('\0'))
        {
            return Err(refuse("its correlation holds the character NUL".into()));
        }
        if metadata
            .correlation
            .as_ref()
            .is_some_and(|text| text.len() > NAME_BYTES)
        {
            return Err(refuse(format!(
                "its correlation is longer than {NAME_BYTES} bytes"
            )));
        }
        if stored
            .as_ref()
            .is_some_and(|json| json.len() > limits.payload_bytes)
        {
            let limit = limits.payload_bytes;
            return Err(refuse(format!("its metadata is larger than {limit} bytes"))
                .with_hint("keep large content elsewhere, or raise `payload_limit`"));
        }
        Ok(MetadataColumns {
            stored,
            correlation: metadata.correlation,
        })
    }
}

/// # Errors
/// Where no tenant can have this name.
pub(crate) fn check_tenant(tenant: &str) -> Result<(), Error> {
    let what = if tenant.contains('\0') {
        "it holds the character NUL"
    } else if tenant.len() > NAME_BYTES {
        "it is longer than 500 bytes"
    } else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::Name,
        format!("no tenant can be named {tenant:?}: {what}"),
    )
    .with_hint("name a tenant by at most 500 bytes of text"))
}

/// # Errors
/// Where no stream can have this name.
pub(crate) fn check_name(stream: &StreamId) -> Result<(), Error> {
    let what = if stream.category().is_empty() {
        "its aggregate has no name"
    } else if stream.id().is_empty() {
        "its id is empty"
    } else if stream.as_str().contains('\0') {
        "it holds the character NUL"
    } else if stream.as_str().len() > NAME_BYTES {
        "it is longer than 500 bytes"
    } else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::Name,
        format!("no stream can be named {:?}: {what}", stream.as_str()),
    )
    .with_hint("a stream is named by its aggregate and an id of at least one character"))
}

/// What the databases keep of a time.
pub(crate) fn to_micros(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time)
}

/// The years that both databases keep, and sort.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// The nearest time that both databases keep.
pub(crate) fn within_years(time: DateTime<Utc>) -> DateTime<Utc> {
    let edge = |year, month, day, hour, minute, second| {
        Utc.with_ymd_and_hms(year, month, day, hour, minute, second)
            .single()
            .unwrap_or(time)
    };
    match time.year() {
        year if year < *YEARS.start() => edge(*YEARS.start(), 1, 1, 0, 0, 0),
        year if year > *YEARS.end() => edge(*YEARS.end(), 12, 31, 23, 59, 59),
        _ => time,
    }
}
