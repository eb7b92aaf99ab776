use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::Root;
use super::load::{Loaded, load};
use super::snapshots::{Fresh, write_behind};
use crate::aggregate::{Context, EventSet, Events, Handle};
use crate::append::{Appended, Expected, Group, Head, MetadataColumns, Receipt, Row};
use crate::error::{Error, ErrorKind};
use crate::event::Recorded;
use crate::metadata::Metadata;
use crate::store::row::{NewOutcome, Outcome};
use crate::stream::Version;

/// Why a command was not carried out.
#[derive(Debug)]
pub enum CommandError<E> {
    /// The aggregate refused it, in the words of the domain.
    Rejected(E),
    /// The store could not do it.
    Store(Error),
}

impl<E> CommandError<E> {
    /// The refusal, where the aggregate refused.
    pub fn rejection(&self) -> Option<&E> {
        match self {
            CommandError::Rejected(refusal) => Some(refusal),
            CommandError::Store(_) => None,
        }
    }
}

impl<E> From<Error> for CommandError<E> {
    fn from(error: Error) -> Self {
        CommandError::Store(error)
    }
}

impl<E: fmt::Display> fmt::Display for CommandError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandError::Rejected(refusal) => refusal.fmt(f),
            CommandError::Store(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for CommandError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CommandError::Rejected(_) => None,
            CommandError::Store(error) => error.source(),
        }
    }
}

/// A command that is about to be decided on: await it.
///
/// Dropped while it is awaited, it may or may not have been carried out. Send it again with the same
/// [`key`](Execute::key) to find out.
#[must_use = "a command does nothing until it is awaited"]
pub struct Execute<'a, A: Handle<C>, C> {
    root: &'a Root<A>,
    command: C,
    key: Option<Key<A::Error>>,
    expected: Option<Version>,
    occurred_at: Option<DateTime<Utc>>,
    metadata: Metadata,
}

/// A command key, and how the refusals that are kept with it are written and read.
struct Key<E> {
    key: String,
    write: fn(&E) -> Result<String, serde_json::Error>,
    read: fn(&str) -> Result<E, serde_json::Error>,
}

impl<'a, A: Handle<C>, C> Execute<'a, A, C> {
    pub(super) fn new(root: &'a Root<A>, command: C) -> Self {
        Execute {
            root,
            command,
            key: None,
            expected: None,
            occurred_at: None,
            metadata: Metadata::new(),
        }
    }

    /// Makes the command take effect once, however often it is sent: another command with the same key to the same
    /// instance is not decided on, and gets the answer of the first, its refusal included. Keys are kept for ever.
    pub fn key(mut self, key: impl Into<String>) -> Self
    where
        A::Error: Serialize + DeserializeOwned,
    {
        self.key = Some(Key {
            key: key.into(),
            write: |refusal| serde_json::to_string(refusal),
            read: |json| serde_json::from_str(json),
        });
        self
    }

    /// Decides on the state at this version alone: anything else is a conflict, and nothing is tried again.
    pub fn expect(mut self, version: Version) -> Self {
        self.expected = Some(version);
        self
    }

    /// Says when what the command tells of happened in the world. Kept to the microsecond.
    pub fn occurred_at(mut self, time: DateTime<Utc>) -> Self {
        self.occurred_at = Some(time);
        self
    }

    /// Says on whose behalf the command is sent.
    pub fn actor(mut self, actor: impl Into<String>) -> Self {
        self.metadata = self.metadata.with_actor(actor);
        self
    }

    /// Says to which conversation the command belongs.
    pub fn correlation(mut self, correlation: impl Into<String>) -> Self {
        self.metadata = self.metadata.with_correlation(correlation);
        self
    }

    /// Says what the command follows from.
    pub fn causation(mut self, causation: impl Into<String>) -> Self {
        self.metadata = self.metadata.with_causation(causation);
        self
    }

    /// Keeps an entry beside the events. Names that begin with `$` are refused.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata = self.metadata.with(name, value);
        self
    }

    /// Replaces all that was said of actor, correlation, causation and entries.
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = metadata;
        self
    }
}

