//! Keeps events that could not be handled, and reads them again.

use std::sync::Arc;

use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::projections::{part, run};
use super::{Sqlite, during, event, event_id, time};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::feed::named;
use crate::store::names::Names;
use crate::store::projections::{NewParked, Parked, ParkedPlace, PartId};

/// A stream without a row is not filtered away: it is damage, which must be seen.
const EVENTS: &str = concat!(
    "
select e.stream, s.aggregate, ",
    fact!(),
    record!(),
    "
from annals_events e
left join annals_streams s on s.tenant = e.tenant and s.stream = e.stream
where e.position in (select value from json_each(?2)) and e.tenant = ?1
order by e.position
"
);

impl Sqlite {
    pub(crate) async fn park(
        &self,
        connection: &mut SqliteConnection,
        part: &PartId,
        parked: &[NewParked],
    ) -> Result<(), Error> {
        let now = time::write(self.clock.now());
        for event in parked {
            // What is parked already stays as it is.
            let query = sqlx::query(
                "insert into annals_parked (projection, version, partition, tenant, key, position, event_id, stream,
                                            event_type, error, attempts, parked_at)
                 values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                 on conflict do nothing",
            )
            .bind(&*part.projection)
            .bind(part.version)
            .bind(part.partition)
            .bind(&*event.tenant)
            .bind(&event.key)
            .bind(event.position)
            .bind(event.event_id.to_string())
            .bind(&event.stream)
            .bind(&event.event_type)
            .bind(&event.error)
            .bind(event.attempts)
            .bind(&now);
            run(&mut *connection, query, "park an event").await?;
        }
        Ok(())
    }

    /// Which of these keys have parked events.
    pub(crate) async fn parked_keys(
        &self,
        connection: &mut SqliteConnection,
        projection: &str,
        version: u32,
        places: &[(Arc<str>, String)],
    ) -> Result<Vec<(Arc<str>, String)>, Error> {
        let during = during("look for parked events");
        let places = places.iter().map(|(tenant, key)| json!([**tenant, key]));
        let rows = sqlx::query(
            "select w.value ->> 0, w.value ->> 1
             from json_each(?3) w
             where exists (
                 select 1 from annals_parked p
                 where p.projection = ?1 and p.version = ?2 and p.tenant = w.value ->> 0 and p.key = w.value ->> 1
             )",
        )
        .bind(projection)
        .bind(version)
        .bind(serde_json::Value::from_iter(places).to_string())
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
        connection: &mut SqliteConnection,
        projection: &str,
        version: u32,
    ) -> Result<bool, Error> {
        sqlx::query_scalar(
            "select exists (select 1 from annals_parked where projection = ? and version = ?)",
        )
        .bind(projection)
        .bind(version)
        .fetch_one(connection)
        .await
        .map_err(during("look for parked events"))
    }

    /// The parked events of a key, in their order.
    pub(crate) async fn parked_of(
        &self,
        connection: &mut SqliteConnection,
        place: ParkedPlace<'_>,
    ) -> Result<Vec<Parked>, Error> {
        let during = during("read parked events");
        let rows = sqlx::query(
            "select projection, version, partition, tenant, key, position, event_id, stream, event_type, error, attempts,
                    parked_at
             from annals_parked
             where projection = ? and version = ? and tenant = ? and key = ?
             order by position",
        )
        .bind(place.projection)
        .bind(place.version)
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
        let during = during("read parked events");
        let rows = sqlx::query(
            "select projection, version, partition, tenant, key, position, event_id, stream, event_type, error, attempts,
                    parked_at
             from annals_parked
             where ?1 is null or projection = ?1
             order by projection, version, tenant, key, position
             limit ?2",
        )
        .bind(projection)
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(&during)?;
        rows.iter()
            .map(parked)
            .collect::<Result<_, _>>()
            .map_err(during)
    }

    /// How many events each version of a projection has parked, where it has any.
    pub(crate) async fn count_parked(&self) -> Result<Vec<(String, u32, u64)>, Error> {
        let during = during("count parked events");
        let rows = sqlx::query(
            "select projection, version, count(*) from annals_parked
             group by projection, version order by projection, version",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(&during)?;
        rows.iter()
            .map(|row| {
                let count: i64 = row.try_get(2)?;
                Ok((row.try_get(0)?, row.try_get(1)?, count.unsigned_abs()))
            })
            .collect::<Result<_, sqlx::Error>>()
            .map_err(during)
    }

    pub(crate) async fn unpark(
        &self,
        connection: &mut SqliteConnection,
        place: ParkedPlace<'_>,
        positions: &[i64],
    ) -> Result<(), Error> {
        let query = sqlx::query(
            "delete from annals_parked
             where projection = ? and version = ? and tenant = ? and key = ?
               and position in (select value from json_each(?))",
        )
        .bind(place.projection)
        .bind(place.version)
        .bind(place.tenant)
        .bind(place.key)
        .bind(json!(positions).to_string());
        run(connection, query, "unpark events").await
    }

    pub(crate) async fn unpark_all(
        &self,
        connection: &mut SqliteConnection,
        projection: &str,
        version: u32,
    ) -> Result<(), Error> {
        let query = sqlx::query("delete from annals_parked where projection = ? and version = ?")
            .bind(projection)
            .bind(version);
        run(connection, query, "unpark events").await
    }

    /// Hands what is parked of one version over to another.
    pub(crate) async fn repark(
        &self,
        connection: &mut SqliteConnection,
        projection: &str,
        from: u32,
        to: u32,
    ) -> Result<(), Error> {
        let query = sqlx::query(
            "update annals_parked set version = ?3 where projection = ?1 and version = ?2",
        )
        .bind(projection)
        .bind(from)
        .bind(to);
        run(connection, query, "hand over parked events").await
    }

    /// The events of a tenant at these positions, in their order.
    pub(crate) async fn events_at(
        &self,
        connection: &mut SqliteConnection,
        tenant: &Arc<str>,
        positions: &[i64],
    ) -> Result<Vec<RecordedEvent>, Error> {
        events(connection, tenant, positions).await
    }

    pub(crate) async fn event_at(
        &self,
        tenant: &Arc<str>,
        position: i64,
    ) -> Result<Option<RecordedEvent>, Error> {
        let connection = self.readers.acquire().await;
        let mut connection = connection.map_err(during("read an event"))?;
        let events = events(&mut connection, tenant, &[position]).await?;
        Ok(events.into_iter().next())
    }
}

async fn events(
    connection: &mut SqliteConnection,
    tenant: &Arc<str>,
    positions: &[i64],
) -> Result<Vec<RecordedEvent>, Error> {
    let during = during("read events");
    let rows = sqlx::query(EVENTS)
        .bind(&**tenant)
        .bind(json!(positions).to_string())
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

fn parked(row: &SqliteRow) -> Result<Parked, sqlx::Error> {
    Ok(Parked {
        part: part(row)?,
        tenant: Arc::from(row.try_get::<&str, _>(3)?),
        key: row.try_get(4)?,
        position: row.try_get(5)?,
        event_id: event_id(row, 6)?,
        stream: row.try_get(7)?,
        event_type: row.try_get(8)?,
        error: row.try_get(9)?,
        attempts: row.try_get(10)?,
        parked_at: time::read(row.try_get(11)?)?,
    })
}
