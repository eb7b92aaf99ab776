use chrono::{DateTime, Utc};

use crate::stream::{Position, StreamId, Version};

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub(crate) streams: Vec<Appended>,
    pub(crate) repeated: bool,
}

impl Receipt {
    pub(crate) fn of_nothing() -> Self {
        Receipt {
            streams: Vec::new(),
            repeated: false,
        }
    }

    /// The version of the first named stream after the append: for a command, of its aggregate.
    #[must_use]
    pub fn version(&self) -> Version {
        self.streams
            .first()
            .map(|stream| stream.version)
            .unwrap_or_default()
    }

    /// The highest position of an event of this append; `None` where it has no events.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.streams
            .iter()
            .flat_map(|stream| &stream.positions)
            .max()
            .copied()
    }

    /// The streams, in the order in which the append names them.
    #[must_use]
    pub fn streams(&self) -> &[Appended] {
        &self.streams
    }

    /// Whether this is the receipt of an earlier call, of which this one was a repetition: nothing was stored now.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.repeated
    }
}

/// What was stored in one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    pub(crate) stream: StreamId,
    pub(crate) version: Version,
    pub(crate) positions: Vec<Position>,
    pub(crate) recorded_at: Option<DateTime<Utc>>,
}

impl Appended {
    /// The stream.
    #[must_use]
    pub fn stream(&self) -> &StreamId {
        &self.stream
    }

    /// Its version after the append.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The positions of its new events, in order; none for a guard.
    #[must_use]
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// When its new events were recorded, by the database's clock; `None` for a guard.
    #[must_use]
    pub fn recorded_at(&self) -> Option<DateTime<Utc>> {
        self.recorded_at
    }
}
