//! Makes and drops the views that people read.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};

use super::table_sql::view_sql;
use super::tables::run_all;
use super::{Postgres, during};
use crate::error::{Error, ErrorKind};
use crate::store::projections::Table;

/// How often a view is tried to be changed while others read it, how long each time waits, and how long others are let through
/// in between.
const ATTEMPTS: u32 = 60;
const PATIENCE: &str = "select set_config('lock_timeout', '100ms', true)";
const PAUSE: Duration = Duration::from_millis(100);

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
