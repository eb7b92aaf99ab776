//! Whether what the server says is stored survives a crash of its machine.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

const SETTINGS: &str = "
select name, setting from pg_settings
where name in ('fsync', 'full_page_writes', 'synchronous_commit')
order by name
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let rows = sqlx::query(SETTINGS)
        .fetch_all(&mut patient.connection)
        .await
        .map_err(&during)?;
    let finding = |row: &PgRow| {
        let (name, value): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        Ok(judged(&name, &value)
            .with("setting", name)
            .with("value", value))
    };
    let findings = rows.iter().map(finding).collect::<Result<_, _>>();
    findings.map_err(&during)
}

fn judged(name: &str, value: &str) -> Finding {
    let what = format!("`{name}` is `{value}`");
    match (name, value) {
        ("fsync", "off") => Finding::error(
            format!("{what}: a crash of the machine loses or destroys what was stored"),
            "alter system set fsync = on; select pg_reload_conf();",
        ),
        ("full_page_writes", "off") => Finding::warning(
            format!(
                "{what}: a crash of the machine can leave torn pages, unless the file system rules them out"
            ),
            "alter system set full_page_writes = on; select pg_reload_conf();",
        ),
        ("synchronous_commit", "off" | "local") => Finding::ok(format!(
            "{what}, which each append raises to `on` for itself"
        )),
        _ => Finding::ok(what),
    }
}
