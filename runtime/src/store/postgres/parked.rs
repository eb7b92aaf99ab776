//! Keeps events that could not be handled, and reads them again.

use std::sync::Arc;

use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use super::projections::number;
use super::{Postgres, during, event};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::feed::named;
use crate::store::names::Names;
use crate::store::projections::{NewParked, Parked, ParkedPlace, PartId};

/// What is parked already stays as it is.
const PARK: &str = "
insert into {schema}.parked (projection, version, partition, tenant, key, position, event_id, stream, event_type, error,
                             attempts)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict do nothing
";

const KEYS: &str = "
select w.tenant, w.key
from unnest($3::text[], $4::text[]) as w (tenant, key)
where exists (
    select from {schema}.parked p
    where p.projection = $1 and p.version = $2 and p.tenant = w.tenant and p.key = w.key
)
";

const ANY: &str = "
select exists (select from {schema}.parked where projection = $1 and version = $2)
";

const OF_KEY: &str = "
select projection, version, partition, tenant, key, position, event_id, stream, event_type, error, attempts, parked_at
from {schema}.parked
where projection = $1 and version = $2 and tenant = $3 and key = $4
order by position
";

const ALL: &str = "
select projection, version, partition, tenant, key, position, event_id, stream, event_type, error, attempts, parked_at
from {schema}.parked
where $1::text is null or projection = $1
order by projection, version, tenant, key, position
limit $2
";

const COUNT: &str = "
select projection, version, count(*) from {schema}.parked group by projection, version order by projection, version
";

const UNPARK: &str = "
delete from {schema}.parked
where projection = $1 and version = $2 and tenant = $3 and key = $4 and position = any($5)
";

const UNPARK_ALL: &str = "delete from {schema}.parked where projection = $1 and version = $2";

const REPARK: &str =
    "update {schema}.parked set version = $3 where projection = $1 and version = $2";

/// A stream without a row is not filtered away: it is damage, which must be seen.
const EVENTS: &str = "
select e.stream, s.aggregate, {event}
from {schema}.events e
left join {schema}.streams s on s.tenant = e.tenant and s.stream = e.stream
where e.position = any($2) and e.tenant = $1
order by e.position
";

impl Postgres {
    pub(crate) async fn park(
        &self,
        connection: &mut PgConnection,
        part: &PartId,
        parked: &[NewParked],
    ) -> Result<(), Error> {
        for event in parked {
            let query = sqlx::query(self.spelled(PARK))
                .bind(&*part.projection)
                .bind(i64::from(part.version))
                .bind(i64::from(part.partition))
                .bind(&*event.tenant)
                .bind(&event.key)
                .bind(event.position)
                .bind(event.event_id)
                .bind(&event.stream)
                .bind(&event.event_type)
                .bind(&event.error)
                .bind(i64::from(event.attempts));
            self.run(&mut *connection, query, "park an event").await?;
        }
        Ok(())
    }

    /// Which of these keys have parked events.
    pub(crate) async fn parked_keys(
        &self,
        connection: &mut PgConnection,
        projection: &str,
        version: u32,
        places: &[(Arc<str>, String)],
    ) -> Result<Vec<(Arc<str>, String)>, Error> {
        let during = during("look for parked events");
        let tenants: Vec<&str> = places.iter().map(|(tenant, _)| &**tenant).collect();
        let keys: Vec<&str> = places.iter().map(|(_, key)| key.as_str()).collect();
        let rows = sqlx::query(self.spelled(KEYS))
            .bind(projection)
            .bind(i64::from(version))
            .bind(tenants)
            .bind(keys)
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        rows.iter()
            .map(|row| Ok((Arc::from(row.try_get::<&str, _>(0)?), row.try_get(1)?)))
            .collect::<Result<_, sqlx::Error>>()
            .map_err(during)
    }

    pub(crate) async fn has_parked(
        &self,
        connection: &mut PgConnection,
        projection: &str,
        version: u32,
    ) -> Result<bool, Error> {
        sqlx::query_scalar(self.spelled(ANY))
            .bind(projection)
            .bind(i64::from(version))
            .fetch_one(connection)
            .await
            .map_err(during("look for parked events"))
    }

