//! What a caller asks to be stored, and what it is told.

mod group;
mod receipt;
mod repetition;

use std::fmt::{self, Display};

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(crate) use group::{
    CommandKey, Group, Head, Limits, MetadataColumns, Row, check_name, check_tenant, to_micros,
    within_years,
};
pub use receipt::{Appended, Receipt};
pub(crate) use repetition::Place;

use crate::event::{Encoded, Event, Unstorable, encode, reads_back};
use crate::metadata::Metadata;
use crate::stream::{StreamId, Version};

/// What a caller expects of a stream at the moment of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expected {
    /// It is at this version: nobody has appended since the caller read it. `Exact` of version 0 is `NoStream`.
    Exact(Version),
    /// It does not exist yet.
    NoStream,
    /// It exists, at whatever version.
    Exists,
    /// Anything. Such an append cannot tell that it is a repetition.
    Any,
}

impl Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Exact(version) if version.get() > 0 => write!(f, "at version {version}"),
            Expected::Exact(_) | Expected::NoStream => f.write_str("not to exist"),
            Expected::Exists => f.write_str("to exist"),
            Expected::Any => f.write_str("in any state"),
        }
    }
}

/// An event that is to be stored.
#[derive(Debug, Clone)]
pub struct NewEvent {
    id: Uuid,
    encoded: Result<Encoded, Unstorable>,
    reads_back: fn(&Encoded) -> Result<(), Unstorable>,
    occurred_at: Option<DateTime<Utc>>,
    metadata: Metadata,
}

impl NewEvent {
    /// The event with a new id. What cannot be stored of it is said by the append.
    #[must_use]
    pub fn of<E: Event>(event: &E) -> Self {
        NewEvent {
            id: Uuid::now_v7(),
            encoded: encode(event),
            reads_back: |encoded| reads_back::<E>(encoded, None),
            occurred_at: None,
            metadata: Metadata::new(),
        }
    }

    /// Sets the event's id. An append that is repeated with the same ids, at the version where they already stand, is a
    /// success and stores nothing.
    #[must_use]
    pub fn id(mut self, id: Uuid) -> Self {
        self.id = id;
        self
    }

    /// Says when it happened in the world, which is otherwise taken to be the time of recording. Kept to the
    /// microsecond.
    #[must_use]
    pub fn occurred_at(mut self, time: DateTime<Utc>) -> Self {
        self.occurred_at = Some(time);
        self
    }

    /// Says who caused it, and on account of what.
    #[must_use]
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = metadata;
        self
    }
}

/// One caller's append, to one stream or to several: all of it is stored or nothing.
///
/// ```
/// # use annals::{Append, Expected, NewEvent, StreamId, Version, prelude::*};
/// # #[derive(Event, Serialize, Deserialize)] #[event("money.sent")] struct Sent { cents: i64 }
/// # #[derive(Event, Serialize, Deserialize)] #[event("money.received")] struct Received { cents: i64 }
/// let (from, to) = (StreamId::new("account", 1), StreamId::new("account", 2));
/// let transfer = Append::to(&from, Expected::Exact(Version::new(7)), [NewEvent::of(&Sent { cents: 500 })])
///     .and(&to, Expected::Exists, [NewEvent::of(&Received { cents: 500 })])
///     .guard(&StreamId::new("bank", "open"), Expected::Exists);
/// ```
#[derive(Debug, Clone)]
#[must_use = "an append does nothing until it is handed to a store"]
pub struct Append {
    streams: Vec<(StreamId, Expected, Vec<NewEvent>)>,
}

impl Append {
    /// An append of events to a stream, in order.
    pub fn to(
        stream: &StreamId,
        expected: Expected,
        events: impl IntoIterator<Item = NewEvent>,
    ) -> Self {
        Append {
            streams: Vec::new(),
        }
        .and(stream, expected, events)
    }

    /// Also appends events to another stream.
    pub fn and(
        mut self,
        stream: &StreamId,
        expected: Expected,
        events: impl IntoIterator<Item = NewEvent>,
    ) -> Self {
        self.streams
            .push((stream.clone(), expected, events.into_iter().collect()));
        self
    }

    /// Also demands something of a stream to which nothing is appended.
    pub fn guard(self, stream: &StreamId, expected: Expected) -> Self {
        self.and(stream, expected, [])
    }
}
