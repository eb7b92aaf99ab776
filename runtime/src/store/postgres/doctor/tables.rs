//! How large the tables are, and how much of them is dead.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// Fewer dead rows than so many do no harm.
const FEW: i64 = 10_000;

/// The numbers of rows are estimates of the server.
const TABLES: &str = "
select relname::text as name, pg_total_relation_size(relid) as bytes, n_live_tup as live, n_dead_tup as dead
from pg_stat_all_tables
where relid in (select oid from pg_class where relnamespace = '{schema}'::regnamespace and relkind in ('r', 'p'))
order by relname
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let schema = patient.schema.clone();
    let rows = sqlx::query(patient.spelled(TABLES))
        .fetch_all(&mut patient.connection)
        .await
        .map_err(&during)?;
    let finding = |row: &PgRow| -> Result<Finding, sqlx::Error> {
        let name: String = row.try_get("name")?;
        let bytes: i64 = row.try_get("bytes")?;
        let (live, dead): (i64, i64) = (row.try_get("live")?, row.try_get("dead")?);
        let what = format!("table `{name}`: {bytes} bytes, about {live} rows and {dead} dead ones");
        let finding = match dead > FEW && dead > live / 2 {
            true => Finding::warning(
                what,
                format!(
                    "vacuum (analyze) {schema}.\"{name}\"; and look for what keeps autovacuum from it"
                ),
            ),
            false => Finding::ok(what),
        };
        Ok(finding
            .with("table", name)
            .with("bytes", bytes)
            .with("live", live)
            .with("dead", dead))
    };
    let findings = rows.iter().map(finding).collect::<Result<_, _>>();
    findings.map_err(&during)
}
