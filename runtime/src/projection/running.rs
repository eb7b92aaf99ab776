//! A program whose projections are followed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Mode;
use super::engine::{Beside, Engine};
use super::workers::Worker;
use crate::store::Store;

/// How long a partition belongs to a worker that is not heard of any more.
pub(crate) const LEASE: Duration = Duration::from_secs(15);

/// An app that runs: its projections are followed in the background. Made by [`App::start`](crate::App::start).
///
/// Dropped, it stops soon, and nobody waits for it. Several processes may run the same app: they share the work, and take
/// over from one that is gone when its leases have run out. Whatever happens to a worker, each event is in the rows of each
/// projection once.
#[must_use = "dropped, nothing follows any more"]
pub struct Running {
    store: Store,
    stop: CancellationToken,
    worker: JoinHandle<()>,
    /// What goes on beside it.
    beside: Vec<JoinHandle<()>>,
    _stop_when_dropped: DropGuard,
}

impl Running {
    pub(crate) fn start(store: Store, engines: Vec<Arc<dyn Engine>>, lease: Duration) -> Self {
        let mut engines = engines;
        engines.retain(|engine| engine.definition().mode != Mode::Live);
        let stop = CancellationToken::new();
        let worker = Worker::new(store.clone(), engines, lease);
        let worker = tokio::spawn(worker.run(stop.clone()));
        Running {
            store,
            worker,
            beside: Vec::new(),
            _stop_when_dropped: stop.clone().drop_guard(),
            stop,
        }
    }

    /// Lets something go on until this stops.
    pub(crate) fn add(&mut self, beside: impl FnOnce(Store, CancellationToken) -> Beside) {
        let beside = beside(self.store.clone(), self.stop.clone());
        self.beside.push(tokio::spawn(beside));
    }

    /// The store, of the tenant with the empty name.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Finishes what is being handled, and gives the work back to others. The store stays open.
    pub async fn stop(mut self) {
        self.stop.cancel();
        // A worker that panicked has ended, too.
        let _ = (&mut self.worker).await;
        for beside in self.beside.drain(..) {
            let _ = beside.await;
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
