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

/// A state that was just stored, and may be due for a snapshot.
pub(super) struct Fresh<A> {
    pub(super) state: A,
    pub(super) version: Version,
    /// Of the last event in the state.
    pub(super) event_id: Uuid,
    /// The version of the snapshot from which the state was folded on; 0 where there was none.
    pub(super) last_snapshot: Version,
}

/// Stores a snapshot where one is due, behind the answer. A snapshot that cannot be stored is not missed: the events are
/// there.
pub(super) fn write_behind<A: Aggregate>(store: &Store, stream: &StreamId, fresh: Fresh<A>) {
    let (Some(snapshots), Some(fingerprint)) = (A::SNAPSHOTS, fingerprint_of::<A>()) else {
        return;
    };
    let events_since_snapshot = fresh.version.get() - fresh.last_snapshot.get();
    let progress = SnapshotProgress {
        version: fresh.version,
        events_since_snapshot,
    };
    if !snapshots.is_due(&fresh.state, progress) {
        return;
    }
    let (inner, tenant, stream) = (
        Arc::clone(&store.inner),
        store.tenant_name().to_owned(),
        stream.clone(),
    );
    store.inner.behind.spawn(async move {
        let Some(state) = encode(&fresh.state) else {
            tracing::warn!(%stream, "a state does not read back as it is written; no snapshot was stored");
            return;
        };
        let Fresh { version, event_id, .. } = fresh;
        let snapshot = NewSnapshot { tenant, stream, version, event_id, fingerprint, state };
        if let Err(error) = inner.backend.save_snapshot(&snapshot).await {
            tracing::warn!(stream = %snapshot.stream, %error, "a snapshot could not be stored");
        }
    });
}

/// The state as JSON, where that reads back as the same state.
fn encode<A: Aggregate>(state: &A) -> Option<String> {
    let snapshots = A::SNAPSHOTS?;
    let json = (snapshots.write)(state).ok()?;
    let again = (snapshots.write)(&(snapshots.read)(json.as_bytes()).ok()?).ok()?;
    is_same_json(&json, &again, snapshots.shape).then_some(json)
}
