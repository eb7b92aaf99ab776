//! Events that could not be handled, and how far inline projections have come.

use std::sync::Arc;

use super::Backend;
use super::reach::{in_tx, on_store, other_database};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::projections::{InlineHead, NewParked, Parked, ParkedPlace, PartId};
use crate::store::tx::{Tx, TxInner};

impl Backend {
    /// Parks events. What is parked already stays as it is.
    pub(crate) async fn park(
        &self,
        tx: &mut Tx,
        part: &PartId,
        parked: &[NewParked],
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .park(connection, part, parked))
    }

    /// Which of these keys have parked events, each of them a tenant's.
    pub(crate) async fn parked_keys(
        &self,
        tx: &mut Tx,
        projection: &str,
        version: u32,
        places: &[(Arc<str>, String)],
    ) -> Result<Vec<(Arc<str>, String)>, Error> {
        in_tx!(self, tx, |store, connection| store
            .parked_keys(connection, projection, version, places))
    }

    pub(crate) async fn has_parked(
        &self,
        tx: &mut Tx,
        projection: &str,
        version: u32,
    ) -> Result<bool, Error> {
        in_tx!(self, tx, |store, connection| store
            .has_parked(connection, projection, version))
    }

    /// The parked events of a key, in their order.
    pub(crate) async fn parked_of(
        &self,
        tx: &mut Tx,
        place: ParkedPlace<'_>,
    ) -> Result<Vec<Parked>, Error> {
        in_tx!(self, tx, |store, connection| store
            .parked_of(connection, place))
    }

    /// Parked events of a projection or of all, key by key.
    pub(crate) async fn parked(
        &self,
        projection: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Parked>, Error> {
        on_store!(self, |store| store.parked(projection, limit))
    }

    /// How many events each version of a projection has parked, where it has any.
    pub(crate) async fn count_parked(&self) -> Result<Vec<(String, u32, u64)>, Error> {
        on_store!(self, |store| store.count_parked())
    }

    pub(crate) async fn unpark(
        &self,
        tx: &mut Tx,
        place: ParkedPlace<'_>,
        positions: &[i64],
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .unpark(connection, place, positions))
    }

    /// Forgets all parked events of a version of a projection.
    pub(crate) async fn unpark_all(
        &self,
        tx: &mut Tx,
        projection: &str,
        version: u32,
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .unpark_all(connection, projection, version))
    }

    /// Hands what is parked of one version over to another.
    pub(crate) async fn repark(
        &self,
        tx: &mut Tx,
        projection: &str,
        from: u32,
        to: u32,
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .repark(connection, projection, from, to))
    }

    pub(crate) async fn events_at(
        &self,
        tx: &mut Tx,
        tenant: &Arc<str>,
        positions: &[i64],
    ) -> Result<Vec<RecordedEvent>, Error> {
        in_tx!(self, tx, |store, connection| store
            .events_at(connection, tenant, positions))
    }

    pub(crate) async fn event_at(
        &self,
        tenant: &Arc<str>,
        position: i64,
    ) -> Result<Option<RecordedEvent>, Error> {
        on_store!(self, |store| store.event_at(tenant, position))
    }

    /// How far an inline projection has come with these streams, where it has begun; held until the transaction ends.
    pub(crate) async fn inline_heads(
        &self,
        tx: &mut Tx,
        projection: &str,
        version: u32,
        places: &[(Arc<str>, String)],
    ) -> Result<Vec<InlineHead>, Error> {
        in_tx!(self, tx, |store, connection| store
            .inline_heads(connection, projection, version, places))
    }

    /// How far an inline projection has come with a stream, as it was committed last; 0 where it has not begun.
    pub(crate) async fn inline_head(
        &self,
        projection: &str,
        version: u32,
        tenant: &str,
        stream: &str,
    ) -> Result<i64, Error> {
        on_store!(self, |store| store
            .inline_head(projection, version, tenant, stream))
    }

    pub(crate) async fn set_inline_heads(
        &self,
        tx: &mut Tx,
        projection: &str,
        version: u32,
        heads: &[InlineHead],
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .set_inline_heads(connection, projection, version, heads))
    }
}