    /// The parked events of a key, in their order.
    pub(crate) async fn parked_of(
        &self,
        connection: &mut PgConnection,
        place: ParkedPlace<'_>,
    ) -> Result<Vec<Parked>, Error> {
        let during = during("read parked events");
        let rows = sqlx::query(self.spelled(OF_KEY))
            .bind(place.projection)
            .bind(i64::from(place.version))
            .bind(place.tenant)
            .bind(place.key)
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        rows.iter()
            .map(parked)
            .collect::<Result<_, _>>()
            .map_err(during)
    }

    /// Parked events of a projection or of all, key by key.
    pub(crate) async fn parked(
        &self,
        projection: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Parked>, Error> {
        const DOING: &str = "read parked events";
        let mut connection = self.acquire(DOING).await?;
        let rows = sqlx::query(self.spelled(ALL))
            .bind(projection)
            .bind(i64::from(limit))
            .fetch_all(&mut *connection)
            .await
            .map_err(during(DOING))?;
        rows.iter()
            .map(parked)
            .collect::<Result<_, _>>()
            .map_err(during(DOING))
    }

    /// How many events each version of a projection has parked, where it has any.
    pub(crate) async fn count_parked(&self) -> Result<Vec<(String, u32, u64)>, Error> {
        const DOING: &str = "count parked events";
        let mut connection = self.acquire(DOING).await?;
        let rows = sqlx::query(self.spelled(COUNT))
            .fetch_all(&mut *connection)
            .await
            .map_err(during(DOING))?;
        rows.iter()
            .map(|row| {
                let count: i64 = row.try_get(2)?;
                Ok((row.try_get(0)?, number(row, 1)?, count.unsigned_abs()))
            })
            .collect::<Result<_, sqlx::Error>>()
            .map_err(during(DOING))
    }

    pub(crate) async fn unpark(
        &self,
        connection: &mut PgConnection,
        place: ParkedPlace<'_>,
        positions: &[i64],
    ) -> Result<(), Error> {
        let query = sqlx::query(self.spelled(UNPARK))
            .bind(place.projection)
            .bind(i64::from(place.version))
            .bind(place.tenant)
            .bind(place.key)
            .bind(positions);
        self.run(connection, query, "unpark events").await
    }

    pub(crate) async fn unpark_all(
        &self,
        connection: &mut PgConnection,
        projection: &str,
        version: u32,
    ) -> Result<(), Error> {
        let query = sqlx::query(self.spelled(UNPARK_ALL))
            .bind(projection)
            .bind(i64::from(version));
        self.run(connection, query, "unpark events").await
    }

    /// Hands what is parked of one version over to another.
    pub(crate) async fn repark(
        &self,
        connection: &mut PgConnection,
        projection: &str,
        from: u32,
        to: u32,
    ) -> Result<(), Error> {
        let query = sqlx::query(self.spelled(REPARK))
            .bind(projection)
            .bind(i64::from(from))
            .bind(i64::from(to));
        self.run(connection, query, "hand over parked events").await
    }

    /// The events of a tenant at these positions, in their order.
    pub(crate) async fn events_at(
        &self,
        connection: &mut PgConnection,
        tenant: &Arc<str>,
        positions: &[i64],
    ) -> Result<Vec<RecordedEvent>, Error> {
        let during = during("read events");
        let rows = sqlx::query(self.spelled(EVENTS))
            .bind(&**tenant)
            .bind(positions)
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        let mut types = Names::default();
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            let stream = row.try_get(0).map_err(&during)?;
            let aggregate = row.try_get(1).map_err(&during)?;
            let event = event(row, 2).map_err(&during)?;
            events.push(event.to_owned(tenant, &named(stream, aggregate)?, &mut types)?);
        }
        Ok(events)
    }

    pub(crate) async fn event_at(
        &self,
        tenant: &Arc<str>,
        position: i64,
    ) -> Result<Option<RecordedEvent>, Error> {
        let mut connection = self.acquire("read an event").await?;
        let events = self.events_at(&mut connection, tenant, &[position]).await?;
        Ok(events.into_iter().next())
    }
}

fn parked(row: &PgRow) -> Result<Parked, sqlx::Error> {
    Ok(Parked {
        part: super::projections::part(row)?,
        tenant: Arc::from(row.try_get::<&str, _>(3)?),
        key: row.try_get(4)?,
        position: row.try_get(5)?,
        event_id: row.try_get(6)?,
        stream: row.try_get(7)?,
        event_type: row.try_get(8)?,
        error: row.try_get(9)?,
        attempts: number(row, 10)?,
        parked_at: row.try_get(11)?,
    })
}
