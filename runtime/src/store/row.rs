//! Stored rows as both stores hand them out.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::names::Names;
use crate::error::{Error, Place};
use crate::event::{Recorded, RecordedEvent, without_payload};
use crate::metadata::Metadata;
use crate::stream::{Position, StreamId, Version};

/// One stored event, borrowed from the row in which it arrived.
#[derive(Clone, Copy)]
pub(crate) struct StoredEvent<'r> {
    pub(crate) fact: Fact<'r>,
    pub(crate) event_id: Uuid,
    pub(crate) metadata: Option<&'r [u8]>,
    pub(crate) correlation: Option<&'r str>,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) occurred_at: DateTime<Utc>,
}

impl StoredEvent<'_> {
    /// # Errors
    /// Where the row holds what annals never writes.
    pub(crate) fn recorded(
        &self,
        tenant: &Arc<str>,
        stream: &StreamId,
        types: &mut Names,
    ) -> Result<Recorded, Error> {
        let Numbers {
            version,
            position,
            schema_version,
        } = self.fact.numbers(|| Ok(stream.clone()))?;
        let metadata =
            Metadata::from_columns(self.metadata, self.correlation).map_err(|error| {
                Error::corrupt(
                    stream,
                    format!("the metadata of event {version} cannot be read"),
                )
                .with_source(without_payload(&error))
            })?;
        Ok(Recorded {
            tenant: Arc::clone(tenant),
            stream: stream.clone(),
            version,
            position,
            event_id: self.event_id,
            event_type: types.name(self.fact.event_type),
            schema_version,
            recorded_at: self.recorded_at,
            occurred_at: self.occurred_at,
            metadata,
        })
    }

    pub(crate) fn to_owned(
        self,
        tenant: &Arc<str>,
        stream: &StreamId,
        types: &mut Names,
    ) -> Result<RecordedEvent, Error> {
        Ok(RecordedEvent {
            recorded: self.recorded(tenant, stream, types)?,
            payload: self.fact.payload.into(),
        })
    }
}

/// What it takes to decode a stored event, borrowed from the row in which it arrived.
#[derive(Clone, Copy)]
pub(crate) struct Fact<'r> {
    pub(crate) version: i64,
    pub(crate) position: i64,
    pub(crate) event_type: &'r str,
    pub(crate) schema_version: i64,
    pub(crate) payload: &'r [u8],
}

/// The numbers of a stored event.
pub(crate) struct Numbers {
    pub(crate) version: Version,
    pub(crate) position: Position,
    pub(crate) schema_version: u32,
}

impl Fact<'_> {
    /// Its numbers, where it is of this stream.
    ///
    /// # Errors
    /// Where they are ones that annals never writes, and those of `stream`.
    pub(crate) fn numbers(
        &self,
        stream: impl FnOnce() -> Result<StreamId, Error>,
    ) -> Result<Numbers, Error> {
        let (version, position, schema_version) =
            (self.version, self.position, self.schema_version);
        let name_and_value = match (
            u64::try_from(version),
            u64::try_from(position),
            u32::try_from(schema_version),
        ) {
            (Ok(version), Ok(position), Ok(schema_version)) => {
                return Ok(Numbers {
                    version: Version::new(version),
                    position: Position::new(position),
                    schema_version,
                });
            }
            (Err(_), ..) => ("version", version),
            (_, Err(_), _) => ("position", position),
            (.., Err(_)) => ("schema version", schema_version),
        };
        let (name, value) = name_and_value;
        let what = format!("event {version} has {name} {value}");
        Err(Error::corrupt(&stream()?, what))
    }

    /// Where it stands, where it is of this stream.
    ///
    /// # Errors
    /// Those of [`Fact::numbers`].
    pub(crate) fn place<'p>(&'p self, stream: &'p StreamId) -> Result<Place<'p>, Error> {
        let numbers = self.numbers(|| Ok(stream.clone()))?;
        Ok(Place {
            stream: stream.as_str(),
            version: numbers.version,
            position: numbers.position,
            event_type: self.event_type,
            schema_version: numbers.schema_version,
        })
    }
}

/// The row of an event. Its columns are read when they are asked for: what many events cost is mostly that.
pub(crate) trait EventRow {
    fn fact(&self) -> Result<Fact<'_>, Error>;

