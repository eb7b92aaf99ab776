//! What is kept of processes: where instances stand, their timers, and their commands on the way.
//!
//! What takes no transaction takes a connection of its own, and is not called while a transaction is open.

use std::time::Duration;

use super::Backend;
use super::reach::{in_tx, on_store, other_database};
use crate::error::Error;
use crate::store::processes::{
    DeliveryPlace, DueDelivery, DueTimer, FoundInstance, InstanceFilter, InstancePlace,
    ListedDelivery, ListedInstance, ListedTimer, NewDelivery, NewTimer, SavedInstance, TimerPlace,
};
use crate::store::projections::PartId;
use crate::store::tx::{Tx, TxInner};

impl Backend {
    /// Those of some instances that there are, in any order.
    pub(crate) async fn find_instances(
        &self,
        tx: &mut Tx,
        process: &str,
        places: &[InstancePlace],
    ) -> Result<Vec<FoundInstance>, Error> {
        in_tx!(self, tx, |store, connection| store
            .find_instances(connection, process, places))
    }

    /// Keeps where instances stand, in place of where they stood. Each is named once.
    pub(crate) async fn save_instances(
        &self,
        tx: &mut Tx,
        process: &str,
        instances: &[SavedInstance],
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .save_instances(connection, process, instances))
    }

    /// Timers of a partition that are due by the clock of the database and have not failed, those first that were due first.
    pub(crate) async fn due_timers(
        &self,
        tx: &mut Tx,
        part: &PartId,
        limit: u32,
    ) -> Result<Vec<DueTimer>, Error> {
        in_tx!(self, tx, |store, connection| store
            .due_timers(connection, part, limit))
    }

    /// How long until a timer of a partition is due that has not failed: nothing, where one is.
    pub(crate) async fn timer_due_in(&self, part: &PartId) -> Result<Option<Duration>, Error> {
        on_store!(self, |store| store.timer_due_in(part))
    }

    /// Sets timers, in place of those of the same names. Each is named once.
    pub(crate) async fn set_timers(
        &self,
        tx: &mut Tx,
        process: &str,
        timers: &[NewTimer],
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .set_timers(connection, process, timers))
    }

    pub(crate) async fn drop_timers(
        &self,
        tx: &mut Tx,
        process: &str,
        timers: &[TimerPlace],
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .drop_timers(connection, process, timers))
    }

    /// Removes all timers of some instances.
    pub(crate) async fn drop_timers_of(
        &self,
        tx: &mut Tx,
        process: &str,
        instances: &[InstancePlace],
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .drop_timers_of(connection, process, instances))
    }

    /// Keeps a timer for an operator.
    pub(crate) async fn fail_timer(
        &self,
        tx: &mut Tx,
        process: &str,
        timer: &TimerPlace,
        error: &str,
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .fail_timer(connection, process, timer, error))
    }

    pub(crate) async fn add_deliveries(
        &self,
        tx: &mut Tx,
        process: &str,
        deliveries: &[NewDelivery],
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .add_deliveries(connection, process, deliveries))
    }

    /// Commands of a partition whose turn has come: of each instance to each aggregate the first one that is not delivered, where
    /// its time has come and it is not parked. Those first that have waited longest.
    pub(crate) async fn due_deliveries(
        &self,
        part: &PartId,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, Error> {
        on_store!(self, |store| store.due_deliveries(part, limit))
    }

    /// How long until a command of a partition is to be tried, parked ones and those behind them left out.
    pub(crate) async fn delivery_due_in(&self, part: &PartId) -> Result<Option<Duration>, Error> {
        on_store!(self, |store| store.delivery_due_in(part))
    }

    /// Removes a delivery. Answers whether it was there.
    pub(crate) async fn end_delivery(
        &self,
        tx: &mut Tx,
        process: &str,
        place: &DeliveryPlace,
    ) -> Result<bool, Error> {
        in_tx!(self, tx, |store, connection| store
            .end_delivery(connection, process, place))
    }

    /// Lets a delivery be tried again after a pause; parks it where there is none.
    pub(crate) async fn fail_delivery(
        &self,
        process: &str,
        place: &DeliveryPlace,
        attempts: u32,
        error: &str,
        pause: Option<Duration>,
    ) -> Result<(), Error> {
        on_store!(self, |store| store
            .fail_delivery(process, place, attempts, error, pause))
    }

    /// Removes the parked deliveries of an instance. Answers how many there were.
    pub(crate) async fn drop_parked_deliveries(
        &self,
        tx: &mut Tx,
        process: &str,
        instance: &InstancePlace,
    ) -> Result<u64, Error> {
        in_tx!(self, tx, |store, connection| store
            .drop_parked_deliveries(connection, process, instance))
    }

    /// Instances, those first that changed last; at most so many.
    pub(crate) async fn list_instances(
        &self,
        filter: InstanceFilter<'_>,
        limit: u32,
    ) -> Result<Vec<ListedInstance>, Error> {
        on_store!(self, |store| store.list_instances(filter, limit))
    }

    /// Timers, those first that are due first; at most so many.
    pub(crate) async fn list_timers(
        &self,
        process: Option<&str>,
        instance: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ListedTimer>, Error> {
        on_store!(self, |store| store.list_timers(process, instance, limit))
    }

    /// Commands on the way, those first that were sent first within an instance; at most so many.
    pub(crate) async fn list_deliveries(
        &self,
        process: Option<&str>,
        instance: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ListedDelivery>, Error> {
        on_store!(self, |store| store
            .list_deliveries(process, instance, limit))
    }

    /// Lets the parked commands and the failed timers of an instance be tried again at once. Answers how many there were.
    pub(crate) async fn retry_instance(
        &self,
        process: &str,
        instance: &InstancePlace,
    ) -> Result<u64, Error> {
        on_store!(self, |store| store.retry_instance(process, instance))
    }
}
