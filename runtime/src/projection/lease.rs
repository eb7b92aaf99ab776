//! Holds partitions for one job, and keeps holding them until it is done.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::error::Error;
use crate::store::Store;
use crate::store::projections::PartId;

/// How long the partitions stay held where the job is killed.
const LEASE: Duration = Duration::from_secs(10);

/// Partitions that belong to a job.
pub(crate) struct Lease {
    store: Store,
    worker: String,
    /// Ends with the value.
    renewal: JoinSet<()>,
}

impl Lease {
    /// Takes all of some partitions; `None` where somebody else has one of them.
    pub(crate) async fn take(store: &Store, parts: &[PartId]) -> Result<Option<Self>, Error> {
        let backend = &store.inner.backend;
        let id = uuid::Uuid::now_v7().simple();
        let worker = format!("{}-migrate-{id}", std::process::id());
        let wanted = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        let taken = backend
            .take_leases(&worker, parts, wanted, Duration::ZERO, LEASE)
            .await?;
        if taken.len() < parts.len() {
            backend.worker_gone(&worker).await?;
            return Ok(None);
        }
        let mut renewal = JoinSet::new();
        let (renewed, name) = (Arc::clone(backend), worker.clone());
        renewal.spawn(async move {
            loop {
                tokio::time::sleep(LEASE / 4).await;
                if let Err(error) = renewed.keep_leases(&name, LEASE).await {
                    tracing::warn!(%error, "the lease of a migration cannot be renewed; trying again");
                }
            }
        });
        Ok(Some(Lease {
            store: store.clone(),
            worker,
            renewal,
        }))
    }

    /// Lets others have the partitions. Where that fails, they have them when the lease has run out.
    pub(crate) async fn give_back(mut self) {
        self.renewal.abort_all();
        let gone = self.store.inner.backend.worker_gone(&self.worker).await;
        if let Err(error) = gone {
            tracing::warn!(%error, "leases are kept until they run out");
        }
    }
}
