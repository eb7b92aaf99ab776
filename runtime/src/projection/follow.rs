//! Keeps one partition of a projection up to date, for as long as this worker has its lease.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::engine::{Engine, Halt, Page, Taken, Trouble};
use super::kept_text::kept;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::store::Store;
use crate::store::projections::{Held, PartId, Status};
use crate::stream::Position;
use crate::telemetry;

/// How many events are handled in one transaction, at most.
const PAGE: u32 = 1000;

/// How long a checkpoint may lag behind events that are not handled.
const IDLE: Duration = Duration::from_secs(2);

/// The shortest and the longest pause before something is tried again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(10));

/// One partition that is followed.
pub(crate) struct Follower {
    pub(crate) store: Store,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) part: PartId,
    pub(crate) worker: Arc<str>,
}

/// Why a partition is followed no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// This worker was asked to stop, or the partition is not its own any more.
    Left,
    /// Nobody can go on, until an operator has looked at it.
    Stopped,
    /// A newer release can go on, and this one cannot.
    Outdated,
}

/// What comes after a page.
enum Next {
    Page,
    /// Where the partition stands has to be looked up again.
    Resume,
    End(Ended),
}

impl Follower {
    /// Follows until it is told to stop, between two pages.
    pub(crate) async fn run(self, stop: CancellationToken) -> Ended {
        let mut pause = PAUSES.0;
        let mut state = State::default();
        loop {
            match self.follow(&mut state, &stop).await {
                Ok(ended) => return ended,
                Err(error) if state.has_moved => {
                    tracing::debug!(part = ?self.part, %error, "trying again");
                    pause = PAUSES.0;
                }
                Err(error) => tracing::warn!(part = ?self.part, %error, "trying again"),
            }
            state.has_moved = false;
            tokio::select! {
                () = stop.cancelled() => return Ended::Left,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Follows from where the partition stands.
    ///
    /// # Errors
    /// Where something may be tried again.
    async fn follow(&self, state: &mut State, stop: &CancellationToken) -> Result<Ended, Error> {
        loop {
            let Some(mut at) = self.look().await? else {
                return Ok(Ended::Left);
            };
            let feed = self.engine.feed(&self.store).page(PAGE);
            let mut subscription = feed.after(Position::of_i64(at)).follow();
            loop {
                let backend = &self.store.inner.backend;
                let due_in = self.engine.due_in(backend, &self.part).await?;
                let idle = due_in.map_or(IDLE, |due_in| due_in.min(IDLE));
                let page = tokio::select! {
                    biased;
                    () = stop.cancelled() => return Ok(Ended::Left),
                    page = tokio::time::timeout(idle, subscription.next_page()) => page,
                };
                let is_due = due_in.is_some_and(|due_in| due_in <= idle) && page.is_err();
                let (events, checkpoint, frontier) = match page {
                    Ok(Ok(page)) => {
                        let (checkpoint, frontier) = (page.checkpoint(), page.frontier());
                        (page.into_events(), checkpoint.to_i64(), frontier.to_i64())
                    }
                    Ok(Err(error)) => return self.unreadable(at, error).await,
                    // Nothing to handle: only the checkpoint moves on.
                    Err(_) => {
                        let checkpoint = subscription.checkpoint().to_i64();
                        (Vec::new(), checkpoint, checkpoint)
                    }
                };
                if checkpoint == at && !is_due {
                    continue;
                }
                let next = self.take(state, &mut at, &events, checkpoint, stop).await?;
                let lag = frontier.saturating_sub(at).max(0).unsigned_abs();
                telemetry::projection_lag(&self.part.projection, lag);
                match next {
                    Next::Page => {}
                    Next::Resume => break,
                    Next::End(ended) => return Ok(ended),
                }
            }
        }
    }

    /// Where the partition stands; `None` where it is not this worker's to follow.
    async fn look(&self) -> Result<Option<i64>, Error> {
        let backend = &self.store.inner.backend;
        let mut tx = backend.begin().await?;
        let held = backend.lock_partition(&mut tx, &self.part).await?;
        tx.rollback().await?;
        let own = held.filter(|held| self.is_own(held));
        Ok(own.map(|held| held.checkpoint))
    }

    fn is_own(&self, held: &Held) -> bool {
        held.status == Status::Following && held.owner.as_deref() == Some(&*self.worker)
    }

    /// Handles a page, and moves the checkpoint with it.
    async fn take(
        &self,
        state: &mut State,
        at: &mut i64,
        events: &[RecordedEvent],
        checkpoint: i64,
        stop: &CancellationToken,
    ) -> Result<Next, Error> {
        let backend = &self.store.inner.backend;
        let in_the_way = self.engine.ahead(events).await?;
        let mut tx = backend.begin().await?;
        let held = backend.lock_partition(&mut tx, &self.part).await?;
        // Who moved the checkpoint has handled what is about to be handled.
        let Some(held) = held.filter(|held| self.is_own(held) && held.checkpoint == *at) else {
            tx.rollback().await?;
            return Ok(Next::End(Ended::Left));
        };
        let page = Page {
            part: &self.part,
            only: None,
            events,
            checkpoint,
            effects_after: held.effects_after,
            trouble: state.trouble.as_ref(),
            is_careful: std::mem::take(&mut state.is_careful),
        };
        let was_careful = page.is_careful;
        let taken = match in_the_way {
            Some(halt) => Ok(Taken::up_to(&page, Some(halt))),
            None => self.engine.take(&self.store, &mut tx, page).await,
        };
        let taken = match taken {
            Ok(taken) => taken,
            Err(error) => {
                // What the database refuses of a page, it may refuse because of one row.
                state.is_careful = error.kind() == ErrorKind::Database && !was_careful;
                return Err(error);
            }
        };
        if taken.checkpoint > *at {
            backend
                .move_partition(&mut tx, &self.part, taken.checkpoint)
                .await?;
        }
        tx.commit().await?;
        self.engine.committed();
        state.has_moved |= taken.checkpoint > *at;
        *at = taken.checkpoint;
        self.store.inner.news.projected();
        telemetry::projected(&self.part.projection, events.len());
        match taken.halt {
            None => {
                state.trouble = None;
                Ok(Next::Page)
            }
            Some(Halt::Again(trouble)) => {
                telemetry::projection_retried(&self.part.projection);
                let wait = pause_of(trouble.attempts);
                state.trouble = Some(trouble);
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(wait) => {}
                }
                Ok(Next::Resume)
            }
            Some(Halt::Newer { position, error }) => {
                tracing::warn!(part = ?self.part, position, %error, "left to a newer release");
                Ok(Next::End(Ended::Outdated))
            }
            Some(Halt::Stop { position, error }) => self.stop(position, &error).await,
        }
    }

    /// What the feed itself cannot hand out, no worker can handle.
    async fn unreadable(&self, at: i64, error: Error) -> Result<Ended, Error> {
        if !matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Checkpoint) {
            return Err(error);
        }
        // What it cannot hand out comes after what was handled.
        match self.stop(at.saturating_add(1), &error).await? {
            Next::End(ended) => Ok(ended),
            Next::Page | Next::Resume => Err(error),
        }
    }

    async fn stop(&self, position: i64, error: &Error) -> Result<Next, Error> {
        tracing::error!(part = ?self.part, position, %error, "a projection stops");
        telemetry::projection_stopped(&self.part.projection);
        let backend = &self.store.inner.backend;
        let why = kept(format!("{error:?}"));
        backend
            .stop_partition(&self.part, &why, position, &self.worker)
            .await?;
        Ok(Next::End(Ended::Stopped))
    }
}

/// What is remembered from one attempt to the next.
#[derive(Default)]
struct State {
    trouble: Option<Trouble>,
    is_careful: bool,
    has_moved: bool,
}

/// Four times as long after each attempt.
fn pause_of(attempts: u32) -> Duration {
    let pause = PAUSES
        .0
        .saturating_mul(4_u32.saturating_pow(attempts.min(8)));
    pause.min(PAUSES.1)
}
