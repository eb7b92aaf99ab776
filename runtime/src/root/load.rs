use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tracing::Instrument;

use super::fold::{Fold, IsWanted};
use super::snapshots::fingerprint_of;
use crate::aggregate::Aggregate;
use crate::error::Error;
use crate::event::Misfit;
use crate::store::row::{LoadRequest, Loaded as Item, Outcome};
use crate::store::{Store, Tx};
use crate::stream::{StreamId, Version};
use crate::telemetry;

/// A state and the version of the stream at which it is.
pub struct Loaded<A> {
    pub(super) state: A,
    pub(super) version: Version,
    /// The version of the snapshot from which it was folded on; 0 where there was none.
    pub(super) snapshot: Version,
    /// When the last event of the stream was recorded.
    pub(super) seen: Option<DateTime<Utc>>,
    /// The bytes of what it was made of.
    pub(super) bytes: usize,
}

impl<A> Loaded<A> {
    /// The version: the number of events in the state.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> &A {
        &self.state
    }

    /// The state, by value.
    #[must_use]
    pub fn into_state(self) -> A {
        self.state
    }
}

impl<A> Deref for Loaded<A> {
    type Target = A;

    fn deref(&self) -> &A {
        &self.state
    }
}

impl<A: fmt::Debug> fmt::Debug for Loaded<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded")
            .field("version", &self.version)
            .field("state", &self.state)
            .finish()
    }
}

/// All there is of a stream, from a snapshot of `A` where there is a usable one.
pub(super) fn request_for<'r, A: Aggregate>(
    store: &'r Store,
    stream: &'r StreamId,
    key: Option<&'r str>,
) -> Result<LoadRequest<'r>, Error> {
    Ok(LoadRequest {
        tenant: store.checked(stream)?,
        stream,
        fingerprint: fingerprint_of::<A>(),
        key,
        up_to: None,
        recorded_until: None,
        facts_alone: !A::SEES_RECORD,
    })
}

/// Loads a state as it is now, or as a transaction sees it, and the outcome of the command with the given key, in one round
/// trip.
pub(super) async fn load<A: Aggregate>(
    store: &Store,
    tx: Option<&mut Tx>,
    stream: &StreamId,
    key: Option<&str>,
) -> Result<(Loaded<A>, Option<Outcome>), Error> {
    let request = request_for::<A>(store, stream, key)?;
    let span = tracing::debug_span!("load", aggregate = A::NAME);
    let folded = fold::<A>(store, tx, request, None).instrument(span);
    let (loaded, outcome) = folded.await?;
    let snapshot = loaded.snapshot.get();
    telemetry::loaded(A::NAME, loaded.version.get() - snapshot, snapshot > 0);
    Ok((loaded, outcome))
}

/// Folds the events that are asked for, those that are wanted where not all are, from a snapshot where there is a usable one.
pub(super) async fn fold<A: Aggregate>(
    store: &Store,
    mut tx: Option<&mut Tx>,
    request: LoadRequest<'_>,
    is_wanted: Option<&IsWanted<'_>>,
) -> Result<(Loaded<A>, Option<Outcome>), Error> {
    let backend = &store.inner.backend;
    let request = LoadRequest {
        facts_alone: request.facts_alone && is_wanted.is_none(),
        ..request
    };
    let mut folding = Folding::new(&request);
    let mut each = |item: Item<'_>| folding.take(item, is_wanted);
    let done = backend.load(tx.as_deref_mut(), request, &mut each).await;
    if folding.is_snapshot_unreadable {
        tracing::warn!(stream = %request.stream, "a snapshot does not decode; reading from the first event");
        let from_the_first = LoadRequest {
            fingerprint: None,
            ..request
        };
        folding = Folding::new(&from_the_first);
        let mut each = |item: Item<'_>| folding.take(item, is_wanted);
        backend.load(tx, from_the_first, &mut each).await?;
        return folding.finish(&from_the_first);
    }
    done?;
    folding.finish(&request)
}

struct Folding<A> {
    tenant: Arc<str>,
    stream: StreamId,
    fold: Fold<A>,
    /// The version of the stream, as its row says.
    head: i64,
    seen: Option<DateTime<Utc>>,
    snapshot: i64,
    bytes: usize,
    is_snapshot_unreadable: bool,
    outcome: Option<Outcome>,
}

impl<A: Aggregate> Folding<A> {
    fn new(request: &LoadRequest<'_>) -> Self {
        Folding {
            tenant: Arc::clone(request.tenant),
            stream: request.stream.clone(),
            fold: Fold::new(),
            head: 0,
            seen: None,
            snapshot: 0,
            bytes: 0,
            is_snapshot_unreadable: false,
            outcome: None,
        }
    }

    fn take(&mut self, item: Item<'_>, is_wanted: Option<&IsWanted<'_>>) -> Result<(), Error> {
        match item {
            Item::Head(head) => {
                let category = self.stream.category();
                if let Some(other) = head
                    .aggregate
                    .filter(|&aggregate| aggregate != category && head.version > 0)
                {
                    return Err(Error::other_aggregate(&self.stream, other));
                }
                self.head = head.version;
                self.seen = head.recorded_at;
                self.outcome = head.outcome;
                match (head.snapshot, A::SNAPSHOTS) {
                    (Some((version, json)), Some(snapshots)) => {
                        self.bytes = json.len();
                        self.begin_at(version, (snapshots.read)(json))
                    }
                    _ => Ok(()),
                }
            }
            Item::Event(event) => {
                let fold = &mut self.fold;
                self.bytes += fold.step(&self.tenant, &self.stream, event, is_wanted)?;
                Ok(())
            }
        }
    }

    fn begin_at(&mut self, version: i64, state: Result<A, Misfit>) -> Result<(), Error> {
        match state {
            Ok(state) => {
                self.snapshot = version;
                self.fold = Fold::of(state, version);
                Ok(())
            }
            Err(_) => {
                self.is_snapshot_unreadable = true;
                Err(Error::corrupt(&self.stream, "its snapshot does not decode"))
            }
        }
    }

    fn finish(self, request: &LoadRequest<'_>) -> Result<(Loaded<A>, Option<Outcome>), Error> {
        let last = request
            .up_to
            .map_or(self.head, |version| self.head.min(version.to_i64()));
        // How many events a time takes in, the row of the stream cannot say.
        let fold = if request.recorded_until.is_some() {
            self.fold
        } else {
            self.fold.finish(&self.stream, last)?
        };
        let loaded = Loaded {
            state: fold.state,
            version: Version::new(fold.version.unsigned_abs()),
            snapshot: Version::new(self.snapshot.unsigned_abs()),
            seen: self.seen,
            bytes: self.bytes,
        };
        Ok((loaded, self.outcome))
    }
}
