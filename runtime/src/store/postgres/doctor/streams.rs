//! Whether streams hold what their rows say, for some of them.

use sqlx::Row;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;
use crate::store::holes::{Hole, findings};

/// The streams of the newest events, of events from everywhere, and the first ones by name. Of long ones the events are not
/// counted.
const HOLES: &str = "
with ends as (select min(position) as first, max(position) as last from {schema}.events),
probed as (
    (select tenant, stream from {schema}.events order by position desc limit 1000)
    union
    select e.tenant, e.stream
    from ends, generate_series(ends.first, ends.last, greatest((ends.last - ends.first) / 1000, 1)) as probe (at),
         lateral (select tenant, stream from {schema}.events where position >= probe.at order by position limit 1) e
    union
    (select tenant, stream from {schema}.streams order by tenant, stream limit 1000)
),
looked as (
    select p.tenant, p.stream, s.version,
           (select max(version) from {schema}.events e where e.tenant = p.tenant and e.stream = p.stream) as last,
           case when s.version <= 1000 then (
               select count(*) from {schema}.events e where e.tenant = p.tenant and e.stream = p.stream
           ) end as events
    from probed p
    left join {schema}.streams s on s.tenant = p.tenant and s.stream = p.stream
)
select (select count(*) from looked) as looked, damaged.*
from (select) one
left join (
    select tenant, stream, version, last, events from looked
    where version is distinct from coalesce(last, 0) or events <> version
    order by tenant, stream
    limit 20
) damaged on true
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let rows = sqlx::query(patient.spelled(HOLES))
        .fetch_all(&mut patient.connection)
        .await
        .map_err(&during)?;
    let mut looked: i64 = 0;
    let mut holes = Vec::new();
    for row in &rows {
        looked = row.try_get("looked").map_err(&during)?;
        if let Some(stream) = row.try_get("stream").map_err(&during)? {
            holes.push(Hole {
                tenant: row.try_get("tenant").map_err(&during)?,
                stream,
                version: row.try_get("version").map_err(&during)?,
                last: row.try_get("last").map_err(&during)?,
                events: row.try_get("events").map_err(&during)?,
            });
        }
    }
    Ok(findings(looked, holes))
}
