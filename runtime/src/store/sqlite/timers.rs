//! Keeps when instances of processes want to be told the time. The time is that of the store's clock.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::instances::{content, names};
use super::projections::run;
use super::{Sqlite, during, time};
use crate::error::Error;
use crate::store::processes::{DueTimer, InstancePlace, ListedTimer, NewTimer, TimerPlace};
use crate::store::projections::PartId;
use crate::stream::StreamId;

const DUE: &str = concat!(
    "
select t.tenant, t.instance, t.name, t.due_at, t.version, ",
    fact!(),
    record!(),
    "
from (
    select * from annals_timers
    where process = ?1 and partition = ?2 and error is null and due_at <= ?3
    order by due_at, tenant, instance, name
    limit ?4
) t
left join annals_events e
    on e.tenant = t.tenant and e.stream = t.process || '-' || t.instance and e.version = t.version
order by t.due_at, t.tenant, t.instance, t.name
"
);

const DUE_IN: &str = "
select due_at from annals_timers
where process = ?1 and partition = ?2 and error is null
order by due_at
limit 1
";

const LIST: &str = "
select process, tenant, instance, name, due_at, error
from annals_timers
where (?1 is null or process = ?1) and (?2 is null or instance = ?2)
order by due_at, process, tenant, instance, name
limit ?3
";

/// `where true` tells the parser that `on conflict` belongs to no join.
const SET: &str = "
insert into annals_timers (process, tenant, instance, name, partition, version, due_at)
select ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
from json_each(?2)
where true
on conflict (process, tenant, instance, name) do update
set partition = excluded.partition, version = excluded.version, due_at = excluded.due_at, error = null
";

/// 9999-12-31T23:59:59.999999Z. A year of more digits would sort before all others.
const LAST: DateTime<Utc> =
    DateTime::from_timestamp_micros(253_402_300_799_999_999).expect("it is a time");

impl Sqlite {
    /// Timers of a partition that are due and have not failed, those first that were due first.
    pub(crate) async fn due_timers(
        &self,
        connection: &mut SqliteConnection,
        part: &PartId,
        limit: u32,
    ) -> Result<Vec<DueTimer>, Error> {
        let during = during("read timers that are due");
        let rows = sqlx::query(DUE)
            .bind(&*part.projection)
            .bind(part.partition)
            .bind(time::write(self.clock.now()))
            .bind(limit)
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        let mut due = Vec::with_capacity(rows.len());
        for row in &rows {
            let place = place(row).map_err(&during)?;
            let due_at = row.try_get(3).and_then(time::read).map_err(&during)?;
            let version = row.try_get(4).map_err(&during)?;
            let stream = StreamId::new(&part.projection, &place.instance);
            due.push(DueTimer {
                due_at,
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
        connection: &mut SqliteConnection,
        process: &str,
        timers: &[NewTimer],
    ) -> Result<(), Error> {
        let timers = timers.iter().map(|it| {
            let due_at = time::write(it.due_at.min(LAST));
            json!([
                *it.tenant,
                it.instance,
                it.name,
                it.partition,
                it.version,
                due_at
            ])
        });
        let query = sqlx::query(SET)
            .bind(process)
            .bind(serde_json::Value::from_iter(timers).to_string());
        run(connection, query, "set timers").await
    }

    pub(crate) async fn drop_timers(
        &self,
        connection: &mut SqliteConnection,
        process: &str,
        timers: &[TimerPlace],
    ) -> Result<(), Error> {
        let timers = timers
            .iter()
            .map(|it| json!([*it.tenant, it.instance, it.name]));
        let query = sqlx::query(
            "delete from annals_timers
             where process = ?1 and (tenant, instance, name) in (
                 select value ->> 0, value ->> 1, value ->> 2 from json_each(?2)
             )",
        )
        .bind(process)
        .bind(serde_json::Value::from_iter(timers).to_string());
        run(connection, query, "drop timers").await
    }

    /// Removes all timers of some instances.
    pub(crate) async fn drop_timers_of(
        &self,
        connection: &mut SqliteConnection,
        process: &str,
        instances: &[InstancePlace],
    ) -> Result<(), Error> {
        let query = sqlx::query(
            "delete from annals_timers
             where process = ?1 and (tenant, instance) in (
                 select value ->> 0, value ->> 1 from json_each(?2)
             )",
        )
        .bind(process)
        .bind(names(instances));
        run(connection, query, "drop timers").await
    }

    /// Keeps a timer for an operator.
    pub(crate) async fn fail_timer(
        &self,
        connection: &mut SqliteConnection,
        process: &str,
        timer: &TimerPlace,
        error: &str,
    ) -> Result<(), Error> {
        let query = sqlx::query(
            "update annals_timers set error = ?5
             where process = ?1 and tenant = ?2 and instance = ?3 and name = ?4",
        )
        .bind(process)
        .bind(&*timer.tenant)
        .bind(&timer.instance)
        .bind(&timer.name)
        .bind(error);
        run(connection, query, "keep a timer that failed").await
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

fn place(row: &SqliteRow) -> Result<TimerPlace, sqlx::Error> {
    Ok(TimerPlace {
        tenant: Arc::from(row.try_get::<&str, _>(0)?),
        instance: row.try_get(1)?,
        name: row.try_get(2)?,
    })
}

fn listed(row: &SqliteRow) -> Result<ListedTimer, sqlx::Error> {
    Ok(ListedTimer {
        process: row.try_get(0)?,
        tenant: row.try_get(1)?,
        instance: row.try_get(2)?,
        name: row.try_get(3)?,
        due_at: time::read(row.try_get(4)?)?,
        error: row.try_get(5)?,
    })
}
