//! Whether streams hold what their rows say, for some of them.

use sqlx::Row;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;
use crate::store::holes::{Hole, findings};

/// The streams of the newest events, of events from everywhere, and the first ones by name. Of long ones the events are not
/// counted.
const HOLES: &str = "
with recursive ends as (select min(position) as first, max(position) as last from annals_events),
probe (at) as (
    select first from ends where first is not null
    union all
    select at + max((last - first) / 1000, 1) from probe, ends where at + max((last - first) / 1000, 1) <= last
),
probed as (
    select tenant, stream from (select tenant, stream from annals_events order by position desc limit 1000)
    union
    select e.tenant, e.stream
    from probe
    join annals_events e
        on e.position = (select position from annals_events where position >= probe.at order by position limit 1)
    union
    select tenant, stream from (select tenant, stream from annals_streams order by tenant, stream limit 1000)
),
looked as materialized (
    select p.tenant, p.stream, s.version,
           (select max(version) from annals_events e where e.tenant = p.tenant and e.stream = p.stream) as last,
           case when s.version <= 1000 then (
               select count(*) from annals_events e where e.tenant = p.tenant and e.stream = p.stream
           ) end as events
    from probed p
    left join annals_streams s on s.tenant = p.tenant and s.stream = p.stream
)
select (select count(*) from looked), damaged.tenant, damaged.stream, damaged.version, damaged.last, damaged.events
from (select 1)
left join (
    select tenant, stream, version, last, events from looked
    where version is not coalesce(last, 0) or events <> version
    order by tenant, stream
    limit 20
) damaged
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let rows = sqlx::query(HOLES)
        .fetch_all(&mut *patient.connection)
        .await
        .map_err(&during)?;
    let mut looked: i64 = 0;
    let mut holes = Vec::new();
    for row in &rows {
        looked = row.try_get(0).map_err(&during)?;
        if let Some(stream) = row.try_get(2).map_err(&during)? {
            holes.push(Hole {
                tenant: row.try_get(1).map_err(&during)?,
                stream,
                version: row.try_get(3).map_err(&during)?,
                last: row.try_get(4).map_err(&during)?,
                events: row.try_get(5).map_err(&during)?,
            });
        }
    }
    Ok(findings(looked, holes))
}
