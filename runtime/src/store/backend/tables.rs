//! The tables of read models, and the views that people read.
//!
//! Whatever has the name of one, and was not made by annals, is an error of kind [`ErrorKind::ReadModel`], and is not touched.
//!
//! [`ErrorKind::ReadModel`]: crate::ErrorKind::ReadModel

use super::Backend;
use super::reach::{in_tx, on_store, other_database};
use crate::error::Error;
use crate::store::projections::{FoundColumn, Table};
use crate::store::tx::{Tx, TxInner};

impl Backend {
    /// The columns that a table must have, as [`Backend::describe_table`] answers them.
    pub(crate) fn expected_columns(&self, table: &Table) -> Vec<FoundColumn> {
        match self {
            Backend::Postgres(postgres) => postgres.expected_columns(table),
            Backend::Sqlite(sqlite) => sqlite.expected_columns(table),
        }
    }

    /// Makes a table, unless it is there with these columns. Hold the projection: see [`Backend::lock_build`].
    pub(crate) async fn create_table(&self, tx: &mut Tx, table: &Table) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .create_table(connection, table))
    }

    /// Makes the indexes of a table that are not there. Nobody writes to the table meanwhile.
    pub(crate) async fn create_indexes(&self, tx: &mut Tx, table: &Table) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .create_indexes(connection, table))
    }

    /// Drops a table, where it is there. A view that shows it has to be pointed elsewhere first.
    pub(crate) async fn drop_table(&self, tx: &mut Tx, name: &str) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .drop_table(connection, name))
    }

    /// Removes all rows of a table. Others see them until the transaction ends.
    pub(crate) async fn clear_table(&self, tx: &mut Tx, table: &Table) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .clear_table(connection, table))
    }

    /// The columns of a table; `None` where there is none of the name.
    pub(crate) async fn describe_table(
        &self,
        name: &str,
    ) -> Result<Option<Vec<FoundColumn>>, Error> {
        on_store!(self, |store| store.describe_table(name))
    }

    /// [`Backend::describe_table`] as a transaction sees it.
    pub(crate) async fn describe_table_in(
        &self,
        tx: &mut Tx,
        name: &str,
    ) -> Result<Option<Vec<FoundColumn>>, Error> {
        in_tx!(self, tx, |store, connection| store
            .describe_table_in(connection, name))
    }

    /// Lets a view show a table, with all its columns. Readers see the one table or the other; they wait until the transaction
    /// ends, so let this be the last of it.
    ///
    /// A prepared `select *` fails once where the columns change, since its answer would be another; one that names its columns
    /// goes on.
    ///
    /// # Errors
    /// Where others read the view in transactions that do not end, or something that is not annals' depends on columns that go.
    pub(crate) async fn point_view(
        &self,
        tx: &mut Tx,
        view: &str,
        table: &Table,
    ) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .point_view(connection, view, table))
    }

    /// Drops a view, where it is there.
    pub(crate) async fn drop_view(&self, tx: &mut Tx, view: &str) -> Result<(), Error> {
        in_tx!(self, tx, |store, connection| store
            .drop_view(connection, view))
    }

    /// The table that a view shows; `None` where there is no view of the name.
    pub(crate) async fn view_target(&self, view: &str) -> Result<Option<String>, Error> {
        on_store!(self, |store| store.view_target(view))
    }
}
