//! Keeps where the instances of processes stand.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use super::{Postgres, during, event};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::names::Names;
use crate::store::processes::{
    FoundInstance, InstanceFilter, InstancePlace, InstanceStatus, ListedInstance, SavedInstance,
    missing, unknown_status,
};
use crate::store::projections::PartId;
use crate::stream::StreamId;

/// A row without its event is not filtered away: it is damage, which must be seen.
const FIND: &str = "
select i.tenant, i.id, i.status, i.steps, i.state_version, {event}
from unnest($2::text[], $3::text[]) as w (tenant, id)
join {schema}.instances i on i.process = $1 and i.tenant = w.tenant and i.id = w.id
left join {schema}.events e
    on e.tenant = i.tenant and e.stream = i.process || '-' || i.id and e.version = i.state_version
";

/// In one order, so that two transactions never wait for each other in a circle.
const SAVE: &str = "
insert into {schema}.instances (process, tenant, id, partition, status, state_version, steps, started_at, updated_at)
select $1, w.tenant, w.id, w.partition, w.status, w.state_version, w.steps, now, now
from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[])
         as w (tenant, id, partition, status, state_version, steps),
     clock_timestamp() as now
order by w.tenant, w.id
on conflict (process, tenant, id) do update
set partition = excluded.partition, status = excluded.status, state_version = excluded.state_version,
    steps = excluded.steps, updated_at = excluded.updated_at
";

/// Where something waits for an operator is found in one go; counted is only what is listed.
const LIST: &str = "
select i.process, i.tenant, i.id, i.status, i.steps, i.started_at, i.updated_at,
       d.pending, d.parked + t.failed + p.parked, t.next
from (
    select * from {schema}.instances
    where ($1::text is null or process = $1) and ($2::text is null or id = $2) and ($3::text is null or status = $3)
      and (not $4
           or (process, tenant, id) in (
               select process, tenant, instance from {schema}.deliveries where parked_at is not null)
           or (process, tenant, id) in (
               select process, tenant, instance from {schema}.timers where error is not null)
           or (process, tenant, id) in (select projection, tenant, key from {schema}.parked))
    order by updated_at desc, process, tenant, id
    limit $5
) i
cross join lateral (
    select count(*) filter (where parked_at is null) as pending, count(parked_at) as parked
    from {schema}.deliveries
    where process = i.process and tenant = i.tenant and instance = i.id
) d
cross join lateral (
    select count(error) as failed, min(due_at) filter (where error is null) as next
    from {schema}.timers
    where process = i.process and tenant = i.tenant and instance = i.id
) t
cross join lateral (
    select count(*) as parked from {schema}.parked
    where projection = i.process and tenant = i.tenant and key = i.id
) p
order by i.updated_at desc, i.process, i.tenant, i.id
";

const RETRY: &str = "
with commands as (
    update {schema}.deliveries
    set attempts = 0, try_at = clock_timestamp(), parked_at = null
    where process = $1 and tenant = $2 and instance = $3 and parked_at is not null
    returning 1
), timed as (
    update {schema}.timers set error = null
    where process = $1 and tenant = $2 and instance = $3 and error is not null
    returning 1
)
select (select count(*) from commands) + (select count(*) from timed)
";

