//! Makes, describes and drops the tables of read models, and the views that people read.
//!
//! What annals made says so in its comment. Nothing else is touched, whatever it is called.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

use super::table_sql::{index_sql, table_sql, view_sql};
use super::values::type_name;
use super::{Postgres, during};
use crate::error::{Error, ErrorKind};
use crate::store::projections::{FoundColumn, Table};
use crate::store::table::{MARK, quoted};

/// How often a view is tried to be changed while others read it, how long each time waits, and how long others are let through
/// in between.
const ATTEMPTS: u32 = 60;
const PATIENCE: &str = "select set_config('lock_timeout', '100ms', true)";
const PAUSE: Duration = Duration::from_millis(100);

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

/// What `create or replace view` compares.
const COLUMNS: &str = "
select coalesce(array_agg(concat_ws(' ', attname, atttypid, atttypmod, attcollation) order by attnum), '{}')
from pg_attribute
where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
";

/// The rights of others on a view, as the statements that give them again.
const GRANTS: &str = "
select format('grant %s on %s to %s%s', a.privilege_type, $1::text,
              case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
              case when a.is_grantable then ' with grant option' else '' end)
from pg_class c, aclexplode(c.relacl) a
where c.oid = to_regclass($1) and a.grantee <> c.relowner
";

const TARGET: &str = "
select t.relname::text
from pg_rewrite r
join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
join pg_class t on t.oid = d.refobjid and t.oid <> r.ev_class
where r.ev_class = to_regclass($1)
limit 1
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

    /// Lets a view show a table. A view that has the same columns, or the first of them, is replaced where it stands; another
    /// one is made anew, and keeps the rights that others have on it.
    pub(crate) async fn point_view(
        &self,
        connection: &mut PgConnection,
        view: &str,
        table: &Table,
    ) -> Result<(), Error> {
        let during = during("look at the view of a read model");
        let name = self.qualified(view);
        let is_there = self.is_there(connection, view, 'v').await?;
        let mut sql = view_sql("create or replace", &name, &self.name_of(table), table);
        if is_there {
            let mut both = Vec::with_capacity(2);
            for relation in [&name, &self.name_of(table)] {
                let columns: Vec<String> = sqlx::query_scalar(COLUMNS)
                    .bind(relation)
                    .fetch_one(&mut *connection)
                    .await
                    .map_err(&during)?;
                both.push(columns);
            }
            let is_replaceable = matches!(&both[..], [old, new] if new.starts_with(old));
            if !is_replaceable {
                let grants: Vec<String> = sqlx::query_scalar(GRANTS)
                    .bind(&name)
                    .fetch_all(&mut *connection)
                    .await
                    .map_err(&during)?;
                sql.insert(0, format!("drop view {name}"));
                sql.extend(grants);
            }
        }
        patiently(connection, view, &sql).await
    }

    pub(crate) async fn drop_view(
        &self,
        connection: &mut PgConnection,
        view: &str,
    ) -> Result<(), Error> {
        if !self.is_there(connection, view, 'v').await? {
            return Ok(());
        }
        let sql = [format!("drop view {}", self.qualified(view))];
        patiently(connection, view, &sql).await
    }

    /// The table that a view shows; `None` where there is no view of the name.
    pub(crate) async fn view_target(&self, view: &str) -> Result<Option<String>, Error> {
        const DOING: &str = "look at the view of a read model";
        let mut connection = self.acquire(DOING).await?;
        if !self.is_there(&mut connection, view, 'v').await? {
            return Ok(None);
        }
        sqlx::query_scalar(TARGET)
            .bind(self.qualified(view))
            .fetch_optional(&mut *connection)
            .await
            .map_err(during(DOING))
    }

    /// Whether there is a table or a view of the name.
    ///
    /// # Errors
    /// Where it is not one that annals made.
    async fn is_there(
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

    fn qualified(&self, name: &str) -> String {
        format!("{}.{}", self.schema, quoted(name))
    }
}

async fn run_all(
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

/// Runs statements that need a view for themselves. Whoever waits for that makes all later readers wait as well, so each attempt
/// is a short one.
async fn patiently(
    connection: &mut PgConnection,
    view: &str,
    statements: &[String],
) -> Result<(), Error> {
    const DOING: &str = "change the view of a read model";
    let during = during(DOING);
    let before: String = sqlx::query_scalar("select current_setting('lock_timeout')")
        .fetch_one(&mut *connection)
        .await
        .map_err(&during)?;
    for _ in 0..ATTEMPTS {
        let mut savepoint = connection.begin().await.map_err(&during)?;
        let patience = savepoint.execute(PATIENCE).await;
        patience.map_err(&during)?;
        match run_all(&mut savepoint, statements, DOING).await {
            Ok(()) => {
                sqlx::query("select set_config('lock_timeout', $1, true)")
                    .bind(&before)
                    .execute(&mut *savepoint)
                    .await
                    .map_err(&during)?;
                return savepoint.commit().await.map_err(during);
            }
            Err(error) if error.kind() == ErrorKind::Busy => {
                savepoint.rollback().await.map_err(&during)?;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => {
                savepoint.rollback().await.map_err(&during)?;
                return Err(error);
            }
        }
    }
    Err(Error::new(
        ErrorKind::Busy,
        format!("another transaction reads the view `{view}` for too long"),
    )
    .with_hint("end long transactions that read the view, and try again"))
}
