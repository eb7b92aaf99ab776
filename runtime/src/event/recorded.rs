use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Event, decode, from_json};
use crate::error::Error;
use crate::metadata::Metadata;
use crate::stream::{Position, StreamId, Version};

/// Where and when a stored event was recorded, and by whom: what any handler may ask for as `cx: &Recorded`.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    pub(crate) tenant: Arc<str>,
    pub(crate) stream: StreamId,
    pub(crate) version: Version,
    pub(crate) position: Position,
    pub(crate) event_id: Uuid,
    pub(crate) event_type: Arc<str>,
    pub(crate) schema_version: u32,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) occurred_at: DateTime<Utc>,
    pub(crate) metadata: Metadata,
}

impl Recorded {
    /// The tenant to which the stream belongs; the empty name where a store has no tenants.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The name of the tenant, to be shared.
    pub(crate) fn tenant_name(&self) -> &Arc<str> {
        &self.tenant
    }

    /// The stream to which the event belongs.
    #[must_use]
    pub fn stream(&self) -> &StreamId {
        &self.stream
    }

    /// The event's place in its stream.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The event's place in the order of all events.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The event's own id.
    #[must_use]
    pub fn event_id(&self) -> Uuid {
        self.event_id
    }

    /// The name under which the event is stored.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The version of the event's shape in which it is stored.
    #[must_use]
    pub fn schema_version(&self) -> u32 {
        self.schema_version
    }

    /// When the event was stored, by the database's clock. It never goes back within a stream.
    #[must_use]
    pub fn recorded_at(&self) -> DateTime<Utc> {
        self.recorded_at
    }

    /// When it happened in the world, as the caller said; the time of recording otherwise.
    #[must_use]
    pub fn occurred_at(&self) -> DateTime<Utc> {
        self.occurred_at
    }

    /// Who caused the event, on account of what, and what else was kept beside it.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}

/// A stored event as it lies in the database, of whatever type and version.
#[derive(Clone, PartialEq)]
pub struct RecordedEvent {
    pub(crate) recorded: Recorded,
    pub(crate) payload: Box<[u8]>,
}

impl RecordedEvent {
    /// Where and when it was recorded.
    #[must_use]
    pub fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// The stored JSON.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The event, through its upcasts; `None` where it is of another type.
    ///
    /// # Errors
    /// Where its version is not known or its payload does not fit.
    pub fn decode<E: Event>(&self) -> Result<Option<E>, Error> {
        if !E::LINEAGE.is_named(&self.recorded.event_type) {
            return Ok(None);
        }
        decode(self.recorded.schema_version, &self.payload)
            .map(Some)
            .map_err(|misfit| Error::undecodable(&self.recorded, misfit))
    }

    /// The stored JSON as any type, without upcasts.
    ///
    /// # Errors
    /// Where the JSON does not fit `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        from_json(&self.payload).map_err(|misfit| Error::undecodable(&self.recorded, misfit))
    }
}

impl fmt::Debug for RecordedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the payload: what is debugged ends in logs.
        f.debug_struct("RecordedEvent")
            .field("recorded", &self.recorded)
            .finish_non_exhaustive()
    }
}
