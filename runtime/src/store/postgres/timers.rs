//! Keeps when instances of processes want to be told the time. The time is that of the database.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use super::instances::{columns, content};
use super::{Postgres, during};
use crate::error::Error;
use crate::store::processes::{DueTimer, InstancePlace, ListedTimer, NewTimer, TimerPlace};
use crate::store::projections::PartId;
use crate::stream::StreamId;

/// The clock is read once, in a query of its own: compared with the function itself, the index would not end where the
/// timers end that are due.
const DUE: &str = "
select t.tenant, t.instance, t.name, t.due_at, t.version, {event}
from (
    select * from {schema}.timers
    where process = $1 and partition = $2 and error is null and due_at <= (select clock_timestamp())
    order by due_at, tenant, instance, name
    limit $3
) t
left join {schema}.events e
    on e.tenant = t.tenant and e.stream = t.process || '-' || t.instance and e.version = t.version
order by t.due_at, t.tenant, t.instance, t.name
";

const DUE_IN: &str = "
select (extract(epoch from due_at - clock_timestamp()) * 1000000)::bigint
from {schema}.timers
where process = $1 and partition = $2 and error is null
order by due_at
limit 1
";

/// In one order, so that two transactions never wait for each other in a circle.
const SET: &str = "
insert into {schema}.timers (process, tenant, instance, name, partition, version, due_at)
select $1, w.tenant, w.instance, w.name, w.partition, w.version, w.due_at
from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::timestamptz[])
    as w (tenant, instance, name, partition, version, due_at)
order by w.tenant, w.instance, w.name
on conflict (process, tenant, instance, name) do update
set partition = excluded.partition, version = excluded.version, due_at = excluded.due_at, error = null
";

const DROP: &str = "
delete from {schema}.timers t
using unnest($2::text[], $3::text[], $4::text[]) as w (tenant, instance, name)
where t.process = $1 and t.tenant = w.tenant and t.instance = w.instance and t.name = w.name
";

const DROP_OF: &str = "
delete from {schema}.timers t
using unnest($2::text[], $3::text[]) as w (tenant, instance)
where t.process = $1 and t.tenant = w.tenant and t.instance = w.instance
";

const FAIL: &str = "
update {schema}.timers set error = $5 where process = $1 and tenant = $2 and instance = $3 and name = $4
";

const LIST: &str = "
select process, tenant, instance, name, due_at, error
from {schema}.timers
where ($1::text is null or process = $1) and ($2::text is null or instance = $2)
order by due_at, process, tenant, instance, name
limit $3
";

impl Postgres {
    /// Timers of a partition that are due and have not failed, those first that were due first.
    pub(crate) async fn due_timers(
        &self,
        connection: &mut PgConnection,
        part: &PartId,
        limit: u32,
    ) -> Result<Vec<DueTimer>, Error> {
        let during = during("read timers that are due");
        let rows = sqlx::query(self.spelled(DUE))
            .bind(&*part.projection)
            .bind(i64::from(part.partition))
            .bind(i64::from(limit))
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        let mut due = Vec::with_capacity(rows.len());
        for row in &rows {
            let place = place(row).map_err(&during)?;
            let version = row.try_get(4).map_err(&during)?;
            let stream = StreamId::new(&part.projection, &place.instance);
            due.push(DueTimer {
                due_at: row.try_get(3).map_err(&during)?,
                content: content(row, 5, &place.tenant, &stream, version)?,
                place,
            });
        }
        Ok(due)
    }

    /// How long until a timer of a partition is due that has not failed.
    pub(crate) async fn timer_due_in(&self, part: &PartId) -> Result<Option<Duration>, Error> {
        self.first_due_in(DUE_IN, part, "look when a timer is due")
            .await
    }

    /// Sets timers, in place of those of the same names.
    pub(crate) async fn set_timers(
        &self,
        connection: &mut PgConnection,
        process: &str,
        timers: &[NewTimer],
    ) -> Result<(), Error> {
        let tenants: Vec<&str> = timers.iter().map(|it| &*it.tenant).collect();
        let instances: Vec<&str> = timers.iter().map(|it| it.instance.as_str()).collect();
        let names: Vec<&str> = timers.iter().map(|it| it.name.as_str()).collect();
        let partitions: Vec<i64> = timers.iter().map(|it| it.partition.into()).collect();
        let versions: Vec<i64> = timers.iter().map(|it| it.version).collect();
        let due: Vec<_> = timers.iter().map(|it| it.due_at).collect();
        let query = sqlx::query(self.spelled(SET))
            .bind(process)
            .bind(tenants)
            .bind(instances)
            .bind(names)
            .bind(partitions)
            .bind(versions)
            .bind(due);
        self.run(connection, query, "set timers").await
    }

    pub(crate) async fn drop_timers(
        &self,
        connection: &mut PgConnection,
        process: &str,
        timers: &[TimerPlace],
    ) -> Result<(), Error> {
        let tenants: Vec<&str> = timers.iter().map(|it| &*it.tenant).collect();
        let instances: Vec<&str> = timers.iter().map(|it| it.instance.as_str()).collect();
        let names: Vec<&str> = timers.iter().map(|it| it.name.as_str()).collect();
        let query = sqlx::query(self.spelled(DROP))
            .bind(process)
            .bind(tenants)
            .bind(instances)
            .bind(names);
        self.run(connection, query, "drop timers").await
    }

    /// Removes all timers of some instances.
    pub(crate) async fn drop_timers_of(
        &self,
        connection: &mut PgConnection,
        process: &str,
        instances: &[InstancePlace],
    ) -> Result<(), Error> {
        let (tenants, ids) = columns(instances);
        let query = sqlx::query(self.spelled(DROP_OF))
            .bind(process)
            .bind(tenants)
            .bind(ids);
        self.run(connection, query, "drop timers").await
    }

    /// Keeps a timer for an operator.
    pub(crate) async fn fail_timer(
        &self,
        connection: &mut PgConnection,
        process: &str,
        timer: &TimerPlace,
        error: &str,
    ) -> Result<(), Error> {
        let query = sqlx::query(self.spelled(FAIL))
            .bind(process)
            .bind(&*timer.tenant)
            .bind(&timer.instance)
            .bind(&timer.name)
            .bind(error);
        self.run(connection, query, "keep a timer that failed")
            .await
    }

    /// Timers, those first that are due first.
    pub(crate) async fn list_timers(
        &self,
        process: Option<&str>,
        instance: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ListedTimer>, Error> {
        self.listed_of(LIST, process, instance, limit, listed, "list timers")
            .await
    }
}

fn place(row: &PgRow) -> Result<TimerPlace, sqlx::Error> {
    Ok(TimerPlace {
        tenant: Arc::from(row.try_get::<&str, _>(0)?),
        instance: row.try_get(1)?,
        name: row.try_get(2)?,
    })
}

fn listed(row: &PgRow) -> Result<ListedTimer, sqlx::Error> {
    Ok(ListedTimer {
        process: row.try_get(0)?,
        tenant: row.try_get(1)?,
        instance: row.try_get(2)?,
        name: row.try_get(3)?,
        due_at: row.try_get(4)?,
        error: row.try_get(5)?,
    })
}
