//! Stores what a command decided, and leaves the state behind for the next one.

use std::sync::Arc;

use uuid::Uuid;

use super::Execute;
use super::run::Sent;
use crate::aggregate::{EventSet, Events, Handle, SnapshotProgress};
use crate::append::{Appended, CommandKey, Expected, Group, Head, Receipt, Row};
use crate::error::Error;
use crate::root::Root;
use crate::root::fold::Fold;
use crate::root::snapshots::{Due, due, write_behind};
use crate::root::warm::State;
use crate::store::Turn;
use crate::store::appends::Chain;
use crate::store::row::{Fact, StoredEvent};
use crate::stream::Version;

impl<A, C> Execute<'_, A, C>
where
    A: Handle<C>,
    A::Error: Send,
    C: Clone + Send + Sync,
{
    /// Stores events that were decided on a state.
    ///
    /// Where no event looks at how it was recorded, the state after them is known before they are stored, and the next command
    /// on the stream need not wait: what it decides is stored with them or after them, or is void where they are not stored.
    pub(super) async fn store_events(
        &self,
        turn: Turn,
        state: State<A>,
        events: &Events<A>,
        sent: &Sent,
    ) -> Result<Receipt, Error> {
        let Root { store, stream, .. } = self.root;
        let group = self.group(state.version, events, sent)?;
        let is_followed_inline = !store.registered().inline.is_empty();
        if A::SEES_RECORD || is_followed_inline {
            let receipt = self.store_first(state, group, is_followed_inline).await;
            drop(turn);
            return receipt;
        }
        let link = state.chain.link();
        let after = self.after(state, &group, None);
        let pending = store.inner.appends.hand_in(group, Some(link));
        let (is_kept, due) = self.keep(after);
        // Who finds no state has to load, and what is loaded must hold this.
        let turn = (!is_kept).then_some(turn);
        let receipt = pending.answer().await?;
        drop(turn);
        store.inner.news.appended();
        if let Some(due) = due {
            write_behind::<A>(store, stream, due);
        }
        Ok(receipt)
    }

    /// Stores first, and folds then.
    async fn store_first(
        &self,
        mut state: State<A>,
        mut group: Group,
        is_followed_inline: bool,
    ) -> Result<Receipt, Error> {
        let Root { store, stream, .. } = self.root;
        let copy = group.clone();
        let receipt = if is_followed_inline {
            for head in &mut group.heads {
                head.seen = state.chain.seen();
            }
            let receipt = store.append_group(group).await?;
            let last = receipt.streams.first();
            state.chain = Chain::after(last.and_then(|appended| appended.recorded_at));
            receipt
        } else {
            let link = state.chain.link();
            let receipt = store
                .inner
                .appends
                .hand_in(group, Some(link))
                .answer()
                .await?;
            store.inner.news.appended();
            receipt
        };
        let after = self.after(state, &copy, receipt.streams.first());
        if let (_, Some(due)) = self.keep(after) {
            write_behind::<A>(store, stream, due);
        }
        Ok(receipt)
    }

    /// Keeps a state for the next command, where it can; answers whether it did, and the snapshot that is due of it.
    fn keep(&self, after: Result<(State<A>, Uuid), Error>) -> (bool, Option<Due>) {
        let Root { store, stream, .. } = self.root;
        let (mut state, last) = match after {
            Ok(after) => after,
            Err(error) => {
                tracing::warn!(%stream, %error, "what is stored does not read back; no state was kept of it");
                return (false, None);
            }
        };
        let progress = SnapshotProgress {
            version: state.version,
            events_since_snapshot: state.version.get() - state.snapshot.get(),
        };
        let due = due(stream, &state.state, progress, last);
        if due.is_some() {
            state.snapshot = state.version;
        }
        (store.inner.warm.put(store, stream, state), due)
    }

    pub(super) fn group(
        &self,
        version: Version,
        events: &Events<A>,
        sent: &Sent,
    ) -> Result<Group, Error> {
        let Root { store, stream, .. } = self.root;
        let limits = &store.inner.limits;
        let row = |event: &A::Event| {
            let encoded = event
                .encode(limits.verify_events)
                .map_err(|refusal| Error::unstorable(stream, refusal))?;
            let (id, columns) = (Uuid::now_v7(), &sent.columns);
            Row::new(stream, id, encoded, columns, self.occurred_at, limits)
        };
        let rows: Vec<_> = events.iter().map(row).collect::<Result<_, _>>()?;
        let key = |key: &super::key::Key<A::Error>| CommandKey {
            key: key.key.clone(),
            after: 0,
            events: rows.len(),
        };
        let head = Head {
            stream: stream.clone(),
            expected: Expected::Exact(version),
            seen: None,
            keys: self.key.iter().map(key).collect(),
            rows,
        };
        Ok(Group {
            tenant: Arc::clone(store.checked(stream)?),
            heads: vec![head],
        })
    }

    /// The state after what is stored, and the id of its last event. It is folded from what is stored of them, as a load would,
    /// since a snapshot must be what a load would give.
    fn after(
        &self,
        state: State<A>,
        group: &Group,
        appended: Option<&Appended>,
    ) -> Result<(State<A>, Uuid), Error> {
        let mut fold = Fold::of(state.state, state.version.to_i64());
        let (mut bytes, mut last) = (state.bytes, Uuid::nil());
        let rows = group.heads.iter().flat_map(|head| &head.rows);
        for (nth, row) in rows.enumerate() {
            let recorded_at = appended.and_then(|appended| appended.recorded_at);
            let recorded_at = recorded_at.unwrap_or_default();
            let position = appended.and_then(|appended| appended.positions.get(nth));
            let event = StoredEvent {
                fact: Fact {
                    version: fold.version + 1,
                    position: position.map_or(0, |position| position.to_i64()),
                    event_type: &row.event_type,
                    schema_version: row.schema_version.into(),
                    payload: row.payload.as_bytes(),
                },
                event_id: row.event_id,
                metadata: row.metadata.as_deref().map(str::as_bytes),
                correlation: row.correlation.as_deref(),
                recorded_at,
                occurred_at: row.occurred_at.unwrap_or(recorded_at),
            };
            bytes += fold.step(&group.tenant, &self.root.stream, &event, None)?;
            last = row.event_id;
        }
        let state = State {
            version: Version::new(fold.version.unsigned_abs()),
            state: fold.state,
            bytes,
            ..state
        };
        Ok((state, last))
    }
}
