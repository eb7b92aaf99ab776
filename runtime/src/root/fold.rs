//! Folds stored events into a state.

use std::sync::Arc;

use chrono::DateTime;
use uuid::Uuid;

use crate::aggregate::{Aggregate, EventSet, Kind};
use crate::error::{Error, Place};
use crate::event::Recorded;
use crate::metadata::Metadata;
use crate::store::names::Names;
use crate::store::row::EventRow;
use crate::stream::{Position, StreamId, Version};

/// Hands on each event of the aggregate that a stored one stands for.
///
/// # Errors
/// Where the stored event is of an unknown type or version, or its payload does not fit.
pub(super) fn read<A: Aggregate>(
    at: Place<'_>,
    payload: &[u8],
    each: &mut dyn FnMut(A::Event),
) -> Result<(), Error> {
    let Some(kind) = kind_of::<A>(at.event_type) else {
        return Err(unknown(&at, <A::Event as EventSet>::KINDS));
    };
    kind.reader
        .read(at.schema_version, payload, each)
        .map_err(|misfit| Error::undecodable(at, misfit))
}

/// The event of the aggregate that has this name, or had it.
fn kind_of<A: Aggregate>(event_type: &str) -> Option<&'static Kind<A::Event>> {
    let mut kinds = <A::Event as EventSet>::KINDS.iter();
    kinds.find(|kind| kind.lineage.is_named(event_type))
}

#[cold]
fn unknown<S: 'static>(at: &Place<'_>, kinds: &[Kind<S>]) -> Error {
    let known: Vec<_> = kinds.iter().map(|kind| kind.lineage.name).collect();
    Error::unknown_event(at, &known)
}

/// What those are handed who do not look at how an event was recorded: as no event was.
fn unseen(tenant: &Arc<str>, stream: &StreamId) -> Recorded {
    Recorded {
        tenant: Arc::clone(tenant),
        stream: stream.clone(),
        version: Version::new(0),
        position: Position::new(0),
        event_id: Uuid::nil(),
        event_type: "".into(),
        schema_version: 0,
        recorded_at: DateTime::UNIX_EPOCH,
        occurred_at: DateTime::UNIX_EPOCH,
        metadata: Metadata::default(),
    }
}

/// A state that events are folded into, one after another and without a hole.
pub(super) struct Fold<A> {
    pub(super) state: A,
    /// Of the last event.
    pub(super) version: i64,
    types: Names,
    /// Where nobody looks at how events were recorded.
    unseen: Option<Recorded>,
}

/// Which events are folded, by how they were recorded.
pub(super) type IsWanted<'w> = dyn Fn(&Recorded) -> bool + Send + Sync + 'w;

impl<A: Aggregate> Fold<A> {
    pub(super) fn new() -> Self {
        Fold::of(A::default(), 0)
    }

    /// Goes on from a state, that of the stream at the version.
    pub(super) fn of(state: A, version: i64) -> Self {
        Fold {
            state,
            version,
            types: Names::default(),
            unseen: None,
        }
    }

    /// Checks that the event is the next one, and folds it unless `is_wanted` says otherwise. Answers the size of its payload.
    ///
    /// How it was recorded is read for those who look at it: that costs as much as to decode a small payload.
    pub(super) fn step(
        &mut self,
        tenant: &Arc<str>,
        stream: &StreamId,
        event: &dyn EventRow,
        is_wanted: Option<&IsWanted<'_>>,
    ) -> Result<usize, Error> {
        let next = self.version.saturating_add(1);
        let fact = event.fact()?;
        if fact.version != next {
            return Err(Error::corrupt(stream, format!("event {next} is missing")));
        }
        self.version = next;
        let state = &mut self.state;
        if is_wanted.is_none() && !A::SEES_RECORD {
            let unseen = &*self.unseen.get_or_insert_with(|| unseen(tenant, stream));
            let at = fact.place(stream)?;
            read::<A>(at, fact.payload, &mut |event| state.evolve(event, unseen))?;
        } else {
            let recorded = event.stored()?.recorded(tenant, stream, &mut self.types)?;
            if is_wanted.is_none_or(|is_wanted| is_wanted(&recorded)) {
                let at = Place::from(&recorded);
                read::<A>(at, fact.payload, &mut |event| {
                    state.evolve(event, &recorded);
                })?;
            }
        }
        Ok(fact.payload.len())
    }

    /// Checks that nothing is missing at the end.
    pub(super) fn finish(self, stream: &StreamId, head: i64) -> Result<Self, Error> {
        if self.version == head {
            return Ok(self);
        }
        let (version, next) = (self.version, self.version.saturating_add(1));
        Err(if version < head {
            Error::corrupt(
                stream,
                format!("event {next} is missing: its row says that it has {head}"),
            )
        } else {
            Error::corrupt(
                stream,
                format!("it holds {version} events, but its row says that it has {head}"),
            )
        })
    }
}
