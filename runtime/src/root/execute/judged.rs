//! What a state that was just read says to a command, and the answers that store no event.

use uuid::Uuid;

use super::Execute;
use crate::aggregate::{Aggregate, Events, Handle};
use crate::append::{Appended, Expected, Receipt};
use crate::error::Error;
use crate::root::load::Loaded;
use crate::root::{CommandError, Root};
use crate::store::row::{NewOutcome, Outcome};
use crate::stream::Version;

/// What a state that was just read says to a command.
pub(super) enum Judged<A: Aggregate, E> {
    /// These are to be stored.
    Events(Events<A>),
    /// Nothing is to be stored.
    Answer(Answer<E>),
}

/// An answer that stores no event.
pub(super) enum Answer<E> {
    Nothing,
    Refused(E),
    /// A command with its key was answered before.
    Repeated(Outcome),
    /// The state is not at the version that was asked for.
    Unexpected(Error),
}

impl<A, C> Execute<'_, A, C>
where
    A: Handle<C>,
    A::Error: Send,
    C: Clone + Send + Sync,
{
    pub(super) fn judge(
        &self,
        loaded: &Loaded<A>,
        outcome: Option<Outcome>,
        id: Uuid,
    ) -> Judged<A, A::Error> {
        if let Some(outcome) = outcome {
            return Judged::Answer(Answer::Repeated(outcome));
        }
        let version = loaded.version();
        if let Some(expected) = self.expected.filter(|_| !self.is_expected(version)) {
            let expected = Expected::Exact(expected);
            let error = Error::conflicting(&self.root.stream, expected, version);
            return Judged::Answer(Answer::Unexpected(error));
        }
        match self.decide(loaded.state(), version, id) {
            Err(refusal) => Judged::Answer(Answer::Refused(refusal)),
            Ok(events) if events.is_empty() => Judged::Answer(Answer::Nothing),
            Ok(events) => Judged::Events(events),
        }
    }

    /// Gives an answer. What was decided is kept with the command's key.
    pub(super) async fn answer(
        &self,
        answer: Answer<A::Error>,
        version: Version,
    ) -> Result<Receipt, CommandError<A::Error>> {
        match answer {
            Answer::Repeated(outcome) => self.repeat(outcome).await,
            Answer::Unexpected(error) => Err(error.into()),
            Answer::Refused(refusal) => {
                let Some(key) = &self.key else {
                    return Err(CommandError::Rejected(refusal));
                };
                let json = key.write(&refusal)?;
                match self.keep_outcome(&key.key, version, Some(&json)).await? {
                    Some(first) => self.repeat(first).await,
                    None => Err(CommandError::Rejected(refusal)),
                }
            }
            Answer::Nothing => {
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
        }
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
