//! Whether the next position is a new one.

use sqlx::Row;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// `pg_sequences` hides the last value from who may not use the sequence.
const SEQUENCE: &str = "
select s.last_value, s.cache_size, has_sequence_privilege('{schema}.event_position', 'select, usage') as is_shown,
       (select max(position) from {schema}.events) as last
from pg_sequences s
where format('%I.%I', s.schemaname, s.sequencename)::regclass = '{schema}.event_position'::regclass
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let schema = patient.schema.clone();
    let row = sqlx::query(patient.spelled(SEQUENCE))
        .fetch_one(&mut patient.connection)
        .await
        .map_err(&during)?;
    let given: Option<i64> = row.try_get("last_value").map_err(&during)?;
    let last: Option<i64> = row.try_get("last").map_err(&during)?;
    let cache: i64 = row.try_get("cache_size").map_err(&during)?;
    let is_shown: bool = row.try_get("is_shown").map_err(&during)?;
    let position = if !is_shown {
        Finding::warning(
            "the sequence of the positions is not shown to this user",
            format!("grant usage, select on sequence {schema}.event_position to the user"),
        )
    } else if given < last {
        let last = last.unwrap_or_default();
        Finding::error(
            format!(
                "the sequence of the positions has given out {}, but the last event has position {last}: positions would be \
                 given out again",
                given.unwrap_or_default()
            ),
            format!("select setval('{schema}.event_position', {last});"),
        )
    } else {
        Finding::ok(format!(
            "the next position is a new one: {} were given out, and the last event has position {}",
            given.unwrap_or_default(),
            last.unwrap_or_default()
        ))
    };
    let mut findings = vec![position.with("given", given).with("last", last)];
    if cache != 1 {
        let finding = Finding::error(
            format!(
                "the sequence of the positions keeps {cache} for each session: they are not taken in order, and the feed \
                 could skip events"
            ),
            format!("alter sequence {schema}.event_position cache 1;"),
        );
        findings.push(finding.with("cache", cache));
    }
    Ok(findings)
}
