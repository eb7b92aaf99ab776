//! What is kept of projections, and who works on them.
//!
//! What takes no transaction takes a connection of its own, and is not called while a transaction is open: SQLite has one
//! connection that writes.

use std::collections::HashMap;
use std::time::Duration;

use super::Backend;
use super::reach::{in_tx, on_store, other_database};
use crate::error::Error;
use crate::store::projections::{Build, BuildChange, Held, NewBuild, PartId, Partition};
use crate::store::tx::{Tx, TxInner};

impl Backend {
    /// Every version of every projection.
    pub(crate) async fn builds(&self) -> Result<Vec<Build>, Error> {
        on_store!(self, |store| store.builds())
    }

    /// Every partition of every projection.
    pub(crate) async fn partitions(&self) -> Result<Vec<Partition>, Error> {
        on_store!(self, |store| store.partitions())
    }

    /// Adds a version of a projection with its partitions. Answers whether it was not there; where it was, it stays as it is.
    pub(crate) async fn add_build(&self, tx: &mut Tx, new: &NewBuild<'_>) -> Result<bool, Error> {
        in_tx!(self, tx, |store, connection| store
            .add_build(connection, new))
    }

    pub(crate) async fn change_build(
        &self,
        tx: &mut Tx,
        name: &str,
        version: u32,
        change: BuildChange<'_>,
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .change_build(connection, name, version, change))
    }

    /// Removes what is kept of a version of a projection, but for its table.
    pub(crate) async fn remove_build(
        &self,
        tx: &mut Tx,
        name: &str,
        version: u32,
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .remove_build(connection, name, version))
    }

    /// Holds all versions of a projection until the transaction ends, also those that are still to be added: one operator at
    /// a time. Workers are not held up; who wants that locks the partitions too. Answers the version that is shown.
    pub(crate) async fn lock_build(&self, tx: &mut Tx, name: &str) -> Result<Option<u32>, Error> {
        in_tx!(self, tx, |store, connection| store
            .lock_build(connection, name))
    }

    /// Holds a partition until the transaction ends; `None` where there is none. What it answers is what those left behind who
    /// held it before.
    pub(crate) async fn lock_partition(
        &self,
        tx: &mut Tx,
        part: &PartId,
    ) -> Result<Option<Held>, Error> {
        in_tx!(self, tx, |store, connection| store
            .lock_partition(connection, part))
    }

    /// Sets the checkpoint of a partition, which goes on where it was stopped.
    pub(crate) async fn move_partition(
        &self,
        tx: &mut Tx,
        part: &PartId,
        checkpoint: i64,
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .move_partition(connection, part, checkpoint))
    }

    /// Stops a partition before the event at a position, and gives the lease back. Answers whether it did: it does not where
    /// the worker has not the lease any more, or somebody came past the event.
    pub(crate) async fn stop_partition(
        &self,
        part: &PartId,
        why: &str,
        position: i64,
        worker: &str,
    ) -> Result<bool, Error> {
        on_store!(self, |store| store
            .stop_partition(part, why, position, worker))
    }

    /// Lets a stopped partition go on.
    pub(crate) async fn restart_partition(&self, tx: &mut Tx, part: &PartId) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .restart_partition(connection, part))
    }

    /// Lets others know that a worker is alive, for as long as a lease, and with which versions of projections it can follow.
    /// Answers how many are alive that can follow with each of these, with this one.
    pub(crate) async fn worker_seen(
        &self,
        worker: &str,
        lease: Duration,
        serves: &[String],
    ) -> Result<HashMap<String, u32>, Error> {
        on_store!(self, |store| store.worker_seen(worker, lease, serves))
    }

    /// Forgets a worker, and gives back its leases.
    pub(crate) async fn worker_gone(&self, worker: &str) -> Result<(), Error> {
        on_store!(self, |store| store.worker_gone(worker))
    }

    /// Leases some of the wanted partitions that nobody has a lease of and that are not stopped, those first that were longest
    /// without one. What is held by a transaction is passed over.
    pub(crate) async fn take_leases(
        &self,
        worker: &str,
        wanted: &[PartId],
        at_most: u32,
        free_for: Duration,
        lease: Duration,
    ) -> Result<Vec<Partition>, Error> {
        on_store!(self, |store| store
            .take_leases(worker, wanted, at_most, free_for, lease))
    }

    /// Renews the leases that a worker still has, and answers them in order. One that ran out is kept where nobody took it. One
    /// whose partition is held by a transaction is answered, and renewed the next time.
    pub(crate) async fn keep_leases(
        &self,
        worker: &str,
        lease: Duration,
    ) -> Result<Vec<PartId>, Error> {
        on_store!(self, |store| store.keep_leases(worker, lease))
    }

    /// Gives back the leases that the worker still has of these. It waits for transactions that hold the partitions.
    pub(crate) async fn return_leases(&self, worker: &str, parts: &[PartId]) -> Result<(), Error> {
        on_store!(self, |store| store.return_leases(worker, parts))
    }
}
