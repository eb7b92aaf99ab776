//! Shares the partitions of all projections among the workers that are alive.
//!
//! A lease says who follows a partition. It spares work and is no guarantee: that every event is handled once is seen to by
//! the checkpoint, which moves in the transaction that writes the rows.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::definition::table_name;
use super::engine::{Beside, Engine};
use super::follow::{Ended, Follower};
use crate::error::Error;
use crate::store::Store;
use crate::store::projections::PartId;

/// One worker: this process, as far as others know it.
pub(crate) struct Worker {
    store: Store,
    engines: Vec<Arc<dyn Engine>>,
    name: Arc<str>,
    lease: Duration,
    followed: HashMap<PartId, Followed>,
    /// Partitions that a newer release has to follow, and for how many rounds they are left to it.
    left: HashMap<PartId, u32>,
}

struct Followed {
    /// Dropped, it ends the task after its page, also where the worker itself has come to grief.
    stop: DropGuard,
    task: JoinHandle<Ended>,
}

/// For how many rounds a partition is left to a newer release.
const PATIENCE: u32 = 10;

impl Worker {
    pub(crate) fn new(store: Store, engines: Vec<Arc<dyn Engine>>, lease: Duration) -> Self {
        let name = format!("{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
        Worker {
            store,
            engines,
            name: name.into(),
            lease,
            followed: HashMap::new(),
            left: HashMap::new(),
        }
    }

    /// Follows until it is told to stop; then finishes the pages at hand and gives its leases back.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut pause = Duration::ZERO;
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
            pause = self.lease / 3;
            if let Err(error) = self.round().await {
                not_renewed(&error);
                pause = pause.min(Duration::from_secs(1));
            }
        }
        let parts: Vec<_> = self.followed.keys().cloned().collect();
        self.end(&parts).await;
        if let Err(error) = self.store.inner.backend.worker_gone(&self.name).await {
            tracing::warn!(%error, "leases are kept until they run out");
        }
    }

    /// Lets others know that this worker is there, and renews what it has. Answers how many there are for each version that it
    /// serves, and what it has.
    async fn renew(&self) -> Result<(HashMap<String, u32>, Vec<PartId>), Error> {
        let served: Vec<_> = self
            .engines
            .iter()
            .map(|engine| {
                let definition = engine.definition();
                table_name(&definition.name, definition.version)
            })
            .collect();
        let backend = &self.store.inner.backend;
        let alive = backend.worker_seen(&self.name, self.lease, &served).await?;
        let kept = backend.keep_leases(&self.name, self.lease).await?;
        Ok((alive, kept))
    }

    /// Renews what this worker has, gives back what is more than its share, and takes what is free.
    async fn round(&mut self) -> Result<(), Error> {
        let backend = Arc::clone(&self.store.inner.backend);
        let (alive, kept) = self.renew().await?;
        let alive = |part: &PartId| {
            let of = table_name(&part.projection, part.version);
            alive.get(&of).copied().unwrap_or(1).max(1)
        };
        self.reap(&kept).await;
        // Nobody follows what is not followed here: what has ended, and what was taken or given back by a statement of which
        // nobody knows what became. Renewed for ever, it would be lost to all.
        let idle: Vec<_> = kept
            .into_iter()
            .filter(|part| !self.followed.contains_key(part))
            .collect();
        if !idle.is_empty() {
            backend.return_leases(&self.name, &idle).await?;
        }
        let wanted: Vec<PartId> = self
            .engines
            .iter()
            .flat_map(|engine| engine.definition().parts())
            .collect();
        let share: f64 = wanted.iter().map(|part| 1.0 / f64::from(alive(part))).sum();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small number of partitions"
        )]
        let share = (share - 1e-9).ceil() as usize;
        if self.followed.len() > share {
            // What others can follow, too.
            let mut parts: Vec<_> = self
                .followed
                .keys()
                .filter(|part| alive(part) > 1)
                .cloned()
                .collect();
            parts.sort_by_key(|part| std::cmp::Reverse(alive(part)));
            parts.truncate(self.followed.len() - share);
            self.end(&parts).await;
            backend.return_leases(&self.name, &parts).await?;
            return Ok(());
        }
        let mut wanted: Vec<_> = wanted
            .into_iter()
            .filter(|part| !self.followed.contains_key(part) && !self.left.contains_key(part))
            .collect();
        // Those first that nobody else follows: all of them, whatever the share.
        wanted.sort_by_key(|part| alive(part));
        let alone = wanted.partition_point(|part| alive(part) == 1);
        let shared = wanted.split_off(alone);
        self.take(&wanted, wanted.len(), Duration::ZERO).await?;
        let free = share.saturating_sub(self.followed.len());
        self.take(&shared, free, Duration::ZERO).await?;
        // What nobody took for a whole lease, nobody can follow who has room: one of these at a time, whatever the share. What
        // is then too much, and others can follow, is given back.
        self.take(&shared, 1, self.lease).await
    }

    /// Takes and follows some of the partitions that have been free for so long.
    async fn take(
        &mut self,
        wanted: &[PartId],
        at_most: usize,
        free_for: Duration,
    ) -> Result<(), Error> {
        if wanted.is_empty() || at_most == 0 {
            return Ok(());
        }
        let at_most = u32::try_from(at_most).unwrap_or(u32::MAX);
        let backend = &self.store.inner.backend;
        let taken = backend.take_leases(&self.name, wanted, at_most, free_for, self.lease);
        for taken in taken.await? {
            self.follow(taken.part);
        }
        Ok(())
    }

    fn follow(&mut self, part: PartId) {
        let engine = self.engines.iter().find(|engine| {
            let definition = engine.definition();
            definition.name == part.projection && definition.version == part.version
        });
        let Some(engine) = engine else {
            return;
        };
        let follower = Follower {
            store: self.store.clone(),
            engine: Arc::clone(engine),
            part: part.clone(),
            worker: Arc::clone(&self.name),
        };
        let stop = CancellationToken::new();
        let beside = engine.beside(&self.store, &part, stop.clone());
        let task = tokio::spawn(follow_beside(follower, beside, stop.clone()));
        let stop = stop.drop_guard();
        self.followed.insert(part, Followed { stop, task });
    }

    /// Forgets what has ended, and ends what is not this worker's any more.
    async fn reap(&mut self, kept: &[PartId]) {
        self.left.retain(|_, rounds| {
            *rounds -= 1;
            *rounds > 0
        });
        let ended: Vec<_> = self
            .followed
            .iter()
            .filter(|(part, followed)| followed.task.is_finished() || !kept.contains(part))
            .map(|(part, _)| part.clone())
            .collect();
        for (part, ended) in self.end(&ended).await {
            if ended == Some(Ended::Outdated) {
                self.left.insert(part, PATIENCE);
            }
        }
    }

    /// Ends some partitions, each after its page, and answers how; `None` for one that panicked. A page can take longer than a
    /// lease, so what this worker has is renewed meanwhile.
    async fn end(&mut self, parts: &[PartId]) -> Vec<(PartId, Option<Ended>)> {
        let mut ending = Vec::with_capacity(parts.len());
        for part in parts {
            if let Some(Followed { stop, task }) = self.followed.remove(part) {
                drop(stop);
                let part = part.clone();
                ending.push(async move { (part, task.await.ok()) });
            }
        }
        let mut ending = pin!(join_all(ending));
        loop {
            match tokio::time::timeout(self.lease / 3, &mut ending).await {
                Ok(ended) => return ended,
                Err(_) => {
                    if let Err(error) = self.renew().await {
                        not_renewed(&error);
                    }
                }
            }
        }
    }
}

fn not_renewed(error: &Error) {
    tracing::warn!(%error, "the leases of projections cannot be renewed; trying again");
}

/// Follows a partition, and ends what goes on beside it when that ends.
async fn follow_beside(
    follower: Follower,
    beside: Option<Beside>,
    stop: CancellationToken,
) -> Ended {
    let beside = beside.map(tokio::spawn);
    let ended = follower.run(stop.clone()).await;
    stop.cancel();
    if let Some(beside) = beside {
        // A task that panicked has ended, too.
        let _ = beside.await;
    }
    ended
}
