//! Whether the indexes are there and in use.

use std::collections::HashMap;

use sqlx::Row;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// Each with the migration since which it is there and the statement that makes it.
const EXPECTED: &[(i64, &str, &str)] = &[
    (
        1,
        "streams_pkey",
        "alter table {schema}.streams add primary key (tenant, stream);",
    ),
    (
        1,
        "streams_aggregate",
        "create index concurrently streams_aggregate on {schema}.streams (tenant, aggregate, stream);",
    ),
    (
        1,
        "events_pkey",
        "alter table {schema}.events add primary key (tenant, stream, version);",
    ),
    (
        1,
        "events_position",
        "create index concurrently events_position on {schema}.events (position);",
    ),
    (
        1,
        "events_correlation",
        "create index concurrently events_correlation on {schema}.events (tenant, correlation) where correlation is not null;",
    ),
    (
        1,
        "snapshots_pkey",
        "alter table {schema}.snapshots add primary key (tenant, stream, fingerprint);",
    ),
    (
        1,
        "commands_pkey",
        "alter table {schema}.commands add primary key (tenant, stream, key);",
    ),
    (
        4,
        "instances_pkey",
        "alter table {schema}.instances add primary key (process, tenant, id);",
    ),
    (
        4,
        "instances_updated",
        "create index concurrently instances_updated on {schema}.instances (process, updated_at desc);",
    ),
    (
        4,
        "timers_pkey",
        "alter table {schema}.timers add primary key (process, tenant, instance, name);",
    ),
    (
        4,
        "timers_due",
        "create index concurrently timers_due on {schema}.timers (process, partition, due_at) where error is null;",
    ),
    (
        4,
        "deliveries_pkey",
        "alter table {schema}.deliveries add primary key (process, tenant, instance, version);",
    ),
    (
        4,
        "deliveries_due",
        "create index concurrently deliveries_due on {schema}.deliveries (process, partition, try_at) \
         where parked_at is null;",
    ),
    (
        4,
        "deliveries_order",
        "create index concurrently deliveries_order on {schema}.deliveries \
         (process, tenant, instance, target, version);",
    ),
];

const INDEXES: &str = "
select c.relname::text as name, i.indisvalid as is_valid
from pg_index i
join pg_class c on c.oid = i.indexrelid
where c.relnamespace = '{schema}'::regnamespace
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let schema = patient.schema.clone();
    let rows = sqlx::query(patient.spelled(INDEXES))
        .fetch_all(&mut patient.connection)
        .await
        .map_err(&during)?;
    let index = |row: &sqlx::postgres::PgRow| Ok((row.try_get("name")?, row.try_get("is_valid")?));
    let found = rows.iter().map(index).collect::<Result<_, sqlx::Error>>();
    let found: HashMap<String, bool> = found.map_err(&during)?;
    let mut findings = Vec::new();
    for (_, name, made) in EXPECTED
        .iter()
        .filter(|(since, name, _)| patient.last >= Some(*since) && !found.contains_key(*name))
    {
        let what = format!("index `{name}` is missing");
        let finding = Finding::error(what, made.replace("{schema}", &schema));
        findings.push(finding.with("index", *name));
    }
    let mut invalid: Vec<_> = found.iter().filter(|(_, is_valid)| !**is_valid).collect();
    invalid.sort();
    for (name, _) in invalid {
        let what = format!("index `{name}` is not valid: it was not finished, and is not used");
        let cure = format!("reindex index concurrently {schema}.\"{name}\";");
        findings.push(Finding::error(what, cure).with("index", name.as_str()));
    }
    if findings.is_empty() {
        let what = format!("all {} indexes are there and valid", found.len());
        findings.push(Finding::ok(what));
    }
    Ok(findings)
}
