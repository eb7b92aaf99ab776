use annals_schema::{Schema, Shape};

use crate::event::{Misfit, Stored, from_json, to_json};
use crate::stream::Version;

/// How snapshots of an aggregate's state are taken.
///
/// A snapshot is never authoritative: it spares reading the events before it, and anything else than an exact match
/// of what it was made by is a replay from the first event.
pub struct Snapshots<A: 'static> {
    pub(crate) when: When<A>,
    pub(crate) logic: Option<u32>,
    pub(crate) shape: &'static Shape<'static>,
    pub(crate) write: fn(&A) -> Result<String, (String, String)>,
    pub(crate) read: fn(&[u8]) -> Result<A, Misfit>,
}

pub(crate) enum When<A: 'static> {
    Every(u64),
    Policy(fn(&A, SnapshotProgress) -> bool),
}

impl<A: Schema + Stored> Snapshots<A> {
    /// A snapshot each time so many events have been stored since the last one.
    #[must_use]
    pub const fn every(events: u64) -> Self {
        Self::new(When::Every(events))
    }

    /// A snapshot whenever the policy says so. It is asked for each command that stores events, with the state after them.
    #[must_use]
    pub const fn when(policy: fn(&A, SnapshotProgress) -> bool) -> Self {
        Self::new(When::Policy(policy))
    }

    /// The version of the rules that no token shows, like a function that `apply` calls. Raise it when they change.
    #[must_use]
    pub const fn logic(mut self, version: u32) -> Self {
        self.logic = Some(version);
        self
    }

    const fn new(when: When<A>) -> Self {
        Snapshots {
            when,
            logic: None,
            shape: A::SHAPE,
            write: write::<A>,
            read: from_json::<A>,
        }
    }
}

impl<A> Snapshots<A> {
    pub(crate) fn is_due(&self, state: &A, progress: SnapshotProgress) -> bool {
        match self.when {
            When::Every(events) => progress.events_since_snapshot >= events,
            When::Policy(policy) => policy(state, progress),
        }
    }
}

fn write<A: Schema + Stored>(state: &A) -> Result<String, (String, String)> {
    to_json(state)
}

/// What a snapshot policy can base its answer on.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SnapshotProgress {
    /// The version of the stream: the number of its events.
    pub version: Version,
    /// The number of events since the last snapshot that could be used; since the first event where there is none.
    pub events_since_snapshot: u64,
}
