//! Whether the indexes are there.

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// Each with the statement that makes it. Those of primary keys belong to their tables.
const EXPECTED: &[(&str, &str)] = &[
    (
        "annals_streams_aggregate",
        "create index annals_streams_aggregate on annals_streams (tenant, aggregate, stream);",
    ),
    (
        "annals_events_correlation",
        "create index annals_events_correlation on annals_events (tenant, correlation) where correlation is not null;",
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
        .filter(|(name, _)| !found.iter().any(|found| found == name));
    let mut findings: Vec<_> = missing
        .map(|(name, made)| {
            Finding::error(format!("index `{name}` is missing"), *made).with("index", *name)
        })
        .collect();
    if findings.is_empty() {
        let what = format!("all {} indexes are there", found.len());
        findings.push(Finding::ok(what));
    }
    Ok(findings)
}