    /// # Errors
    /// Where it is not the whole row, but what holds the fact alone.
    fn stored(&self) -> Result<StoredEvent<'_>, Error>;
}

impl EventRow for StoredEvent<'_> {
    fn fact(&self) -> Result<Fact<'_>, Error> {
        Ok(self.fact)
    }

    fn stored(&self) -> Result<StoredEvent<'_>, Error> {
        Ok(*self)
    }
}

/// What is known of a stream before its events are read.
#[derive(Debug, Default)]
pub(crate) struct StoredHead<'r> {
    /// 0 where the stream does not exist.
    pub(crate) version: i64,
    /// When its last event was recorded; `None` where it has none.
    pub(crate) recorded_at: Option<DateTime<Utc>>,
    /// The aggregate to which the stream belongs, where it exists.
    pub(crate) aggregate: Option<&'r str>,
    /// The usable snapshot, where there is one.
    pub(crate) snapshot: Option<(i64, &'r [u8])>,
    /// What became of the command with the key that the load asks for.
    pub(crate) outcome: Option<Outcome>,
}

/// What became of a command that was sent with a key.
#[derive(Debug, Clone, serde::Deserialize)]
pub(crate) struct Outcome {
    pub(crate) first_version: Option<i64>,
    pub(crate) last_version: i64,
    /// The JSON of the refusal, as text: a refusal can be `null`.
    pub(crate) refusal: Option<String>,
}

/// What a load hands out, in this order: the head, once, then the events.
pub(crate) enum Loaded<'r> {
    Head(StoredHead<'r>),
    Event(&'r dyn EventRow),
}

/// What to load of a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoadRequest<'a> {
    pub(crate) tenant: &'a Arc<str>,
    pub(crate) stream: &'a StreamId,
    /// The fingerprint that a snapshot must have; `None` to read from the first event.
    pub(crate) fingerprint: Option<&'a str>,
    /// The key of a command whose outcome is asked for.
    pub(crate) key: Option<&'a str>,
    /// The last version to read.
    pub(crate) up_to: Option<Version>,
    /// The last time of recording to read.
    pub(crate) recorded_until: Option<DateTime<Utc>>,
    /// Whether it is enough to read the [facts](Fact) of events, and not how they were recorded.
    pub(crate) facts_alone: bool,
}

impl LoadRequest<'_> {
    /// Whether it asks for the head and all events, and for nothing else.
    pub(crate) fn is_of_events_alone(&self) -> bool {
        self.fingerprint.is_none()
            && self.key.is_none()
            && self.up_to.is_none()
            && self.recorded_until.is_none()
    }
}

/// Which events of a stream to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(crate) tenant: &'a Arc<str>,
    pub(crate) stream: &'a StreamId,
    /// The lowest version, included.
    pub(crate) from: Version,
    /// The highest version, included.
    pub(crate) to: Version,
    pub(crate) backwards: bool,
    pub(crate) limit: u32,
}

impl Page<'_> {
    /// The version of the stream, as its row has it.
    ///
    /// # Errors
    /// Where no stream can have it.
    pub(crate) fn head(&self, version: i64) -> Result<u64, Error> {
        u64::try_from(version)
            .map_err(|_| Error::corrupt(self.stream, format!("its row has version {version}")))
    }
}

/// A snapshot that is to be stored.
#[derive(Debug)]
pub(crate) struct NewSnapshot {
    pub(crate) tenant: String,
    pub(crate) stream: StreamId,
    pub(crate) version: Version,
    pub(crate) event_id: Uuid,
    pub(crate) fingerprint: &'static str,
    pub(crate) state: String,
}

/// A shape in which a release stored a version of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemaRow {
    pub(crate) event_type: String,
    pub(crate) schema_version: i64,
    /// 0 for the first shape of the version, and one more for each that amended it.
    pub(crate) amendment: i64,
    pub(crate) meaning: String,
    /// JSON.
    pub(crate) shape: String,
    /// Whether it was said that no release from before this amendment runs any more.
    pub(crate) older_gone: bool,
}

/// What became of a command that stored no event.
#[derive(Debug)]
pub(crate) struct NewOutcome<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) stream: &'a StreamId,
    pub(crate) key: &'a str,
    pub(crate) version: Version,
    pub(crate) refusal: Option<&'a str>,
}
