//! Folds stored events into a state.

use std::sync::Arc;

use crate::aggregate::{Aggregate, EventSet, Kind};
use crate::error::Error;
use crate::event::Recorded;
use crate::store::names::Names;
use crate::store::row::EventRow;
use crate::stream::StreamId;

/// Hands on each event of the aggregate that a stored one stands for.
///
/// # Errors
/// Where the stored event is of an unknown type or version, or its payload does not fit.
pub(super) fn read<A: Aggregate>(
    recorded: &Recorded,
    payload: &[u8],
    each: &mut dyn FnMut(A::Event),
) -> Result<(), Error> {
    let Some(kind) = kind_of::<A>(&recorded.event_type) else {
        return Err(unknown(recorded, <A::Event as EventSet>::KINDS));
    };
    kind.reader
        .read(recorded.schema_version, payload, each)
        .map_err(|misfit| Error::undecodable(recorded, misfit))
}

/// The event of the aggregate that has this name, or had it.
fn kind_of<A: Aggregate>(event_type: &str) -> Option<&'static Kind<A::Event>> {
    let mut kinds = <A::Event as EventSet>::KINDS.iter();
    kinds.find(|kind| kind.lineage.is_named(event_type))
}

#[cold]
fn unknown<S: 'static>(recorded: &Recorded, kinds: &[Kind<S>]) -> Error {
    let known: Vec<_> = kinds.iter().map(|kind| kind.lineage.name).collect();
    Error::unknown_event(recorded, &known)
}

/// A state that events are folded into, one after another and without a hole.
pub(super) struct Fold<A> {
    pub(super) state: A,
    /// Of the last event.
    pub(super) version: i64,
    types: Names,
    /// How an earlier event was recorded, which stands for the later ones where nobody looks at it.
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
    /// How it was recorded is put together for those who look at it: that costs as much as to decode a small payload. Metadata is
    /// read in any case, so that one that cannot be read is noticed.
    pub(super) fn step(
        &mut self,
        tenant: &Arc<str>,
        stream: &StreamId,
        event: &dyn EventRow,
        is_wanted: Option<&IsWanted<'_>>,
    ) -> Result<usize, Error> {
        let next = self.version + 1;
        let fact = event.fact()?;
        if fact.version != next {
            return Err(Error::corrupt(stream, format!("event {next} is missing")));
        }
        self.version = next;
        let size = fact.payload.len();
        let state = &mut self.state;
        if let Some(unseen) = &self.unseen
            && is_wanted.is_none()
            && !event.has_metadata()?
            && let Some(kind) = kind_of::<A>(fact.event_type)
            && let Ok(schema_version) = u32::try_from(fact.schema_version)
        {
            let mut each = |event| state.evolve(event, unseen);
            let read = kind.reader.read(schema_version, fact.payload, &mut each);
            return match read {
                Ok(()) => Ok(size),
                Err(misfit) => {
                    let recorded = event.stored()?.recorded(tenant, stream, &mut self.types)?;
                    Err(Error::undecodable(&recorded, misfit))
                }
            };
        }
        let recorded = event.stored()?.recorded(tenant, stream, &mut self.types)?;
        if is_wanted.is_none_or(|is_wanted| is_wanted(&recorded)) {
            read::<A>(&recorded, fact.payload, &mut |event| {
                state.evolve(event, &recorded);
            })?;
        }
        if !A::SEES_RECORD {
            self.unseen = Some(recorded);
        }
        Ok(size)
    }

    /// Checks that nothing is missing at the end.
    pub(super) fn finish(self, stream: &StreamId, head: i64) -> Result<Self, Error> {
        if self.version == head {
            return Ok(self);
        }
        let (version, next) = (self.version, self.version + 1);
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
