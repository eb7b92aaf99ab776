//! Transactions that are open for long: what they may still see cannot be cleaned up, in no table of the database.

use serde_json::{Value, json};
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// Those that are open for more than a minute.
const LONG: &str = "
select pid, application_name, usename::text as usename, state, query_start, null::text as gid,
       extract(epoch from clock_timestamp() - xact_start)::bigint as seconds
from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
  and xact_start < clock_timestamp() - interval '1 minute'
union all
select null, null, owner::text, 'prepared', null, gid, extract(epoch from clock_timestamp() - prepared)::bigint
from pg_prepared_xacts
where database = current_database() and prepared < clock_timestamp() - interval '1 minute'
order by seconds desc
limit 20
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let rows = sqlx::query(LONG)
        .fetch_all(&mut patient.connection)
        .await
        .map_err(&during)?;
    if rows.is_empty() {
        let none = "no transaction that can be seen is open for more than a minute";
        return Ok(vec![Finding::ok(none)]);
    }
    let findings = rows.iter().map(finding).collect::<Result<_, _>>();
    findings.map_err(&during)
}

fn finding(row: &PgRow) -> Result<Finding, sqlx::Error> {
    let pid: Option<i32> = row.try_get("pid")?;
    let gid: Option<String> = row.try_get("gid")?;
    let user: Option<String> = row.try_get("usename")?;
    let state: Option<String> = row.try_get("state")?;
    let application: Option<String> = row.try_get("application_name")?;
    let seconds: i64 = row.try_get("seconds")?;
    let of = user.as_deref().unwrap_or("?");
    let finding = match (pid, &gid) {
        (Some(pid), _) => Finding::warning(
            format!(
                "session {pid} of user `{of}` (application `{}`, {}) has a transaction open for {seconds} seconds",
                application.as_deref().unwrap_or("?"),
                state.as_deref().unwrap_or("?"),
            ),
            format!("commit it, or: select pg_terminate_backend({pid});"),
        ),
        (None, gid) => {
            let gid = gid.as_deref().unwrap_or("?");
            let quoted = gid.replace('\'', "''");
            Finding::warning(
                format!(
                    "transaction `{gid}` of user `{of}` has been prepared for {seconds} seconds"
                ),
                format!("commit prepared '{quoted}'; or: rollback prepared '{quoted}';"),
            )
        }
    };
    let query_start: Option<chrono::DateTime<chrono::Utc>> = row.try_get("query_start")?;
    Ok(finding
        .with("session", pid)
        .with("application", application)
        .with("user", user)
        .with("state", state)
        .with(
            "query_start",
            query_start.map_or(Value::Null, |at| json!(at)),
        )
        .with("gid", gid)
        .with("seconds", seconds))
}