impl<'a, A, C> IntoFuture for Execute<'a, A, C>
where
    A: Handle<C>,
    A::Error: Send,
    C: Clone + Send + Sync + 'a,
{
    type Output = Result<Receipt, CommandError<A::Error>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<A, C> Execute<'_, A, C>
where
    A: Handle<C>,
    A::Error: Send,
    C: Clone + Send + Sync,
{
    async fn run(self) -> Result<Receipt, CommandError<A::Error>> {
        self.root.store.check_writable()?;
        if let Some(key) = &self.key {
            check_key(&key.key)?;
        }
        let columns = MetadataColumns::of(&self.root.stream, self.metadata.clone())?;
        let id = Uuid::now_v7();
        let attempts = self.root.store.inner.options.command_attempts;
        let mut attempt = 1;
        loop {
            match self.attempt(id, &columns).await {
                Err(CommandError::Store(error))
                    if error.is_conflict() && self.expected.is_none() && attempt < attempts =>
                {
                    tracing::debug!(stream = %self.root.stream, attempt, "another writer was faster");
                    pause(attempt).await;
                    attempt += 1;
                }
                answer => return answer,
            }
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
                let json = (key.write)(&refusal)
                    .map_err(|error| unkeepable(&key.key, "written", &error))?;
                match self.keep_outcome(&key.key, version, Some(&json)).await? {
                    Some(first) => self.repeat(first).await,
                    None => Err(CommandError::Rejected(refusal)),
                }
            }
            Ok(events) if events.is_empty() => {
                if let Some(key) = &self.key {
                    if let Some(first) = self.keep_outcome(&key.key, version, None).await? {
                        return self.repeat(first).await;
                    }
                }
                Ok(Receipt {
                    streams: vec![self.unchanged(version)],
                    repeated: false,
                })
            }
            Ok(events) => self
                .store_events(loaded, events, columns)
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
        events: Events<A>,
        columns: &MetadataColumns,
    ) -> Result<Receipt, Error> {
        let Root { store, stream, .. } = self.root;
        let limits = &store.inner.limits;
        let mut rows = Vec::with_capacity(events.len());
        for event in &events {
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
        let recorded: Vec<_> = rows
            .iter()
            .map(|row| (row.event_id, row.event_type, row.schema_version))
            .collect();
        let head = Head {
            stream: stream.clone(),
            expected: Expected::Exact(loaded.version()),
            key: self.key.as_ref().map(|key| key.key.clone()),
            rows,
        };
        let receipt = store.append_group(Group { heads: vec![head] }).await?;
        if A::SNAPSHOTS.is_some() {
            if let (Some(appended), Some(&(event_id, ..))) =
                (receipt.streams.first(), recorded.last())
            {
                let (version, last_snapshot) = (appended.version, loaded.snapshot);
                let state = self.fold_on(loaded, events, &recorded, appended);
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
        }
        Ok(receipt)
    }

    /// The state after the events that were just stored.
    fn fold_on(
        &self,
        loaded: Loaded<A>,
        events: Events<A>,
        stored: &[(Uuid, &'static str, u32)],
        appended: &Appended,
    ) -> A {
        let mut version = loaded.version().get();
        let mut state = loaded.into_state();
        let recorded_at = appended.recorded_at.unwrap_or_default();
        for ((event, position), &(event_id, event_type, schema_version)) in
            events.into_iter().zip(&appended.positions).zip(stored)
        {
            version += 1;
            let recorded = Recorded {
                stream: self.root.stream.clone(),
                version: Version::new(version),
                position: *position,
                event_id,
                event_type: event_type.to_owned(),
                schema_version,
                recorded_at,
                occurred_at: self
                    .occurred_at
                    .map_or(recorded_at, crate::append::to_micros),
                metadata: self.metadata.clone(),
            };
            state.apply(event, &recorded);
        }
        state
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
            let refusal =
                (key.read)(refusal.get()).map_err(|error| unkeepable(&key.key, "read", &error))?;
            return Err(CommandError::Rejected(refusal));
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

/// The longest command key: with tenant and stream it must fit into one entry of an index.
const KEY_BYTES: usize = 500;

fn check_key(key: &str) -> Result<(), Error> {
    let what = if key.is_empty() {
        "it is empty"
    } else if key.contains('\0') {
        "it holds the character NUL"
    } else if key.len() > KEY_BYTES {
        "it is longer than 500 bytes"
    } else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::Name,
        format!("a command cannot have the key {key:?}: {what}"),
    ))
}

fn unkeepable(key: &str, what: &str, error: &serde_json::Error) -> Error {
    Error::new(
        ErrorKind::Misfit,
        format!(
            "the refusal that is kept with the command key `{key}` cannot be {what} as JSON: {error}"
        ),
    )
}

/// Writers that conflicted come back at different times.
async fn pause(attempt: u32) {
    let widest_ms = 1_u64 << attempt.min(5);
    // The low bits of a new id are random.
    let random = Uuid::now_v7().as_u128() as u64;
    tokio::time::sleep(Duration::from_micros(random % (widest_ms * 1000))).await;
}
