//! Writes snapshots behind the answer.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use uuid::Uuid;

use crate::aggregate::{Aggregate, SnapshotProgress, fingerprint};
use crate::json::is_same_json;
use crate::store::Store;
use crate::store::row::NewSnapshot;
use crate::stream::{StreamId, Version};

/// The fingerprint of the snapshots of `A`, computed once for each program; `None` where none are taken.
pub(super) fn fingerprint_of<A: Aggregate>() -> Option<&'static str> {
    static KNOWN: LazyLock<Mutex<HashMap<TypeId, &'static str>>> = LazyLock::new(Mutex::default);
    A::SNAPSHOTS?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(fingerprint) = known.get(&TypeId::of::<A>()) {
        return Some(fingerprint);
    }
    // One short text for each aggregate of the program, needed as long as it runs.
    let fingerprint: &'static str = fingerprint::<A>()?.leak();
    known.insert(TypeId::of::<A>(), fingerprint);
    Some(fingerprint)
}

/// A snapshot that is to be stored once its last event is.
pub(super) struct Due {
    version: Version,
    /// Of the last event in the state.
    event_id: Uuid,
    /// The JSON of the state.
    state: String,
    fingerprint: &'static str,
}

/// The snapshot of a state, where one is due.
pub(super) fn due<A: Aggregate>(
    stream: &StreamId,
    state: &A,
    progress: SnapshotProgress,
    event_id: Uuid,
) -> Option<Due> {
    let (snapshots, fingerprint) = (A::SNAPSHOTS?, fingerprint_of::<A>()?);
    if !snapshots.is_due(state, progress) {
        return None;
    }
    let Ok(state) = (snapshots.write)(state) else {
        tracing::warn!(%stream, "a state cannot be written; no snapshot was stored");
        return None;
    };
    Some(Due {
        version: progress.version,
        event_id,
        state,
        fingerprint,
    })
}

/// Stores a snapshot behind the answer. One that cannot be stored is not missed: the events are there.
pub(super) fn write_behind<A: Aggregate>(store: &Store, stream: &StreamId, due: Due) {
    let (inner, tenant, stream) = (
        Arc::clone(&store.inner),
        store.tenant_name().to_owned(),
        stream.clone(),
    );
    store.inner.behind.spawn(async move {
        let Due { version, event_id, state, fingerprint } = due;
        if !reads_back::<A>(&state) {
            tracing::warn!(%stream, "a state does not read back as it is written; no snapshot was stored");
            return;
        }
        let snapshot = NewSnapshot { tenant, stream, version, event_id, fingerprint, state };
        if let Err(error) = inner.backend.save_snapshot(&snapshot).await {
            tracing::warn!(stream = %snapshot.stream, %error, "a snapshot could not be stored");
        }
    });
}

/// Whether the JSON of a state reads back as the same state.
fn reads_back<A: Aggregate>(json: &str) -> bool {
    let again = || {
        let snapshots = A::SNAPSHOTS?;
        let state = (snapshots.read)(json.as_bytes()).ok()?;
        let again = (snapshots.write)(&state).ok()?;
        Some(is_same_json(json, &again, snapshots.shape))
    };
    again().unwrap_or_default()
}
