//! Makes and drops the views that people read.

use sqlx::sqlite::SqliteConnection;

use super::table_sql::view_sql;
use super::tables::{find, run_all};
use super::{Sqlite, during};
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

    /// The table that a view shows; `None` where there is no view of the name.
    pub(crate) async fn view_target(&self, view: &str) -> Result<Option<String>, Error> {
        let connection = self.readers.acquire().await;
        let mut connection = connection.map_err(during("look at the view of a read model"))?;
        let sql = find(&mut connection, view, "view").await?;
        Ok(sql.and_then(|sql| {
            let (_, table) = sql.rsplit_once(" from ")?;
            Some(table.trim_matches('"').to_owned())
        }))
    }
}
