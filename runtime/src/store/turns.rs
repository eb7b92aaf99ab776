//! Lets the commands of one process on one stream be decided one after another: among themselves they never conflict.
//!
//! It spares work and is no guarantee: other processes have turns of their own, and the version check decides.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::stream::StreamId;

type Key = (Arc<str>, StreamId);
type Queue = Arc<tokio::sync::Mutex<()>>;

#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<Key, Queue>>>);

/// A turn on a stream, which ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Turns,
    key: Key,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits for a turn on a stream.
    pub(crate) async fn take(&self, tenant: &Arc<str>, stream: &StreamId) -> Turn {
        let key = (Arc::clone(tenant), stream.clone());
        let queue = Arc::clone(self.lock().entry(key.clone()).or_default());
        // Made before the wait, so that a caller who gives up cleans up too.
        let mut turn = Turn {
            turns: self.clone(),
            key,
            guard: None,
        };
        turn.guard = Some(queue.lock_owned().await);
        turn
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Queue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queues = self.turns.lock();
        self.guard = None;
        // One reference is that of the map: nobody waits.
        if queues
            .get(&self.key)
            .is_some_and(|queue| Arc::strong_count(queue) == 1)
        {
            queues.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::Turns;
    use crate::stream::StreamId;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn one_at_a_time_and_nothing_is_left() {
        let (turns, tenant) = (Turns::default(), Arc::from(""));
        let inside = Arc::new(AtomicU32::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (turns, tenant, inside) = (turns.clone(), Arc::clone(&tenant), Arc::clone(&inside));
            tasks.spawn(async move {
                let _turn = turns.take(&tenant, &StreamId::new("account", 1)).await;
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two at a time");
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.expect("no task panics");
        }
        assert!(turns.lock().is_empty(), "a queue is left");
    }

    #[tokio::test]
    async fn who_gives_up_leaves_nothing() {
        let (turns, tenant) = (Turns::default(), Arc::from(""));
        let stream = StreamId::new("account", 1);
        let turn = turns.take(&tenant, &stream).await;
        {
            let waiting = turns.take(&tenant, &stream);
            tokio::pin!(waiting);
            tokio::select! {
                biased;
                _ = &mut waiting => panic!("two at a time"),
                () = tokio::task::yield_now() => {}
            }
        }
        drop(turn);
        assert!(turns.lock().is_empty(), "a queue is left");
    }
}
