//! Whether the next position is a new one.

use sqlx::Row;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

const SEQUENCE: &str = "
select (select seq from sqlite_sequence where name = 'annals_events'), (select max(position) from annals_events)
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let row = sqlx::query(SEQUENCE)
        .fetch_one(&mut *patient.connection)
        .await
        .map_err(&during)?;
    let given: Option<i64> = row.try_get(0).map_err(&during)?;
    let last: Option<i64> = row.try_get(1).map_err(&during)?;
    // SQLite gives out what is higher than both.
    let finding = match given < last {
        true => Finding::warning(
            format!(
                "the sequence of the positions stands at {}, but the last event has position {}: once that event were removed, \
                 its position would be given out again",
                given.unwrap_or_default(),
                last.unwrap_or_default()
            ),
            format!(
                "delete from sqlite_sequence where name = 'annals_events'; insert into sqlite_sequence values \
                 ('annals_events', {});",
                last.unwrap_or_default()
            ),
        ),
        false => Finding::ok(format!(
            "the next position is a new one: {} were given out, and the last event has position {}",
            given.unwrap_or_default(),
            last.unwrap_or_default()
        )),
    };
    Ok(vec![finding.with("given", given).with("last", last)])
}
