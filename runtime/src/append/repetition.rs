//! Tells the repetition of an append from a conflict.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Appended, Expected, Head, Receipt};
use crate::stream::{Position, Version};

/// Where an event stands.
pub(crate) struct Place {
    pub(crate) version: i64,
    pub(crate) position: i64,
    pub(crate) event_id: Uuid,
    pub(crate) recorded_at: DateTime<Utc>,
}

impl Head {
    /// Where its events would stand, had they been appended before: after the first version, up to the second.
    pub(crate) fn range(&self) -> (i64, i64) {
        let count = self.rows.len() as u64;
        match self.expected {
            Expected::Exact(version) => {
                let last = Version::new(version.get().saturating_add(count));
                (version.to_i64(), last.to_i64())
            }
            Expected::NoStream => (0, Version::new(count).to_i64()),
            Expected::Any | Expected::Exists => (0, i64::MAX),
        }
    }

    /// What was answered the first time, where these are its events, all of them and in their order.
    pub(crate) fn answered(&self, places: &[Place]) -> Option<Appended> {
        let ids = self.rows.iter().map(|row| row.event_id);
        if !ids.eq(places.iter().map(|place| place.event_id)) {
            return None;
        }
        // A guard held when the append was stored; what became of its stream since says nothing.
        let version = places.last().map_or(self.range().0, |place| place.version);
        Some(Appended {
            stream: self.stream.clone(),
            version: Version::new(version.unsigned_abs()),
            positions: places
                .iter()
                .map(|place| Position::new(place.position.unsigned_abs()))
                .collect(),
            recorded_at: places.last().map(|place| place.recorded_at),
        })
    }
}

impl Receipt {
    /// The receipt of the first time; `None` where nothing was stored that could be found again.
    pub(crate) fn of_repetition(streams: Vec<Appended>) -> Option<Self> {
        let has_events = streams.iter().any(|stream| !stream.positions.is_empty());
        has_events.then_some(Receipt {
            streams,
            repeated: true,
        })
    }
}
