use std::cell::Cell;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::metadata::Metadata;
use crate::stream::{StreamId, Version};

/// What a decision may know besides the state and the command: where it is taken, when, by whom, and new ids.
///
/// A decision that takes time and ids from here stays pure, and can be tested with a clock that stands still.
#[derive(Debug)]
pub struct Context {
    stream: StreamId,
    version: Version,
    now: DateTime<Utc>,
    occurred_at: Option<DateTime<Utc>>,
    metadata: Metadata,
    id: Uuid,
    ids: Cell<u128>,
}

impl Context {
    pub(crate) fn new(
        stream: StreamId,
        version: Version,
        now: DateTime<Utc>,
        occurred_at: Option<DateTime<Utc>>,
        metadata: Metadata,
        id: Uuid,
    ) -> Self {
        Context {
            stream,
            version,
            now,
            occurred_at,
            metadata,
            id,
            ids: Cell::new(0),
        }
    }

    /// The stream of the aggregate that decides.
    #[must_use]
    pub fn stream(&self) -> &StreamId {
        &self.stream
    }

    /// The version of the state on which the decision is taken: the number of events before it.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The time at which the decision is taken, by the clock of the store.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// When what the command tells of happened in the world; the time of the decision unless the caller said otherwise.
    #[must_use]
    pub fn occurred_at(&self) -> DateTime<Utc> {
        self.occurred_at.unwrap_or(self.now)
    }

    /// Who sent the command, and on account of what.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// A new id, different at each call, and the same again when the decision is taken again after a conflict.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let next = self.ids.get() + 1;
        self.ids.set(next);
        // The low 62 bits of a version 7 id are random: adding to them keeps its version, variant and time.
        Uuid::from_u128(self.id.as_u128().wrapping_add(next))
    }
}
