//! Decides, stores, and does so again where another writer was faster.

use std::time::Duration;

use uuid::Uuid;

use super::Execute;
use super::judged::Judged;
use crate::aggregate::{Context, Events, Handle};
use crate::append::{MetadataColumns, Receipt};
use crate::root::load::{Loaded, load};
use crate::root::warm::State;
use crate::root::{CommandError, Root};
use crate::store::Turn;
use crate::store::appends::Chain;
use crate::stream::Version;

/// After so many attempts the stream is held from the load on: a process that keeps losing to another one wins at last.
const HOLD_AFTER: u32 = 3;

/// What is the same for each attempt at a command.
pub(super) struct Sent {
    id: Uuid,
    pub(super) columns: MetadataColumns,
}

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
        let sent = Sent {
            id: Uuid::now_v7(),
            columns: MetadataColumns::of(&self.root.stream, self.metadata.clone(), limits)?,
        };
        let mut attempt = 1;
        loop {
            let answer = match attempt {
                ..=HOLD_AFTER => self.attempt(&sent).await,
                _ => self.attempt_holding(&sent).await,
            };
            match answer {
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

    /// Decides on the state that the last command left, where that gives something to store, and else on one that is loaded.
    async fn attempt(&self, sent: &Sent) -> Result<Receipt, CommandError<A::Error>> {
        let Root { store, stream, .. } = self.root;
        let turn = store.turn(stream).await?;
        if let Some(warm) = store.inner.warm.take::<A>(store, stream) {
            if self.is_expected(warm.version)
                && let Ok(events) = self.decide(&warm.state, warm.version, sent.id)
                && !events.is_empty()
            {
                let stored = self.store_events(turn, warm, &events, sent).await;
                return stored.map_err(CommandError::Store);
            }
            // What is loaded must hold what the commands before this one have stored.
            warm.chain.settled().await;
        }
        let key = self.key.as_ref().map(|key| key.key.as_str());
        let (loaded, outcome) = load::<A>(store, None, stream, key).await?;
        let judged = self.judge(&loaded, outcome, sent.id);
        let state = State::of(loaded);
        self.finish(turn, state, judged, sent).await
    }

    async fn finish(
        &self,
        turn: Turn,
        state: State<A>,
        judged: Judged<A, A::Error>,
        sent: &Sent,
    ) -> Result<Receipt, CommandError<A::Error>> {
        let Root { store, stream, .. } = self.root;
        match judged {
            Judged::Events(events) => {
                let stored = self.store_events(turn, state, &events, sent).await;
                stored.map_err(CommandError::Store)
            }
            Judged::Answer(answer) => {
                let version = state.version;
                store.inner.warm.put(store, stream, state);
                drop(turn);
                self.answer(answer, version).await
            }
        }
    }

    /// Loads, decides and stores while it holds the stream.
    async fn attempt_holding(&self, sent: &Sent) -> Result<Receipt, CommandError<A::Error>> {
        let Root { store, stream, .. } = self.root;
        let _turn = store.turn(stream).await?;
        if let Some(warm) = store.inner.warm.take::<A>(store, stream) {
            warm.chain.settled().await;
        }
        let mut tx = store.begin().await?;
        store
            .inner
            .backend
            .hold(&mut tx, store.checked(stream)?, stream)
            .await?;
        let key = self.key.as_ref().map(|key| key.key.as_str());
        let (loaded, outcome) = load::<A>(store, Some(&mut tx), stream, key).await?;
        match self.judge(&loaded, outcome, sent.id) {
            Judged::Events(events) => {
                let group = self.group(loaded.version(), &events, sent)?;
                let receipt = store.append_group_in(&mut tx, &group).await?;
                tx.commit().await?;
                Ok(receipt)
            }
            Judged::Answer(answer) => {
                tx.rollback().await?;
                self.answer(answer, loaded.version()).await
            }
        }
    }

    pub(super) fn is_expected(&self, version: Version) -> bool {
        self.expected.is_none_or(|expected| expected == version)
    }

    pub(super) fn decide(
        &self,
        state: &A,
        version: Version,
        id: Uuid,
    ) -> Result<Events<A>, A::Error> {
        let Root { store, stream, .. } = self.root;
        let now = store.inner.options.clock.now();
        let context = Context::new(
            stream.clone(),
            version,
            now,
            self.occurred_at,
            self.metadata.clone(),
            id,
        );
        state.handle(self.command.clone(), &context)
    }
}

impl<A> State<A> {
    fn of(loaded: Loaded<A>) -> Self {
        State {
            version: loaded.version,
            snapshot: loaded.snapshot,
            chain: Chain::after(loaded.seen),
            bytes: loaded.bytes,
            state: loaded.state,
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
