//! Makes, describes and drops the tables of read models.
//!
//! What annals made says so in its comment. Nothing else is touched, whatever it is called.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor, Row};

use super::table_sql::{index_sql, table_sql};
use super::values::type_name;
use super::{Postgres, during};
use crate::error::Error;
use crate::store::projections::{FoundColumn, Table};
use crate::store::table::{MARK, quoted};

const FIND: &str = "
select relkind::text, coalesce(obj_description(oid, 'pg_class'), '') from pg_class where oid = to_regclass($1)
";

const DESCRIBE: &str = "
select a.attname::text, format_type(a.atttypid, a.atttypmod), not a.attnotnull,
       array_position(i.indkey::smallint[], a.attnum)
from pg_attribute a
left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum
";

impl Postgres {
    /// The columns that the table must have.
    pub(crate) fn expected_columns(&self, table: &Table) -> Vec<FoundColumn> {
        table.expected_columns(type_name)
    }

    pub(crate) async fn create_table(
        &self,
        connection: &mut PgConnection,
        table: &Table,
    ) -> Result<(), Error> {
        match self.describe_table_in(connection, &table.name).await? {
            None => {
                let sql = table_sql(&self.name_of(table), table);
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
        connection: &mut PgConnection,
        table: &Table,
    ) -> Result<(), Error> {
        let sql = index_sql(&self.name_of(table), table);
        run_all(connection, &sql, "make the indexes of a read model").await
    }

    pub(crate) async fn drop_table(
        &self,
        connection: &mut PgConnection,
        name: &str,
    ) -> Result<(), Error> {
        if self.is_there(connection, name, 'r').await? {
            let sql = [format!("drop table {}", self.qualified(name))];
            run_all(connection, &sql, "drop the table of a read model").await?;
        }
        Ok(())
    }

    pub(crate) async fn clear_table(
        &self,
        connection: &mut PgConnection,
        table: &Table,
    ) -> Result<(), Error> {
        if !self.is_there(connection, &table.name, 'r').await? {
            return Err(Error::read_model(&table.name, "is missing"));
        }
        // Not `truncate`, for which readers would have to wait.
        let sql = [format!("delete from {}", self.name_of(table))];
        run_all(connection, &sql, "empty the table of a read model").await
    }

    /// The columns of a table; `None` where there is none of the name.
    pub(crate) async fn describe_table_in(
        &self,
        connection: &mut PgConnection,
        name: &str,
    ) -> Result<Option<Vec<FoundColumn>>, Error> {
        if !self.is_there(connection, name, 'r').await? {
            return Ok(None);
        }
        let during = during("look at the table of a read model");
        let rows = sqlx::query(DESCRIBE)
            .bind(self.qualified(name))
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        let columns = rows.iter().map(|row| {
            let key: Option<i32> = row.try_get(3)?;
            Ok(FoundColumn {
                name: row.try_get(0)?,
                kind: row.try_get(1)?,
                nullable: row.try_get(2)?,
                // The places in an index are counted from 0.
                key: key.map(|place| place.unsigned_abs() + 1),
            })
        });
        let columns = columns.collect::<Result<_, sqlx::Error>>();
        columns.map(Some).map_err(during)
    }

    pub(crate) async fn describe_table(
        &self,
        name: &str,
    ) -> Result<Option<Vec<FoundColumn>>, Error> {
        let mut connection = self.acquire("look at the table of a read model").await?;
        self.describe_table_in(&mut connection, name).await
    }

    /// Whether there is a table or a view of the name.
    ///
    /// # Errors
    /// Where it is not one that annals made.
    pub(super) async fn is_there(
        &self,
        connection: &mut PgConnection,
        name: &str,
        kind: char,
    ) -> Result<bool, Error> {
        let during = during("look for the table of a read model");
        let row = sqlx::query(FIND)
            .bind(self.qualified(name))
            .fetch_optional(connection)
            .await
            .map_err(&during)?;
        let Some(row) = row else { return Ok(false) };
        let found: &str = row.try_get(0).map_err(&during)?;
        let comment: &str = row.try_get(1).map_err(&during)?;
        match found.starts_with(kind) && comment.starts_with(MARK) {
            true => Ok(true),
            false => Err(Error::not_ours(name)),
        }
    }

    pub(super) fn qualified(&self, name: &str) -> String {
        format!("{}.{}", self.schema, quoted(name))
    }
}

pub(super) async fn run_all(
    connection: &mut PgConnection,
    statements: &[String],
    doing: &'static str,
) -> Result<(), Error> {
    for sql in statements {
        let done = connection.execute(AssertSqlSafe(sql.as_str())).await;
        done.map_err(during(doing))?;
    }
    Ok(())
}
