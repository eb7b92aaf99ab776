//! Loads, decides, stores, and does so again where another writer was faster.

use std::time::Duration;

use uuid::Uuid;

use super::Execute;
use crate::aggregate::{Context, EventSet, Events, Handle};
use crate::append::{Appended, Expected, Group, Head, MetadataColumns, Receipt, Row};
use crate::error::Error;
use crate::root::fold::Fold;
use crate::root::load::{Loaded, load};
use crate::root::snapshots::{Fresh, write_behind};
use crate::root::{CommandError, Root};
use crate::store::row::{NewOutcome, Outcome, StoredEvent};
use crate::stream::Version;

impl<A, C> Execute<'_, A, C>
where
    A: Handle<C>,
    A::Error: Send,
    C: Clone + Send + Sync,
{
    pub(super) async fn run(self) -> Result<Receipt, CommandError<A::Error>> {
        self.root.store.check_writable()?;
        if let Some(key) = &self.key {
            key.check()?;
        }
        let limits = &self.root.store.inner.limits;
        let columns = MetadataColumns::of(&self.root.stream, self.metadata.clone(), limits)?;
        let id = Uuid::now_v7();
        let _turn = self.root.store.turn(&self.root.stream).await?;
        let mut attempt = 1;
        loop {
            match self.attempt(id, &columns).await {
                Err(CommandError::Store(error))
                    if error.is_conflict() && attempt < self.attempts() =>
                {
                    tracing::debug!(stream = %self.root.stream, attempt, "another writer was faster");
                    pause(attempt).await;
                    attempt += 1;
                }
                answer => return answer,
            }
        }
    }

    /// How often to try. A command for one version alone is tried again only to see whether its key was used meanwhile.
    fn attempts(&self) -> u32 {
        match (self.expected, &self.key) {
            (None, _) => self.root.store.inner.options.command_attempts,
            (Some(_), Some(_)) => 2,
            (Some(_), None) => 1,
        }
    }

    async fn attempt(
        &self,
        id: Uuid,
        columns: &MetadataColumns,
    ) -> Result<Receipt, CommandError<A::Error>> {
        let Root { store, stream, .. } = self.root;
        let key = self.key.as_ref().map(|key| key.key.as_str());
        let (loaded, outcome) = load::<A>(store, stream, key).await?;
        if let Some(outcome) = outcome {
            return self.repeat(outcome).await;
        }
        if let Some(expected) = self
            .expected
            .filter(|&expected| expected != loaded.version())
        {
            return Err(
                Error::conflicting(stream, Expected::Exact(expected), loaded.version()).into(),
            );
        }
        let version = loaded.version();
        match self.decide(&loaded, id) {
            Err(refusal) => {
                let Some(key) = &self.key else {
                    return Err(CommandError::Rejected(refusal));
                };
                let json = key.write(&refusal)?;
                match self.keep_outcome(&key.key, version, Some(&json)).await? {
                    Some(first) => self.repeat(first).await,
                    None => Err(CommandError::Rejected(refusal)),
                }
            }
            Ok(events) if events.is_empty() => {
                if let Some(key) = &self.key
                    && let Some(first) = self.keep_outcome(&key.key, version, None).await?
                {
                    return self.repeat(first).await;
                }
                Ok(Receipt {
                    streams: vec![self.unchanged(version)],
                    repeated: false,
                })
            }
            Ok(events) => self
                .store_events(loaded, &events, columns)
                .await
                .map_err(CommandError::Store),
        }
    }

    fn decide(&self, loaded: &Loaded<A>, id: Uuid) -> Result<Events<A>, A::Error> {
        let Root { store, stream, .. } = self.root;
        let now = store.inner.options.clock.now();
        let context = Context::new(
            stream.clone(),
            loaded.version(),
            now,
            self.occurred_at,
            self.metadata.clone(),
            id,
        );
        loaded.state().handle(self.command.clone(), &context)
    }

    async fn store_events(
        &self,
        loaded: Loaded<A>,
        events: &Events<A>,
        columns: &MetadataColumns,
    ) -> Result<Receipt, Error> {
        let Root { store, stream, .. } = self.root;
        let limits = &store.inner.limits;
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            let encoded = event
                .encode(limits.verify_events)
                .map_err(|refusal| Error::unstorable(stream, refusal))?;
            rows.push(Row::new(
                stream,
                Uuid::now_v7(),
                encoded,
                columns,
                self.occurred_at,
                limits,
            )?);
        }
        let stored = if A::SNAPSHOTS.is_some() {
            rows.clone()
        } else {
            Vec::new()
        };
        let head = Head {
            stream: stream.clone(),
            expected: Expected::Exact(loaded.version()),
            key: self.key.as_ref().map(|key| key.key.clone()),
            rows,
        };
        let receipt = store.append_group(Group { heads: vec![head] }).await?;
        if let (Some(appended), Some(last)) = (receipt.streams.first(), stored.last()) {
            let (version, last_snapshot) = (appended.version, loaded.snapshot);
            match self.fold_on(loaded, &stored, appended) {
                Ok(state) => {
                    let event_id = last.event_id;
                    write_behind(
                        store,
                        stream,
                        Fresh {
                            state,
                            version,
                            event_id,
                            last_snapshot,
                        },
                    );
                }
                Err(error) => {
                    tracing::warn!(%stream, %error, "what was stored does not read back; no snapshot was stored");
                }
            }
        }
        Ok(receipt)
    }

    /// The state after the events that were just stored, folded from what was stored of them: a snapshot must be what a
    /// load would give.
    fn fold_on(&self, loaded: Loaded<A>, stored: &[Row], appended: &Appended) -> Result<A, Error> {
        let Root { store, stream, .. } = self.root;
        let tenant = store.checked(stream)?;
        let recorded_at = appended.recorded_at.unwrap_or_default();
        let version = loaded.version().to_i64();
        let mut fold = Fold {
            state: loaded.into_state(),
            version,
        };
        for (row, position) in stored.iter().zip(&appended.positions) {
            let event = StoredEvent {
                version: fold.version + 1,
                position: position.to_i64(),
                event_id: row.event_id,
                event_type: &row.event_type,
                schema_version: row.schema_version.into(),
                payload: row.payload.as_bytes(),
                metadata: row.metadata.as_deref().map(str::as_bytes),
                correlation: row.correlation.as_deref(),
                recorded_at,
                occurred_at: row.occurred_at.unwrap_or(recorded_at),
            };
            fold.step(tenant, stream, &event, |_| true)?;
        }
        Ok(fold.state)
    }

    async fn keep_outcome(
        &self,
        key: &str,
        version: Version,
        refusal: Option<&str>,
    ) -> Result<Option<Outcome>, Error> {
        let Root { store, stream, .. } = self.root;
        let outcome = NewOutcome {
            tenant: store.tenant_name(),
            stream,
            key,
            version,
            refusal,
        };
        store.inner.backend.save_outcome(outcome).await
    }

    /// The answer of the first command with the key.
    async fn repeat(&self, outcome: Outcome) -> Result<Receipt, CommandError<A::Error>> {
        if let (Some(refusal), Some(key)) = (&outcome.refusal, &self.key) {
            return Err(CommandError::Rejected(key.read(refusal)?));
        }
        let mut appended = self.unchanged(Version::new(outcome.last_version.unsigned_abs()));
        if let Some(first) = outcome.first_version {
            let reader = self.root.store.stream(&self.root.stream);
            let events = reader
                .from(Version::new(first.unsigned_abs()))
                .to(appended.version)
                .all()
                .await?;
            appended.recorded_at = events.last().map(|event| event.recorded().recorded_at());
            appended.positions = events
                .iter()
                .map(|event| event.recorded().position())
                .collect();
        }
        Ok(Receipt {
            streams: vec![appended],
            repeated: true,
        })
    }

    fn unchanged(&self, version: Version) -> Appended {
        Appended {
            stream: self.root.stream.clone(),
            version,
            positions: Vec::new(),
            recorded_at: None,
        }
    }
}

/// Writers that conflicted come back at different times.
async fn pause(attempt: u32) {
    let widest_ms = 1_u64 << attempt.min(5);
    // The low bits of a new id are random.
    let random = Uuid::now_v7().as_u128() as u64;
    tokio::time::sleep(Duration::from_micros(random % (widest_ms * 1000))).await;
}
