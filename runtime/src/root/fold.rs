//! Folds stored events into a state.

use std::sync::Arc;

use crate::aggregate::{Aggregate, EventSet, Kind};
use crate::error::Error;
use crate::event::Recorded;
use crate::store::names::Names;
use crate::store::row::StoredEvent;
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
    let kinds = <A::Event as EventSet>::KINDS;
    let Some(kind) = kinds
        .iter()
        .find(|kind| kind.lineage.is_named(&recorded.event_type))
    else {
        return Err(unknown(recorded, kinds));
    };
    kind.reader
        .read(recorded.schema_version, payload, each)
        .map_err(|misfit| Error::undecodable(recorded, misfit))
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
}

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
        }
    }

    /// Checks that the event is the next one, and folds it unless `is_wanted` says otherwise.
    pub(super) fn step(
        &mut self,
        tenant: &Arc<str>,
        stream: &StreamId,
        event: &StoredEvent<'_>,
        is_wanted: impl FnOnce(&Recorded) -> bool,
    ) -> Result<(), Error> {
        let next = self.version + 1;
        if event.version != next {
            return Err(Error::corrupt(stream, format!("event {next} is missing")));
        }
        self.version = next;
        let recorded = event.recorded(tenant, stream, &mut self.types)?;
        if !is_wanted(&recorded) {
            return Ok(());
        }
        let state = &mut self.state;
        read::<A>(&recorded, event.payload, &mut |event| {
            state.evolve(event, &recorded);
        })
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
