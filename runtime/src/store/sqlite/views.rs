//! Makes and drops the views that people read.

use sqlx::sqlite::SqliteConnection;

use super::Sqlite;
use super::table_sql::view_sql;
use super::tables::{find, run_all};
use crate::error::Error;
use crate::store::projections::Table;
use crate::store::table::quoted;

impl Sqlite {
    /// Lets a view show a table.
    pub(crate) async fn point_view(
        &self,
        connection: &mut SqliteConnection,
        view: &str,
        table: &Table,
    ) -> Result<(), Error> {
        self.drop_view(connection, view).await?;
        let sql = [view_sql(view, table)];
        run_all(connection, &sql, "change the view of a read model").await
    }

    pub(crate) async fn drop_view(
        &self,
        connection: &mut SqliteConnection,
        view: &str,
    ) -> Result<(), Error> {
        if find(connection, view, "view").await?.is_none() {
            return Ok(());
        }
        let sql = [format!("drop view {}", quoted(view))];
        run_all(connection, &sql, "change the view of a read model").await
    }
}
