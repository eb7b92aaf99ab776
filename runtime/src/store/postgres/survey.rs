//! Counts and measures the whole store.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use super::story::event_count;
use super::{Postgres, during, spelled};
use crate::error::Error;
use crate::store::survey::{Counted, Ends, Sample, Size};

const DOING: &str = "count what is stored";

const ENDS: &str = "
select clock_timestamp() as now, first.position as first, first.recorded_at as first_at, last.position as last,
       last.recorded_at as last_at
from (select) one
left join (select position, recorded_at from {schema}.events order by position limit 1) first on true
left join (select position, recorded_at from {schema}.events order by position desc limit 1) last on true
";

const EVENTS: &str = "
select event_type, schema_version, count(*) as events
from {schema}.events
group by event_type, schema_version
order by event_type, schema_version
";

const STREAMS: &str = "
select aggregate, count(*) as streams from {schema}.streams where version > 0 group by aggregate order by aggregate
";

const EVENTS_OF_SAMPLE: &str = "
select e.event_type, e.schema_version, count(*) as events
from generate_series($1::bigint, $2::bigint, $3::bigint) as chunk (start)
join {schema}.events e on e.position >= chunk.start and e.position < chunk.start + $4::bigint
group by e.event_type, e.schema_version
order by e.event_type, e.schema_version
";

/// Every stream has one first event.
const STREAMS_OF_SAMPLE: &str = "
select s.aggregate, count(*) as streams
from generate_series($1::bigint, $2::bigint, $3::bigint) as chunk (start)
join {schema}.events e on e.position >= chunk.start and e.position < chunk.start + $4::bigint and e.version = 1
join {schema}.streams s on s.tenant = e.tenant and s.stream = e.stream
group by s.aggregate
order by s.aggregate
";

/// Times of recording rise with the positions, but for appends that were under way together. No index is on them, and
/// halving takes a row of the index on positions for each step.
const POSITION_AT: &str = "
with recursive search (low, high) as (
    select min(position), max(position) + 1 from {schema}.events
    union all
    select case when is_before then middle + 1 else low end, case when is_before then high else middle end
    from (
        select low, high, (low + high) / 2 as middle,
               (select recorded_at < $1 from {schema}.events where position >= (low + high) / 2
                order by position limit 1) as is_before
        from search
        where low < high
    ) step
)
select low from search where low >= high
";

const COUNT_FROM: &str = "select count(*) from {schema}.events where position >= $1";

const SIZES: &str = "
select relname::text as name, pg_total_relation_size(oid) as bytes
from pg_class
where relnamespace = '{schema}'::regnamespace and relkind in ('r', 'p')
order by relname
";

impl Postgres {
    pub(crate) async fn ends(&self) -> Result<Ends, Error> {
        let mut connection = self.acquire(DOING).await?;
        let row = sqlx::query(self.spelled(ENDS))
            .fetch_one(&mut *connection)
            .await;
        let read = |row: PgRow| {
            let first = row
                .try_get::<Option<_>, _>("first")?
                .zip(row.try_get("first_at")?);
            let last = row
                .try_get::<Option<_>, _>("last")?
                .zip(row.try_get("last_at")?);
            Ok(Ends {
                now: row.try_get("now")?,
                events: first.zip(last),
            })
        };
        row.and_then(read).map_err(during(DOING))
    }

    /// Counts all, or a sample of it, unscaled.
    pub(crate) async fn count(&self, sample: Option<Sample>) -> Result<Counted, Error> {
        let during = during(DOING);
        let mut connection = self.acquire(DOING).await?;
        let (events, streams) = match sample {
            None => (EVENTS, STREAMS),
            Some(_) => (EVENTS_OF_SAMPLE, STREAMS_OF_SAMPLE),
        };
        let mut rows = Vec::new();
        for sql in [events, streams] {
            let mut query = sqlx::query(self.spelled(sql));
            if let Some(of) = sample {
                query = query
                    .bind(of.first)
                    .bind(of.last)
                    .bind(of.step)
                    .bind(of.chunk);
            }
            let found = query.fetch_all(&mut *connection).await;
            rows.push(found.map_err(&during)?);
        }
        let [events, streams] = [&rows[0], &rows[1]];
        let streams = streams.iter().map(|row| {
            let streams: i64 = row.try_get("streams")?;
            Ok((row.try_get("aggregate")?, streams.unsigned_abs()))
        });
        let events = events.iter().map(event_count).collect::<Result<_, _>>();
        Ok(Counted {
            events: events.map_err(&during)?,
            streams: streams.collect::<Result<_, _>>().map_err(&during)?,
        })
    }

    /// The position from which on events were recorded at a time or later, found by halving.
    pub(crate) async fn position_at(&self, time: DateTime<Utc>) -> Result<Option<i64>, Error> {
        let mut connection = self.acquire(DOING).await?;
        position_at(&mut connection, &self.schema, time).await
    }

    /// How many events have a position from this one on.
    pub(crate) async fn count_from(&self, position: i64) -> Result<u64, Error> {
        let mut connection = self.acquire(DOING).await?;
        let count = sqlx::query_scalar::<_, i64>(self.spelled(COUNT_FROM))
            .bind(position)
            .fetch_one(&mut *connection)
            .await;
        count.map(i64::unsigned_abs).map_err(during(DOING))
    }

    /// How much room each table takes.
    pub(crate) async fn sizes(&self) -> Result<Vec<Size>, Error> {
        let mut connection = self.acquire(DOING).await?;
        let rows = sqlx::query(self.spelled(SIZES))
            .fetch_all(&mut *connection)
            .await;
        let size = |row: &PgRow| {
            Ok(Size {
                name: row.try_get("name")?,
                bytes: row.try_get::<i64, _>("bytes")?.unsigned_abs(),
            })
        };
        let sizes = rows.and_then(|rows| rows.iter().map(size).collect());
        sizes.map_err(during(DOING))
    }
}

/// The position from which on events were recorded at a time or later; `None` where there is no event at all.
pub(super) async fn position_at(
    connection: &mut PgConnection,
    schema: &str,
    time: DateTime<Utc>,
) -> Result<Option<i64>, Error> {
    sqlx::query_scalar(spelled(POSITION_AT, schema))
        .bind(time)
        .fetch_optional(connection)
        .await
        .map_err(during(DOING))
}
