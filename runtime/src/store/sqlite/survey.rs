//! Counts and measures the whole store.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::story::event_count;
use super::{Sqlite, during, time};
use crate::error::Error;
use crate::store::survey::{Counted, Ends, Sample, Size};

const DOING: &str = "count what is stored";

const FIRST: &str = "select position, recorded_at from annals_events order by position limit 1";

const LAST: &str = "select position, recorded_at from annals_events order by position desc limit 1";

const EVENTS: &str = "
select event_type, schema_version, count(*)
from annals_events
group by event_type, schema_version
order by event_type, schema_version
";

const STREAMS: &str = "
select aggregate, count(*) from annals_streams where version > 0 group by aggregate order by aggregate
";

/// The loop over the chunks comes first, whatever the planner thinks: each is a range of the table's own order.
const EVENTS_OF_SAMPLE: &str = "
with recursive chunk (start) as (values (?1) union all select start + ?3 from chunk where start + ?3 <= ?2)
select e.event_type, e.schema_version, count(*)
from chunk
cross join annals_events e on e.position >= chunk.start and e.position < chunk.start + ?4
group by e.event_type, e.schema_version
order by e.event_type, e.schema_version
";

/// Every stream has one first event.
const STREAMS_OF_SAMPLE: &str = "
with recursive chunk (start) as (values (?1) union all select start + ?3 from chunk where start + ?3 <= ?2)
select s.aggregate, count(*)
from chunk
cross join annals_events e on e.position >= chunk.start and e.position < chunk.start + ?4 and e.version = 1
cross join annals_streams s on s.tenant = e.tenant and s.stream = e.stream
group by s.aggregate
order by s.aggregate
";

/// Times of recording rise with the positions, unless the clock was set back. No index is on them, and halving takes one
/// row for each step.
const POSITION_AT: &str = "
with recursive search (low, high) as (
    select min(position), max(position) + 1 from annals_events
    union all
    select iif((select recorded_at from annals_events where position >= (low + high) / 2 order by position limit 1) < ?1,
               (low + high) / 2 + 1, low),
           iif((select recorded_at from annals_events where position >= (low + high) / 2 order by position limit 1) < ?1,
               high, (low + high) / 2)
    from search
    where low < high
)
select low from search where low >= high
";

const COUNT_FROM: &str = "select count(*) from annals_events where position >= ?";

const FILE: &str = "select page_count * page_size from pragma_page_count, pragma_page_size";

impl Sqlite {
    pub(crate) async fn ends(&self) -> Result<Ends, Error> {
        let during = during(DOING);
        let mut transaction = self.readers.begin().await.map_err(&during)?;
        let mut ends = [None, None];
        for (sql, end) in [FIRST, LAST].into_iter().zip(&mut ends) {
            let row = sqlx::query(sql).fetch_optional(&mut *transaction).await;
            let read = |row: SqliteRow| Ok((row.try_get(0)?, time::read(row.try_get(1)?)?));
            let row = row.and_then(|row| row.map(read).transpose());
            *end = row.map_err(&during)?;
        }
        let [first, last] = ends;
        Ok(Ends {
            now: self.clock.now(),
            events: first.zip(last),
        })
    }

    /// Counts all, or a sample of it, unscaled.
    pub(crate) async fn count(&self, sample: Option<Sample>) -> Result<Counted, Error> {
        let during = during(DOING);
        let (events, streams) = match sample {
            None => (EVENTS, STREAMS),
            Some(_) => (EVENTS_OF_SAMPLE, STREAMS_OF_SAMPLE),
        };
        let events = self.rows(events, sample).await.map_err(&during)?;
        let streams = self.rows(streams, sample).await.map_err(&during)?;
        let streams = streams.iter().map(|row| {
            let streams: i64 = row.try_get(1)?;
            Ok((row.try_get(0)?, streams.unsigned_abs()))
        });
        let events = events.iter().map(event_count).collect::<Result<_, _>>();
        Ok(Counted {
            events: events.map_err(&during)?,
            streams: streams
                .collect::<Result<_, sqlx::Error>>()
                .map_err(&during)?,
        })
    }

    async fn rows(
        &self,
        sql: &'static str,
        sample: Option<Sample>,
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let mut query = sqlx::query(sql);
        if let Some(of) = sample {
            query = query
                .bind(of.first)
                .bind(of.last)
                .bind(of.step)
                .bind(of.chunk);
        }
        query.fetch_all(&self.readers).await
    }

    /// The position from which on events were recorded at a time or later, found by halving.
    pub(crate) async fn position_at(&self, time: DateTime<Utc>) -> Result<Option<i64>, Error> {
        sqlx::query_scalar(POSITION_AT)
            .bind(time::write(time))
            .fetch_optional(&self.readers)
            .await
            .map_err(during(DOING))
    }

    /// How many events have a position from this one on.
    pub(crate) async fn count_from(&self, position: i64) -> Result<u64, Error> {
        let count = sqlx::query_scalar::<_, i64>(COUNT_FROM)
            .bind(position)
            .fetch_one(&self.readers)
            .await;
        count.map(i64::unsigned_abs).map_err(during(DOING))
    }

    /// How much room the file takes.
    pub(crate) async fn sizes(&self) -> Result<Vec<Size>, Error> {
        let bytes = sqlx::query_scalar::<_, i64>(FILE)
            .fetch_one(&self.readers)
            .await;
        let bytes = bytes.map_err(during(DOING))?;
        Ok(vec![Size {
            name: self.name.clone(),
            bytes: bytes.unsigned_abs(),
        }])
    }
}
