//! Keeps where the instances of processes stand.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::projections::run;
use super::{Sqlite, during, event, time};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::names::Names;
use crate::store::processes::{
    FoundInstance, InstanceFilter, InstancePlace, InstanceStatus, ListedInstance, SavedInstance,
    missing, unknown_status,
};
use crate::store::projections::PartId;
use crate::stream::StreamId;

/// A row without its event is not filtered away: it is damage, which must be seen. `cross join` keeps SQLite from
/// looking at all instances of the process first.
const FIND: &str = concat!(
    "
select i.tenant, i.id, i.status, i.steps, i.state_version, ",
    fact!(),
    record!(),
    "
from json_each(?2) w
cross join annals_instances i on i.process = ?1 and i.tenant = w.value ->> 0 and i.id = w.value ->> 1
left join annals_events e
    on e.tenant = i.tenant and e.stream = i.process || '-' || i.id and e.version = i.state_version
"
);

/// `where true` tells the parser that `on conflict` belongs to no join.
const SAVE: &str = "
insert into annals_instances (process, tenant, id, partition, status, state_version, steps, started_at, updated_at)
select ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, ?3, ?3
from json_each(?2)
where true
on conflict (process, tenant, id) do update
set partition = excluded.partition, status = excluded.status, state_version = excluded.state_version,
    steps = excluded.steps, updated_at = excluded.updated_at
";

/// Where something waits for an operator is found in one go; counted is only what is listed.
const LIST: &str = "
select i.process, i.tenant, i.id, i.status, i.steps, i.started_at, i.updated_at,
       (select count(*) from annals_deliveries d
        where d.process = i.process and d.tenant = i.tenant and d.instance = i.id and d.parked_at is null),
       (select count(*) from annals_deliveries d
        where d.process = i.process and d.tenant = i.tenant and d.instance = i.id and d.parked_at is not null)
       + (select count(*) from annals_timers t
          where t.process = i.process and t.tenant = i.tenant and t.instance = i.id and t.error is not null)
       + (select count(*) from annals_parked p
          where p.projection = i.process and p.tenant = i.tenant and p.key = i.id),
       (select min(t.due_at) from annals_timers t
        where t.process = i.process and t.tenant = i.tenant and t.instance = i.id and t.error is null)
from (
    select * from annals_instances
    where (?1 is null or process = ?1) and (?2 is null or id = ?2) and (?3 is null or status = ?3)
      and (not ?4
           or (process, tenant, id) in (
               select process, tenant, instance from annals_deliveries where parked_at is not null)
           or (process, tenant, id) in (
               select process, tenant, instance from annals_timers where error is not null)
           or (process, tenant, id) in (select projection, tenant, key from annals_parked))
    order by updated_at desc, process, tenant, id
    limit ?5
) i
order by i.updated_at desc, i.process, i.tenant, i.id
";

impl Sqlite {
    /// Those of some instances that there are, in any order.
    pub(crate) async fn find_instances(
        &self,
        connection: &mut SqliteConnection,
        process: &str,
        places: &[InstancePlace],
    ) -> Result<Vec<FoundInstance>, Error> {
        let during = during("read where instances of a process stand");
        let rows = sqlx::query(FIND)
            .bind(process)
            .bind(names(places))
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
        connection: &mut SqliteConnection,
        process: &str,
        instances: &[SavedInstance],
    ) -> Result<(), Error> {
        let instances = instances.iter().map(|it| {
            let SavedInstance { id, partition, .. } = it;
            let status = it.status.word();
            json!([
                *it.tenant,
                id,
                partition,
                status,
                it.state_version,
                it.steps
            ])
        });
        let query = sqlx::query(SAVE)
            .bind(process)
            .bind(serde_json::Value::from_iter(instances).to_string())
            .bind(time::write(self.clock.now()));
        run(connection, query, "keep where instances of a process stand").await
    }

    /// Instances, those first that changed last.
    pub(crate) async fn list_instances(
        &self,
        filter: InstanceFilter<'_>,
        limit: u32,
    ) -> Result<Vec<ListedInstance>, Error> {
        let during = during("list instances of processes");
        let rows = sqlx::query(LIST)
            .bind(filter.process)
            .bind(filter.id)
            .bind(filter.status.map(InstanceStatus::word))
            .bind(filter.only_parked)
            .bind(limit)
            .fetch_all(&self.readers)
            .await
            .map_err(&during)?;
        rows.iter()
            .map(listed)
            .collect::<Result<_, _>>()
            .map_err(during)
    }

