//! What is stored of a stream beside its events.

use chrono::{DateTime, Utc};

/// How many events there are of a type and version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventCount {
    /// The name under which they are stored.
    pub event_type: String,
    /// The version of their shape.
    pub schema_version: u32,
    /// How many there are.
    pub events: u64,
}

/// A stream, read at one moment.
#[derive(Debug)]
pub(crate) struct StreamRow {
    pub(crate) aggregate: String,
    pub(crate) version: i64,
    pub(crate) archived: bool,
    /// When its first and its last event were recorded; `None` where it has none.
    pub(crate) first_and_last: Option<(DateTime<Utc>, DateTime<Utc>)>,
    pub(crate) counts: Vec<EventCount>,
    pub(crate) snapshots: Vec<SnapshotRow>,
}

/// A snapshot without its state.
#[derive(Debug)]
pub(crate) struct SnapshotRow {
    pub(crate) version: i64,
    pub(crate) fingerprint: String,
    pub(crate) taken_at: DateTime<Utc>,
    pub(crate) bytes: i64,
    /// Whether the event at its version is the one that it was made at.
    pub(crate) stands: bool,
}