impl Postgres {
    /// Those of some instances that there are, in any order.
    pub(crate) async fn find_instances(
        &self,
        connection: &mut PgConnection,
        process: &str,
        places: &[InstancePlace],
    ) -> Result<Vec<FoundInstance>, Error> {
        let during = during("read where instances of a process stand");
        let (tenants, ids) = columns(places);
        let rows = sqlx::query(self.spelled(FIND))
            .bind(process)
            .bind(tenants)
            .bind(ids)
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let tenant = Arc::from(row.try_get::<&str, _>(0).map_err(&during)?);
            let id: String = row.try_get(1).map_err(&during)?;
            let version = row.try_get(4).map_err(&during)?;
            let stream = StreamId::new(process, &id);
            found.push(FoundInstance {
                status: status(row, 2).map_err(&during)?,
                steps: row.try_get(3).map_err(&during)?,
                state: content(row, 5, &tenant, &stream, version)?,
                tenant,
                id,
            });
        }
        Ok(found)
    }

    /// Keeps where instances stand, in place of where they stood.
    pub(crate) async fn save_instances(
        &self,
        connection: &mut PgConnection,
        process: &str,
        instances: &[SavedInstance],
    ) -> Result<(), Error> {
        let tenants: Vec<&str> = instances.iter().map(|it| &*it.tenant).collect();
        let ids: Vec<&str> = instances.iter().map(|it| it.id.as_str()).collect();
        let partitions: Vec<i64> = instances.iter().map(|it| it.partition.into()).collect();
        let statuses: Vec<&str> = instances.iter().map(|it| it.status.word()).collect();
        let states: Vec<i64> = instances.iter().map(|it| it.state_version).collect();
        let steps: Vec<i64> = instances.iter().map(|it| it.steps).collect();
        let query = sqlx::query(self.spelled(SAVE))
            .bind(process)
            .bind(tenants)
            .bind(ids)
            .bind(partitions)
            .bind(statuses)
            .bind(states)
            .bind(steps);
        self.run(connection, query, "keep where instances of a process stand")
            .await
    }

    /// Instances, those first that changed last.
    pub(crate) async fn list_instances(
        &self,
        filter: InstanceFilter<'_>,
        limit: u32,
    ) -> Result<Vec<ListedInstance>, Error> {
        const DOING: &str = "list instances of processes";
        let mut connection = self.acquire(DOING).await?;
        let rows = sqlx::query(self.spelled(LIST))
            .bind(filter.process)
            .bind(filter.id)
            .bind(filter.status.map(InstanceStatus::word))
            .bind(filter.only_parked)
            .bind(i64::from(limit))
            .fetch_all(&mut *connection)
            .await
            .map_err(during(DOING))?;
        rows.iter()
            .map(listed)
            .collect::<Result<_, _>>()
            .map_err(during(DOING))
    }

    /// Lets the parked commands and the failed timers of an instance be tried again at once. Answers how many there
    /// were.
    pub(crate) async fn retry_instance(
        &self,
        process: &str,
        (tenant, id): &InstancePlace,
    ) -> Result<u64, Error> {
        const DOING: &str = "let an instance of a process try again";
        let mut connection = self.acquire(DOING).await?;
        let retried: i64 = sqlx::query_scalar(self.spelled(RETRY))
            .bind(process)
            .bind(&**tenant)
            .bind(id)
            .fetch_one(&mut *connection)
            .await
            .map_err(during(DOING))?;
        Ok(retried.unsigned_abs())
    }
}

/// Instances as arrays: their tenants and their ids.
pub(super) fn columns(places: &[InstancePlace]) -> (Vec<&str>, Vec<&str>) {
    places
        .iter()
        .map(|(tenant, id)| (&**tenant, id.as_str()))
        .unzip()
}

/// Reads the event to which a row belongs from the columns that begin at `first`.
pub(super) fn content(
    row: &PgRow,
    first: usize,
    tenant: &Arc<str>,
    stream: &StreamId,
    version: i64,
) -> Result<RecordedEvent, Error> {
    let during = during("read an event of a process");
    let found: Option<i64> = row.try_get(first).map_err(&during)?;
    if found.is_none() {
        return Err(missing(stream, version));
    }
    event(row, first)
        .map_err(during)?
        .to_owned(tenant, stream, &mut Names::default())
}

/// How long until something is due that is due in so many microseconds.
fn due_in(microseconds: i64) -> Duration {
    Duration::from_micros(u64::try_from(microseconds).unwrap_or_default())
}

impl Postgres {
    /// How long until the first of what a statement finds in a partition is due.
    pub(super) async fn first_due_in(
        &self,
        sql: &str,
        part: &PartId,
        doing: &'static str,
    ) -> Result<Option<Duration>, Error> {
        let mut connection = self.acquire(doing).await?;
        let due: Option<i64> = sqlx::query_scalar(self.spelled(sql))
            .bind(&*part.projection)
            .bind(i64::from(part.partition))
            .fetch_optional(&mut *connection)
            .await
            .map_err(during(doing))?;
        Ok(due.map(due_in))
    }

    /// What a statement finds of one process or instance, or of all; at most so many.
    pub(super) async fn listed_of<T>(
        &self,
        sql: &str,
        process: Option<&str>,
        instance: Option<&str>,
        limit: u32,
        read: fn(&PgRow) -> Result<T, sqlx::Error>,
        doing: &'static str,
    ) -> Result<Vec<T>, Error> {
        let mut connection = self.acquire(doing).await?;
        let rows = sqlx::query(self.spelled(sql))
            .bind(process)
            .bind(instance)
            .bind(i64::from(limit))
            .fetch_all(&mut *connection)
            .await
            .map_err(during(doing))?;
        rows.iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(during(doing))
    }
}

fn listed(row: &PgRow) -> Result<ListedInstance, sqlx::Error> {
    Ok(ListedInstance {
        process: row.try_get(0)?,
        tenant: row.try_get(1)?,
        id: row.try_get(2)?,
        status: status(row, 3)?,
        steps: row.try_get(4)?,
        started_at: row.try_get(5)?,
        updated_at: row.try_get(6)?,
        pending: row.try_get(7)?,
        parked: row.try_get(8)?,
        next_timer: row.try_get(9)?,
    })
}

fn status(row: &PgRow, column: usize) -> Result<InstanceStatus, sqlx::Error> {
    let word: &str = row.try_get(column)?;
    InstanceStatus::of(word).ok_or_else(|| sqlx::Error::Decode(unknown_status(word).into()))
}