    /// Lets the parked commands and the failed timers of an instance be tried again at once. Answers how many there
    /// were.
    pub(crate) async fn retry_instance(
        &self,
        process: &str,
        (tenant, id): &InstancePlace,
    ) -> Result<u64, Error> {
        let during = during("let an instance of a process try again");
        let transaction = self.writer.begin_with("begin immediate").await;
        let mut transaction = transaction.map_err(&during)?;
        let commands = sqlx::query(
            "update annals_deliveries set attempts = 0, try_at = ?4, parked_at = null
             where process = ?1 and tenant = ?2 and instance = ?3 and parked_at is not null",
        )
        .bind(process)
        .bind(&**tenant)
        .bind(id)
        .bind(time::write(self.clock.now()))
        .execute(&mut *transaction)
        .await
        .map_err(&during)?;
        let timers = sqlx::query(
            "update annals_timers set error = null
             where process = ? and tenant = ? and instance = ? and error is not null",
        )
        .bind(process)
        .bind(&**tenant)
        .bind(id)
        .execute(&mut *transaction)
        .await
        .map_err(&during)?;
        transaction.commit().await.map_err(during)?;
        Ok(commands.rows_affected() + timers.rows_affected())
    }
}

/// Names of instances as JSON.
pub(super) fn names(places: &[InstancePlace]) -> String {
    let names = places.iter().map(|(tenant, id)| json!([**tenant, id]));
    serde_json::Value::from_iter(names).to_string()
}

/// Reads the event to which a row belongs from the columns that begin at `first`.
pub(super) fn content(
    row: &SqliteRow,
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

/// How long until something is due that is due at a time.
fn due_in(due_at: &str, now: DateTime<Utc>) -> Result<Duration, sqlx::Error> {
    let left = time::read(due_at)? - now;
    Ok(left.to_std().unwrap_or_default())
}

impl Sqlite {
    /// How long until the first of what a statement finds in a partition is due.
    pub(super) async fn first_due_in(
        &self,
        sql: &'static str,
        part: &PartId,
        doing: &'static str,
    ) -> Result<Option<Duration>, Error> {
        let due_at: Option<String> = sqlx::query_scalar(sql)
            .bind(&*part.projection)
            .bind(part.partition)
            .fetch_optional(&self.readers)
            .await
            .map_err(during(doing))?;
        let now = self.clock.now();
        due_at
            .map(|due_at| due_in(&due_at, now))
            .transpose()
            .map_err(during(doing))
    }

    /// What a statement finds of one process or instance, or of all; at most so many.
    pub(super) async fn listed_of<T>(
        &self,
        sql: &'static str,
        process: Option<&str>,
        instance: Option<&str>,
        limit: u32,
        read: fn(&SqliteRow) -> Result<T, sqlx::Error>,
        doing: &'static str,
    ) -> Result<Vec<T>, Error> {
        let rows = sqlx::query(sql)
            .bind(process)
            .bind(instance)
            .bind(limit)
            .fetch_all(&self.readers)
            .await
            .map_err(during(doing))?;
        rows.iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(during(doing))
    }
}

fn listed(row: &SqliteRow) -> Result<ListedInstance, sqlx::Error> {
    let next_timer: Option<&str> = row.try_get(9)?;
    Ok(ListedInstance {
        process: row.try_get(0)?,
        tenant: row.try_get(1)?,
        id: row.try_get(2)?,
        status: status(row, 3)?,
        steps: row.try_get(4)?,
        started_at: time::read(row.try_get(5)?)?,
        updated_at: time::read(row.try_get(6)?)?,
        pending: row.try_get(7)?,
        parked: row.try_get(8)?,
        next_timer: next_timer.map(time::read).transpose()?,
    })
}

fn status(row: &SqliteRow, column: usize) -> Result<InstanceStatus, sqlx::Error> {
    let word: &str = row.try_get(column)?;
    InstanceStatus::of(word).ok_or_else(|| sqlx::Error::Decode(unknown_status(word).into()))
}
