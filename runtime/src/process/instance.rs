//! An instance in memory, while it takes the steps of a page.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::input::Unstepped;
use super::record::{Cause, Record};
use super::{Out, Process};
use crate::append::Limits;
use crate::error::Error;
use crate::event::{Recorded, RecordedEvent, Unstorable, decode, encode, reads_back};
use crate::projection::{Failure, panicked, partition_of};
use crate::store::processes::{FoundInstance, InstancePlace, InstanceStatus, SavedInstance};
use crate::stream::StreamId;

pub(super) struct Instance<P> {
    pub(super) place: InstancePlace,
    pub(super) partition: u32,
    stream: StreamId,
    /// `None` where there is no such instance yet.
    status: Option<InstanceStatus>,
    steps: i64,
    /// The state after the last step, where it was read.
    state: Option<P>,
    /// The state as it is stored, and where it was found.
    stored: Option<(u32, Box<[u8]>)>,
    found_at: Option<Recorded>,
    pub(super) record: Record,
}

impl<P: Process> Instance<P> {
    pub(super) fn new(place: InstancePlace) -> Self {
        Instance {
            partition: partition_of(&place.0, &place.1, P::PARTITIONS),
            stream: StreamId::new(P::PROCESS, &place.1),
            place,
            status: None,
            steps: 0,
            state: None,
            stored: None,
            found_at: None,
            record: Record::default(),
        }
    }

    pub(super) fn found(&mut self, found: FoundInstance) {
        self.status = Some(found.status);
        self.steps = found.steps;
        let RecordedEvent { recorded, payload } = found.state;
        self.stored = Some((recorded.schema_version, payload));
        self.found_at = Some(recorded);
    }

    pub(super) fn stream(&self) -> &StreamId {
        &self.stream
    }

    /// Whether anything can still happen to it: it runs, or it is not there yet.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.status, None | Some(InstanceStatus::Running))
    }

    /// Whether it is there, and runs.
    pub(super) fn is_running(&self) -> bool {
        self.status == Some(InstanceStatus::Running)
    }

    /// Whether it came to its end in this page.
    pub(super) fn is_over(&self) -> bool {
        self.status == Some(InstanceStatus::Finished)
    }

    /// Takes a step, whole or not at all.
    pub(super) fn step(
        &mut self,
        cause: &Cause,
        limits: &Limits,
        react: impl FnOnce(Option<P>, &mut Out<P>) -> Result<Option<P>, Unstepped>,
    ) -> Result<(), Unstepped> {
        if !self.is_open() {
            return Ok(());
        }
        let state = self.take_state()?;
        let mut out = Out::new(&self.place.1, cause.id, limits.verify_events);
        // What a method can leave half done is dropped with the failure.
        let reacted = catch_unwind(AssertUnwindSafe(|| react(state, &mut out)));
        let reacted = reacted.unwrap_or_else(|panic| Err(Unstepped::Failed(panicked(&*panic))))?;
        let Some(state) = reacted else {
            return Ok(());
        };
        let mut decided = out.into_decided();
        if let Some(unstorable) = decided.unstorable.take() {
            return Err(self.refused(unstorable));
        }
        let encoded = encode(&state).map_err(|unstorable| self.refused(unstorable))?;
        if limits.verify_events {
            reads_back(&encoded, Some(&state)).map_err(|unstorable| self.refused(unstorable))?;
        }
        let stored = (encoded.schema_version, encoded.payload.as_bytes().into());
        let is_finished = decided.is_finished;
        self.record
            .add(&self.stream, cause, encoded, decided, limits)
            .map_err(|error| Unstepped::Failed(Failure::new(error)))?;
        self.stored = Some(stored);
        self.state = Some(state);
        self.steps += 1;
        self.status = Some(match is_finished {
            true => InstanceStatus::Finished,
            false => InstanceStatus::Running,
        });
        Ok(())
    }

    fn refused(&self, unstorable: Unstorable) -> Unstepped {
        Unstepped::Failed(Failure::new(Error::unstorable(&self.stream, unstorable)))
    }

    fn take_state(&mut self) -> Result<Option<P>, Unstepped> {
        if let Some(state) = self.state.take() {
            return Ok(Some(state));
        }
        let Some((version, payload)) = &self.stored else {
            return Ok(None);
        };
        decode(*version, payload)
            .map(Some)
            .map_err(|misfit| match &self.found_at {
                Some(recorded) => Unstepped::unread(recorded, misfit),
                // What this program has just encoded.
                None => Unstepped::Failed(Failure::new("the state does not read back")),
            })
    }

    /// Where it stands after the steps.
    pub(super) fn saved(&self, state_version: i64) -> SavedInstance {
        let (tenant, id) = &self.place;
        SavedInstance {
            tenant: Arc::clone(tenant),
            id: id.clone(),
            partition: self.partition,
            status: self.status.unwrap_or(InstanceStatus::Running),
            state_version,
            steps: self.steps,
        }
    }
}
