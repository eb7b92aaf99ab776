//! Keeps the commands of processes that are on their way. The time is that of the database.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use super::instances::content;
use super::projections::number;
use super::{Postgres, during};
use crate::error::Error;
use crate::store::processes::{
    DeliveryPlace, DueDelivery, InstancePlace, ListedDelivery, NewDelivery,
};
use crate::store::projections::PartId;
use crate::stream::StreamId;

const ADD: &str = "
insert into {schema}.deliveries (process, tenant, instance, version, partition, command_id, command, aggregate, target)
select $1, w.tenant, w.instance, w.version, w.partition, w.command_id, w.command, w.aggregate, w.target
from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::uuid[], $7::text[], $8::text[], $9::text[])
    as w (tenant, instance, version, partition, command_id, command, aggregate, target)
order by w.tenant, w.instance, w.version
";

/// What is before a command is looked for command by command, in the order in which they are tried, so that the search
/// ends with the limit. The clock is read once, in a query of its own: compared with the function itself, the index
/// would not end where the commands end whose time has come.
const DUE: &str = "
select d.tenant, d.instance, d.version, d.aggregate, d.target, d.attempts, {event}
from (
    select * from {schema}.deliveries o
    where o.process = $1 and o.partition = $2 and o.parked_at is null and o.try_at <= (select clock_timestamp())
      and o.version = (
          select b.version from {schema}.deliveries b
          where b.process = o.process and b.tenant = o.tenant and b.instance = o.instance and b.target = o.target
          order by b.version
          limit 1
      )
    order by o.try_at, o.tenant, o.instance, o.version
    limit $3
) d
left join {schema}.events e
    on e.tenant = d.tenant and e.stream = d.process || '-' || d.instance and e.version = d.version
order by d.try_at, d.tenant, d.instance, d.version
";

const DUE_IN: &str = "
select (extract(epoch from o.try_at - clock_timestamp()) * 1000000)::bigint
from {schema}.deliveries o
where o.process = $1 and o.partition = $2 and o.parked_at is null
  and o.version = (
      select b.version from {schema}.deliveries b
      where b.process = o.process and b.tenant = o.tenant and b.instance = o.instance and b.target = o.target
      order by b.version
      limit 1
  )
order by o.try_at
limit 1
";

const END: &str = "
delete from {schema}.deliveries where process = $1 and tenant = $2 and instance = $3 and version = $4
";

const FAIL: &str = "
update {schema}.deliveries
set attempts = $5, error = $6, try_at = coalesce(clock_timestamp() + make_interval(secs => $7), try_at),
    parked_at = case when $7 is null then clock_timestamp() end
where process = $1 and tenant = $2 and instance = $3 and version = $4
";

const DROP_PARKED: &str = "
delete from {schema}.deliveries where process = $1 and tenant = $2 and instance = $3 and parked_at is not null
";

const LIST: &str = "
select process, tenant, instance, version, command, target, attempts, error, try_at, parked_at
from {schema}.deliveries
where ($1::text is null or process = $1) and ($2::text is null or instance = $2)
order by process, tenant, instance, version
limit $3
";

impl Postgres {
    pub(crate) async fn add_deliveries(
        &self,
        connection: &mut PgConnection,
        process: &str,
        deliveries: &[NewDelivery],
    ) -> Result<(), Error> {
        let places = || deliveries.iter().map(|it| &it.place);
        let tenants: Vec<&str> = places().map(|place| &*place.tenant).collect();
        let instances: Vec<&str> = places().map(|place| place.instance.as_str()).collect();
        let versions: Vec<i64> = places().map(|place| place.version).collect();
        let partitions: Vec<i64> = deliveries.iter().map(|it| it.partition.into()).collect();
        let command_ids: Vec<_> = deliveries.iter().map(|it| it.command_id).collect();
        let commands: Vec<&str> = deliveries.iter().map(|it| it.command.as_str()).collect();
        let aggregates: Vec<&str> = deliveries.iter().map(|it| it.aggregate.as_str()).collect();
        let targets: Vec<&str> = deliveries.iter().map(|it| it.target.as_str()).collect();
        let query = sqlx::query(self.spelled(ADD))
            .bind(process)
            .bind(tenants)
            .bind(instances)
            .bind(versions)
            .bind(partitions)
            .bind(command_ids)
            .bind(commands)
            .bind(aggregates)
            .bind(targets);
        self.run(connection, query, "keep commands that are to be delivered")
            .await
    }

    /// Commands of a partition whose turn has come, those first that have waited longest.
    pub(crate) async fn due_deliveries(
        &self,
        part: &PartId,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, Error> {
        const DOING: &str = "read commands that are to be delivered";
        let during = during(DOING);
        let mut connection = self.acquire(DOING).await?;
        let rows = sqlx::query(self.spelled(DUE))
            .bind(&*part.projection)
            .bind(i64::from(part.partition))
            .bind(i64::from(limit))
            .fetch_all(&mut *connection)
            .await
            .map_err(&during)?;
        let mut due = Vec::with_capacity(rows.len());
        for row in &rows {
            let place = place(row).map_err(&during)?;
            let stream = StreamId::new(&part.projection, &place.instance);
            due.push(DueDelivery {
                aggregate: row.try_get(3).map_err(&during)?,
                target: row.try_get(4).map_err(&during)?,
                attempts: number(row, 5).map_err(&during)?,
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
        connection: &mut PgConnection,
        process: &str,
        place: &DeliveryPlace,
    ) -> Result<bool, Error> {
        let ended = sqlx::query(self.spelled(END))
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
        const DOING: &str = "keep a delivery that failed";
        let mut connection = self.acquire(DOING).await?;
        let query = sqlx::query(self.spelled(FAIL))
            .bind(process)
            .bind(&*place.tenant)
            .bind(&place.instance)
            .bind(place.version)
            .bind(i64::from(attempts))
            .bind(error)
            .bind(pause.map(|pause| pause.as_secs_f64()));
        self.run(&mut connection, query, DOING).await
    }

    /// Removes the parked deliveries of an instance. Answers how many there were.
    pub(crate) async fn drop_parked_deliveries(
        &self,
        connection: &mut PgConnection,
        process: &str,
        (tenant, id): &InstancePlace,
    ) -> Result<u64, Error> {
        let dropped = sqlx::query(self.spelled(DROP_PARKED))
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

fn place(row: &PgRow) -> Result<DeliveryPlace, sqlx::Error> {
    Ok(DeliveryPlace {
        tenant: Arc::from(row.try_get::<&str, _>(0)?),
        instance: row.try_get(1)?,
        version: row.try_get(2)?,
    })
}

fn listed(row: &PgRow) -> Result<ListedDelivery, sqlx::Error> {
    Ok(ListedDelivery {
        process: row.try_get(0)?,
        tenant: row.try_get(1)?,
        instance: row.try_get(2)?,
        version: row.try_get(3)?,
        command: row.try_get(4)?,
        target: row.try_get(5)?,
        attempts: number(row, 6)?,
        error: row.try_get(7)?,
        try_at: row.try_get(8)?,
        parked_at: row.try_get(9)?,
    })
}
