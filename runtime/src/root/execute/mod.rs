mod judged;
mod key;
mod run;
mod store;

use std::future::IntoFuture;
use std::pin::Pin;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::Instrument;

use self::key::Key;
use super::{CommandError, Root};
use crate::aggregate::Handle;
use crate::append::Receipt;
use crate::metadata::Metadata;
use crate::stream::Version;
use crate::telemetry;

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
        self.key = Some(Key::new(key.into()));
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
        let span = tracing::debug_span!("execute", aggregate = A::NAME);
        Box::pin(
            async move {
                let answer = self.run().await;
                telemetry::command(A::NAME, outcome_of(&answer));
                answer
            }
            .instrument(span),
        )
    }
}

/// What came of a command, in one word.
fn outcome_of<E>(answer: &Result<Receipt, CommandError<E>>) -> &'static str {
    match answer {
        Ok(receipt) if receipt.repeated => "repeated",
        Ok(receipt) if receipt.position().is_none() => "nothing",
        Ok(_) => "stored",
        Err(CommandError::Rejected(_)) => "refused",
        Err(CommandError::Store(error)) if error.is_conflict() => "conflict",
        Err(CommandError::Store(_)) => "error",
    }
}
