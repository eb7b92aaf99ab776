//! Keeps the commands of processes that are on their way. The time is that of the store's clock.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::instances::content;
use super::leases::end;
use super::projections::run;
use super::{Sqlite, during, time};
use crate::error::Error;
use crate::store::processes::{
    DeliveryPlace, DueDelivery, InstancePlace, ListedDelivery, NewDelivery,
};
use crate::store::projections::PartId;
use crate::stream::StreamId;

const ADD: &str = "
insert into annals_deliveries (process, tenant, instance, version, partition, command_id, command, aggregate, target,
                               try_at)
select ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, ?3
from json_each(?2)
";

/// What is before a command is looked for command by command, in the order in which they are tried, so that the search
/// ends with the limit.
const DUE: &str = concat!(
    "
select d.tenant, d.instance, d.version, d.aggregate, d.target, d.attempts, ",
    fact!(),
    record!(),
    "
from (
    select * from annals_deliveries o
    where o.process = ?1 and o.partition = ?2 and o.parked_at is null and o.try_at <= ?3
      and o.version = (
          select b.version from annals_deliveries b
          where b.process = o.process and b.tenant = o.tenant and b.instance = o.instance and b.target = o.target
          order by b.version
          limit 1
      )
    order by o.try_at, o.tenant, o.instance, o.version
    limit ?4
) d
left join annals_events e
    on e.tenant = d.tenant and e.stream = d.process || '-' || d.instance and e.version = d.version
order by d.try_at, d.tenant, d.instance, d.version
"
);

const DUE_IN: &str = "
select o.try_at from annals_deliveries o
where o.process = ?1 and o.partition = ?2 and o.parked_at is null
  and o.version = (
      select b.version from annals_deliveries b
      where b.process = o.process and b.tenant = o.tenant and b.instance = o.instance and b.target = o.target
      order by b.version
      limit 1
  )
order by o.try_at
limit 1
";

const LIST: &str = "
select process, tenant, instance, version, command, target, attempts, error, try_at, parked_at
from annals_deliveries
where (?1 is null or process = ?1) and (?2 is null or instance = ?2)
order by process, tenant, instance, version
limit ?3
";

impl Sqlite {
    pub(crate) async fn add_deliveries(
        &self,
        connection: &mut SqliteConnection,
        process: &str,
        deliveries: &[NewDelivery],
    ) -> Result<(), Error> {
        let deliveries = deliveries.iter().map(|it| {
            let place = &it.place;
            json!([
                *place.tenant,
                place.instance,
                place.version,
                it.partition,
                it.command_id.to_string(),
                it.command,
                it.aggregate,
                it.target
            ])
        });
        let query = sqlx::query(ADD)
            .bind(process)
            .bind(serde_json::Value::from_iter(deliveries).to_string())
            .bind(time::write(self.clock.now()));
        run(connection, query, "keep commands that are to be delivered").await
    }

    /// Commands of a partition whose turn has come, those first that have waited longest.
    pub(crate) async fn due_deliveries(
        &self,
        part: &PartId,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, Error> {
        let during = during("read commands that are to be delivered");
        let rows = sqlx::query(DUE)
            .bind(&*part.projection)
            .bind(part.partition)
            .bind(time::write(self.clock.now()))
            .bind(limit)
            .fetch_all(&self.readers)
            .await
            .map_err(&during)?;
        let mut due = Vec::with_capacity(rows.len());
        for row in &rows {
            let place = place(row).map_err(&during)?;
            let stream = StreamId::new(&part.projection, &place.instance);
            due.push(DueDelivery {
                aggregate: row.try_get(3).map_err(&during)?,
                target: row.try_get(4).map_err(&during)?,
                attempts: row.try_get(5).map_err(&during)?,
                content: content(row, 6, &place.tenant, &stream, place.version)?,
                place,
            });
        }
        Ok(due)
    }

    /// How long until a command of a partition is to be tried, parked ones and those behind them left out.
    pub(crate) async fn delivery_due_in(&self, part: &PartId) -> Result<Option<Duration>, Error> {
        self.first_due_in(DUE_IN, part, "look when a command is to be delivered")
            .await
    }

    /// Removes a delivery. Answers whether it was there.
    pub(crate) async fn end_delivery(
        &self,
        connection: &mut SqliteConnection,
        process: &str,
        place: &DeliveryPlace,
    ) -> Result<bool, Error> {
        let ended = sqlx::query(
            "delete from annals_deliveries
             where process = ? and tenant = ? and instance = ? and version = ?",
        )
        .bind(process)
        .bind(&*place.tenant)
        .bind(&place.instance)
        .bind(place.version)
        .execute(connection)
        .await
        .map_err(during("end a delivery"))?;
        Ok(ended.rows_affected() > 0)
    }

    /// Lets a delivery be tried again after a pause; parks it where there is none.
    pub(crate) async fn fail_delivery(
        &self,
        process: &str,
        place: &DeliveryPlace,
        attempts: u32,
        error: &str,
        pause: Option<Duration>,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let query = sqlx::query(
            "update annals_deliveries
             set attempts = ?5, error = ?6, try_at = coalesce(?7, try_at), parked_at = ?8
             where process = ?1 and tenant = ?2 and instance = ?3 and version = ?4",
        )
        .bind(process)
        .bind(&*place.tenant)
        .bind(&place.instance)
        .bind(place.version)
        .bind(attempts)
        .bind(error)
        .bind(pause.map(|pause| end(now, pause)))
        .bind(pause.is_none().then(|| time::write(now)));
        run(&self.writer, query, "keep a delivery that failed").await
    }

    /// Removes the parked deliveries of an instance. Answers how many there were.
    pub(crate) async fn drop_parked_deliveries(
        &self,
        connection: &mut SqliteConnection,
        process: &str,
        (tenant, id): &InstancePlace,
    ) -> Result<u64, Error> {
        let dropped = sqlx::query(
            "delete from annals_deliveries
             where process = ? and tenant = ? and instance = ? and parked_at is not null",
        )
        .bind(process)
        .bind(&**tenant)
        .bind(id)
        .execute(connection)
        .await
        .map_err(during("give up parked commands"))?;
        Ok(dropped.rows_affected())
    }

    /// Commands on the way, those first that were sent first within an instance.
    pub(crate) async fn list_deliveries(
        &self,
        process: Option<&str>,
        instance: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ListedDelivery>, Error> {
        self.listed_of(LIST, process, instance, limit, listed, "list deliveries")
            .await
    }
}

fn place(row: &SqliteRow) -> Result<DeliveryPlace, sqlx::Error> {
    Ok(DeliveryPlace {
        tenant: Arc::from(row.try_get::<&str, _>(0)?),
        instance: row.try_get(1)?,
        version: row.try_get(2)?,
    })
}

fn listed(row: &SqliteRow) -> Result<ListedDelivery, sqlx::Error> {
    let parked_at: Option<&str> = row.try_get(9)?;
    Ok(ListedDelivery {
        process: row.try_get(0)?,
        tenant: row.try_get(1)?,
        instance: row.try_get(2)?,
        version: row.try_get(3)?,
        command: row.try_get(4)?,
        target: row.try_get(5)?,
        attempts: row.try_get(6)?,
        error: row.try_get(7)?,
        try_at: time::read(row.try_get(8)?)?,
        parked_at: parked_at.map(time::read).transpose()?,
    })
}
