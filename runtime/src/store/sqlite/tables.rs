//! Makes, describes and drops the tables of read models.
//!
//! What annals made says so in a comment, which SQLite keeps. Nothing else is touched, whatever it is called.

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Executor, Row};

use super::table_sql::{index_sql, table_sql};
use super::values::type_name;
use super::{Sqlite, during};
use crate::error::Error;
use crate::store::projections::{FoundColumn, Table};
use crate::store::table::{MARK, quoted};

impl Sqlite {
    /// The columns that the table must have.
    pub(crate) fn expected_columns(&self, table: &Table) -> Vec<FoundColumn> {
        table.expected_columns(type_name)
    }

    pub(crate) async fn create_table(
        &self,
        connection: &mut SqliteConnection,
        table: &Table,
    ) -> Result<(), Error> {
        match describe(connection, &table.name).await? {
            None => {
                let sql = table_sql(table);
                run_all(connection, &sql, "make the table of a read model").await
            }
            Some(found) if found == self.expected_columns(table) => Ok(()),
            Some(_) => Err(Error::read_model(
                &table.name,
                "has not the columns that are declared",
            )),
        }
    }

    pub(crate) async fn create_indexes(
        &self,
        connection: &mut SqliteConnection,
        table: &Table,
    ) -> Result<(), Error> {
        let sql = index_sql(table);
        run_all(connection, &sql, "make the indexes of a read model").await
    }

    pub(crate) async fn drop_table(
        &self,
        connection: &mut SqliteConnection,
        name: &str,
    ) -> Result<(), Error> {
        if find(connection, name, "table").await?.is_some() {
            let sql = [format!("drop table {}", quoted(name))];
            run_all(connection, &sql, "drop the table of a read model").await?;
        }
        Ok(())
    }

    pub(crate) async fn clear_table(
        &self,
        connection: &mut SqliteConnection,
        table: &Table,
    ) -> Result<(), Error> {
        if find(connection, &table.name, "table").await?.is_none() {
            return Err(Error::read_model(&table.name, "is missing"));
        }
        let sql = [format!("delete from {}", quoted(&table.name))];
        run_all(connection, &sql, "empty the table of a read model").await
    }

    /// The columns of a table; `None` where there is none of the name.
    pub(crate) async fn describe_table_in(
        &self,
        connection: &mut SqliteConnection,
        name: &str,
    ) -> Result<Option<Vec<FoundColumn>>, Error> {
        describe(connection, name).await
    }

    pub(crate) async fn describe_table(
        &self,
        name: &str,
    ) -> Result<Option<Vec<FoundColumn>>, Error> {
        let connection = self.readers.acquire().await;
        let mut connection = connection.map_err(during("look at the table of a read model"))?;
        describe(&mut connection, name).await
    }
}

/// The statement that made a table or a view; `None` where there is none of the name.
///
/// # Errors
/// Where it is not one that annals made.
pub(super) async fn find(
    connection: &mut SqliteConnection,
    name: &str,
    kind: &str,
) -> Result<Option<String>, Error> {
    let during = during("look for the table of a read model");
    let row = sqlx::query(
        "select type, coalesce(sql, '') from sqlite_schema where name = ? collate nocase",
    )
    .bind(name)
    .fetch_optional(connection)
    .await
    .map_err(&during)?;
    let Some(row) = row else { return Ok(None) };
    let found: &str = row.try_get(0).map_err(&during)?;
    let sql: String = row.try_get(1).map_err(&during)?;
    match found == kind && sql.contains(MARK) {
        true => Ok(Some(sql)),
        false => Err(Error::not_ours(name)),
    }
}

async fn describe(
    connection: &mut SqliteConnection,
    name: &str,
) -> Result<Option<Vec<FoundColumn>>, Error> {
    if find(connection, name, "table").await?.is_none() {
        return Ok(None);
    }
    let during = during("look at the table of a read model");
    let rows = sqlx::query(
        "select name, lower(type), \"notnull\", pk from pragma_table_info(?) order by cid",
    )
    .bind(name)
    .fetch_all(connection)
    .await
    .map_err(&during)?;
    let columns = rows.iter().map(|row| {
        let key: u32 = row.try_get(3)?;
        Ok(FoundColumn {
            name: row.try_get(0)?,
            kind: row.try_get(1)?,
            nullable: !row.try_get::<bool, _>(2)?,
            key: (key > 0).then_some(key),
        })
    });
    let columns = columns.collect::<Result<_, sqlx::Error>>();
    columns.map(Some).map_err(during)
}

pub(super) async fn run_all(
    connection: &mut SqliteConnection,
    statements: &[String],
    doing: &'static str,
) -> Result<(), Error> {
    for sql in statements {
        let done = (&mut *connection)
            .execute(AssertSqlSafe(sql.as_str()))
            .await;
        done.map_err(during(doing))?;
    }
    Ok(())
}
