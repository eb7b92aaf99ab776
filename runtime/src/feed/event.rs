use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::event::{Event, Recorded, RecordedEvent, decode, from_json};
use crate::store::feed::{category, named};
use crate::store::names::Names;
use crate::store::row::{EventRow, Fact};
use crate::stream::Position;

/// A stored event as it lies in the row in which it came. Handed out by [`Feed::each`](crate::Feed::each).
///
/// Nothing of it is copied until it is asked for. Of its row no more is read before than it takes to decode it.
pub struct FeedEvent<'r> {
    tenant: &'r Arc<str>,
    stream: &'r str,
    aggregate: &'r str,
    position: Position,
    schema_version: u32,
    fact: Fact<'r>,
    row: &'r dyn EventRow,
    types: &'r RefCell<Names>,
}

impl<'r> FeedEvent<'r> {
    /// # Errors
    /// Where the row holds what annals never writes.
    pub(super) fn of(
        tenant: &'r Arc<str>,
        stream: &'r str,
        aggregate: Option<&'r str>,
        row: &'r dyn EventRow,
        types: &'r RefCell<Names>,
    ) -> Result<Self, Error> {
        let aggregate = category(stream, aggregate)?;
        let fact = row.fact()?;
        let numbers = (
            u64::try_from(fact.position),
            u32::try_from(fact.schema_version),
        );
        let (position, schema_version) = match numbers {
            (Ok(position), Ok(schema_version)) => (Position::new(position), schema_version),
            // Who looks at all of the row says what is wrong.
            _ => {
                let id = named(stream, Some(aggregate))?;
                let recorded = row
                    .stored()?
                    .recorded(tenant, &id, &mut types.borrow_mut())?;
                (recorded.position, recorded.schema_version)
            }
        };
        Ok(FeedEvent {
            tenant,
            stream,
            aggregate,
            position,
            schema_version,
            fact,
            row,
            types,
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

    /// The event's place in the order of all events.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The name under which the event is stored.
    #[must_use]
    pub fn event_type(&self) -> &str {
        self.fact.event_type
    }

    /// The version of the event's shape in which it is stored.
    #[must_use]
    pub fn schema_version(&self) -> u32 {
        self.schema_version
    }

    /// The stored JSON.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.fact.payload
    }

    /// Where and when it was recorded, and by whom.
    ///
    /// # Errors
    /// Where the row holds what annals never writes.
    pub fn recorded(&self) -> Result<Recorded, Error> {
        let stream = named(self.stream, Some(self.aggregate))?;
        let types = &mut self.types.borrow_mut();
        self.row.stored()?.recorded(self.tenant, &stream, types)
    }

    /// The event, to be kept.
    ///
    /// # Errors
    /// Those of [`FeedEvent::recorded`].
    pub fn to_owned(&self) -> Result<RecordedEvent, Error> {
        Ok(RecordedEvent {
            recorded: self.recorded()?,
            payload: self.fact.payload.into(),
        })
    }

    /// The event, through its upcasts; `None` where it is of another type.
    ///
    /// # Errors
    /// Where its version is not known or its payload does not fit.
    pub fn decode<E: Event>(&self) -> Result<Option<E>, Error> {
        if !E::LINEAGE.is_named(self.fact.event_type) {
            return Ok(None);
        }
        match decode(self.schema_version, self.fact.payload) {
            Ok(event) => Ok(Some(event)),
            Err(misfit) => Err(Error::undecodable(&self.recorded()?, misfit)),
        }
    }

    /// The stored JSON as any type, without upcasts.
    ///
    /// # Errors
    /// Where the JSON does not fit `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        match from_json(self.fact.payload) {
            Ok(value) => Ok(value),
            Err(misfit) => Err(Error::undecodable(&self.recorded()?, misfit)),
        }
    }
}

impl fmt::Debug for FeedEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the payload: what is debugged ends in logs.
        f.debug_struct("FeedEvent")
            .field("stream", &self.stream)
            .field("position", &self.position)
            .field("event_type", &self.fact.event_type)
            .finish_non_exhaustive()
    }
}
