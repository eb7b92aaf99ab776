use chrono::{DateTime, Utc};

use super::{EventCount, check_stream, named, no_stream, open};
use crate::app::App;
use crate::error::Error;
use crate::store::stream_row::{SnapshotRow, StreamRow};
use crate::stream::{StreamId, Version};

/// What is stored of a stream.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StreamStory {
    /// The tenant; empty for the one without a name.
    pub tenant: String,
    /// The stream, with the aggregate to which it belongs.
    pub stream: StreamId,
    /// The version that its row tells.
    pub version: Version,
    /// How many events it holds: as many as its version says, unless somebody has edited it.
    pub events: u64,
    /// When its first event was recorded; `None` where it holds none.
    pub first: Option<DateTime<Utc>>,
    /// When its last event was recorded; `None` where it holds none.
    pub last: Option<DateTime<Utc>>,
    /// Whether it is archived.
    pub archived: bool,
    /// Its events by type and version, by name.
    pub counts: Vec<EventCount>,
    /// Its snapshots, the oldest state first.
    pub snapshots: Vec<SnapshotStory>,
}

/// A snapshot of a stream, without its state.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SnapshotStory {
    /// Of the last event in the state.
    pub version: Version,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// How large the state is.
    pub bytes: u64,
    /// What it was made by.
    pub fingerprint: String,
    /// The aggregate of the app whose fingerprint it is; `None` where it was made by other code.
    pub aggregate: Option<&'static str>,
    /// Whether the event at which it was made still stands there: otherwise nobody uses it.
    pub stands: bool,
}

/// What is stored of a stream, by its whole name, like `account-123`. All of it is of one moment. Its events are counted,
/// which takes as long as reading them.
///
/// # Errors
/// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) where there is no such stream; otherwise where the store cannot be
/// opened or fails.
pub async fn stream(app: &App, tenant: &str, name: &str) -> Result<StreamStory, Error> {
    check_stream(name)?;
    let store = open(app, tenant).await?;
    let row = store.inner.backend.stream_row(tenant, name).await?;
    let Some(row) = row else {
        return Err(no_stream(tenant, name));
    };
    let StreamRow {
        aggregate,
        version,
        archived,
        first_and_last,
        counts,
        snapshots,
    } = row;
    let fingerprints: Vec<_> = app
        .declared()?
        .aggregates
        .iter()
        .filter_map(|of| Some((of.name, (of.fingerprint)()?)))
        .collect();
    let snapshot = |row: SnapshotRow| SnapshotStory {
        version: Version::new(row.version.unsigned_abs()),
        taken_at: row.taken_at,
        bytes: row.bytes.unsigned_abs(),
        aggregate: fingerprints
            .iter()
            .find(|(_, fingerprint)| *fingerprint == row.fingerprint)
            .map(|(name, _)| *name),
        fingerprint: row.fingerprint,
        stands: row.stands,
    };
    Ok(StreamStory {
        tenant: tenant.to_owned(),
        stream: named(name, &aggregate),
        version: Version::new(version.unsigned_abs()),
        events: counts.iter().map(|count| count.events).sum(),
        first: first_and_last.map(|(first, _)| first),
        last: first_and_last.map(|(_, last)| last),
        archived,
        counts,
        snapshots: snapshots.into_iter().map(snapshot).collect(),
    })
}
