//! Rows of read models.
//!
//! Text keys are ordered by their bytes, in both databases. An error of kind [`ErrorKind::ReadModel`] says that the table is
//! missing or another than the declared one.
//!
//! [`ErrorKind::ReadModel`]: crate::ErrorKind::ReadModel

use super::Backend;
use super::reach::{in_tx, on_store, other_database};
use crate::error::Error;
use crate::projection::Value;
use crate::store::projections::{EachRow, Row, RowPlace, Table};
use crate::store::tx::{Tx, TxInner};

impl Backend {
    /// The rows that stand at the places, in no order.
    pub(crate) async fn load_rows(
        &self,
        tx: &mut Tx,
        table: &Table,
        places: &[RowPlace],
    ) -> Result<Vec<Row>, Error> {
        in_tx!(self, tx, |store, connection| store
            .load_rows(connection, table, places))
    }

    /// Writes rows, in the place of those with the same keys. No two of them have the same.
    pub(crate) async fn write_rows(
        &self,
        tx: &mut Tx,
        table: &Table,
        rows: &[Row],
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .write_rows(connection, table, rows))
    }

    /// Deletes the rows at the places, where they are there.
    pub(crate) async fn delete_rows(
        &self,
        tx: &mut Tx,
        table: &Table,
        places: &[RowPlace],
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .delete_rows(connection, table, places))
    }

    pub(crate) async fn read_row(
        &self,
        table: &Table,
        place: &RowPlace,
    ) -> Result<Option<Row>, Error> {
        on_store!(self, |store| store.read_row(table, place))
    }

    /// The rows of a tenant that come after a key, in the order of the keys.
    pub(crate) async fn read_rows(
        &self,
        table: &Table,
        tenant: &str,
        after: Option<&[Value]>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        on_store!(self, |store| store.read_rows(table, tenant, after, limit))
    }

    /// How many rows a tenant has; `None` for all tenants.
    pub(crate) async fn count_rows(
        &self,
        table: &Table,
        tenant: Option<&str>,
    ) -> Result<u64, Error> {
        on_store!(self, |store| store.count_rows(table, tenant))
    }

    /// Hands on each row of a tenant, or of all, in the order of tenants and keys: what was handed on takes no memory any more.
    /// All of it is of one moment. A connection is held meanwhile.
    pub(crate) async fn all_rows(
        &self,
        table: &Table,
        tenant: Option<&str>,
        each: &mut EachRow<'_>,
    ) -> Result<(), Error> {
        on_store!(self, |store| store.all_rows(table, tenant, each))
    }
}
