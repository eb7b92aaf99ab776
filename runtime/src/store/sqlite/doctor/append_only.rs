//! Whether events are kept from being changed.

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// The migration that made the triggers.
const SINCE: i64 = 5;

const MADE: &str = include_str!("../migrations/0005_append_only.sql");

const TRIGGERS: [&str; 2] = ["annals_events_no_delete", "annals_events_no_update"];

const FOUND: &str =
    "select name from sqlite_schema where type = 'trigger' and tbl_name = 'annals_events'";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    if patient.last < Some(SINCE) {
        return Ok(Vec::new());
    }
    let found: Vec<String> = sqlx::query_scalar(FOUND)
        .fetch_all(&mut *patient.connection)
        .await
        .map_err(during(DOING))?;
    let missing = TRIGGERS
        .iter()
        .filter(|name| !found.iter().any(|found| found == *name));
    let mut findings: Vec<_> = missing
        .map(|name| {
            let what = format!("trigger `{name}` is missing: events can be changed and deleted");
            Finding::error(what, statement(name)).with("trigger", *name)
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::ok("triggers keep events from being changed"));
    }
    Ok(findings)
}

/// The statement of the migration that makes a trigger.
fn statement(name: &str) -> &'static str {
    let begin = MADE
        .find(&format!("create trigger {name} "))
        .unwrap_or_default();
    let made = MADE.get(begin..).unwrap_or_default();
    let end = made.find("end;").map_or(made.len(), |at| at + "end;".len());
    made.get(..end).unwrap_or_default()
}
