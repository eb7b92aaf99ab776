//! Whether the indexes are there.

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// Each with the migration since which it is there and the statement that makes it. Those of primary keys belong to
/// their tables.
const EXPECTED: &[(i64, &str, &str)] = &[
    (
        1,
        "annals_streams_aggregate",
        "create index annals_streams_aggregate on annals_streams (tenant, aggregate, stream);",
    ),
    (
        1,
        "annals_events_correlation",
        "create index annals_events_correlation on annals_events (tenant, correlation) where correlation is not null;",
    ),
    (
        4,
        "annals_instances_updated",
        "create index annals_instances_updated on annals_instances (process, updated_at desc);",
    ),
    (
        4,
        "annals_timers_due",
        "create index annals_timers_due on annals_timers (process, partition, due_at) where error is null;",
    ),
    (
        4,
        "annals_deliveries_due",
        "create index annals_deliveries_due on annals_deliveries (process, partition, try_at) where parked_at is null;",
    ),
    (
        4,
        "annals_deliveries_order",
        "create index annals_deliveries_order on annals_deliveries (process, tenant, instance, target, version);",
    ),
];

const INDEXES: &str =
    "select name from sqlite_schema where type = 'index' and name like 'annals\\_%' escape '\\'";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let found: Vec<String> = sqlx::query_scalar(INDEXES)
        .fetch_all(&mut *patient.connection)
        .await
        .map_err(during(DOING))?;
    let missing = EXPECTED
        .iter()
        .filter(|(since, _, _)| patient.last >= Some(*since))
        .filter(|(_, name, _)| !found.iter().any(|found| found == name));
    let mut findings: Vec<_> = missing
        .map(|(_, name, made)| {
            Finding::error(format!("index `{name}` is missing"), *made).with("index", *name)
        })
        .collect();
    if findings.is_empty() {
        let what = format!("all {} indexes are there", found.len());
        findings.push(Finding::ok(what));
    }
    Ok(findings)
}
