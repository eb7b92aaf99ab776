use std::fmt;

use serde::de::DeserializeOwned;

use crate::error::{Error, Place};
use crate::event::{Event, Misfit, decode, from_json};
use crate::store::feed::{category, named};
use crate::store::row::{Fact, Numbers};
use crate::stream::{Position, Version};

/// A stored event as it lies in the row in which it came. Handed out by [`Feed::each`](crate::Feed::each).
///
/// Nothing of it is copied. It is what was stored, where, and in which order: its id, its times and its metadata are not read.
/// The events of a [`Replay`](crate::Replay) and of a [`FeedPage`](crate::FeedPage) have all of it.
pub struct FeedEvent<'r> {
    stream: &'r str,
    aggregate: &'r str,
    numbers: Numbers,
    fact: Fact<'r>,
}

impl<'r> FeedEvent<'r> {
    /// # Errors
    /// Where it is what annals never writes.
    pub(super) fn of(
        stream: &'r str,
        aggregate: Option<&'r str>,
        fact: Fact<'r>,
    ) -> Result<Self, Error> {
        Ok(FeedEvent {
            stream,
            aggregate: category(stream, aggregate)?,
            numbers: fact.numbers(|| named(stream, aggregate))?,
            fact,
        })
    }

    /// The whole name of the stream: `account-123`.
    #[must_use]
    pub fn stream(&self) -> &str {
        self.stream
    }

    /// The id of the instance: `123` in `account-123`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.stream[self.aggregate.len() + 1..]
    }

    /// The name of the aggregate: `account` in `account-123`.
    #[must_use]
    pub fn category(&self) -> &str {
        self.aggregate
    }

    /// The event's place in its stream.
    #[must_use]
    pub fn version(&self) -> Version {
        self.numbers.version
    }

    /// The event's place in the order of all events.
    #[must_use]
    pub fn position(&self) -> Position {
        self.numbers.position
    }

    /// The name under which the event is stored.
    #[must_use]
    pub fn event_type(&self) -> &str {
        self.fact.event_type
    }

    /// The version of the event's shape in which it is stored.
    #[must_use]
    pub fn schema_version(&self) -> u32 {
        self.numbers.schema_version
    }

    /// The stored JSON.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.fact.payload
    }

    /// The event, through its upcasts; `None` where it is of another type.
    ///
    /// # Errors
    /// Where its version is not known or its payload does not fit.
    pub fn decode<E: Event>(&self) -> Result<Option<E>, Error> {
        if !E::LINEAGE.is_named(self.fact.event_type) {
            return Ok(None);
        }
        decode(self.schema_version(), self.fact.payload)
            .map(Some)
            .map_err(|misfit| self.undecodable(misfit))
    }

    /// The stored JSON as any type, without upcasts.
    ///
    /// # Errors
    /// Where the JSON does not fit `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        from_json(self.fact.payload).map_err(|misfit| self.undecodable(misfit))
    }

    #[cold]
    fn undecodable(&self, misfit: Misfit) -> Error {
        let at = Place {
            stream: self.stream,
            version: self.version(),
            position: self.position(),
            event_type: self.event_type(),
            schema_version: self.schema_version(),
        };
        Error::undecodable(at, misfit)
    }
}

impl fmt::Debug for FeedEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the payload: what is debugged ends in logs.
        f.debug_struct("FeedEvent")
            .field("stream", &self.stream)
            .field("version", &self.numbers.version)
            .field("position", &self.numbers.position)
            .field("event_type", &self.fact.event_type)
            .finish_non_exhaustive()
    }
}
