//! Reads the events of all streams in the order of their positions.
//!
//! One transaction writes at a time, so positions are committed in their order: what lies before one that is to be seen is
//! to be seen, or was rolled back.

use std::ops::Range;

use futures_util::TryStreamExt;
use serde_json::Value;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;
use tokio::task::coop;

use super::{Columns, Sqlite, during};
use crate::error::Error;
use crate::store::feed::{FeedRequest, FeedRows, Filling, PART, Scanned, Sink};

const DOING: &str = "read the feed";

/// From where the next part is counted: holes can be of any width.
const NEXT: &str =
    "select position from annals_events where position > ?1 order by position limit 1";

const LAST: &str = "select coalesce(max(position), 0) from annals_events";

/// A stream without a row is not filtered away: it is damage, which must be seen.
macro_rules! rows {
    ($($record:tt)*) => {
        concat!(
            "select e.tenant, e.stream, s.aggregate, ",
            fact!(),
            $($record)*,
            "
from annals_events e
left join annals_streams s on s.tenant = e.tenant and s.stream = e.stream
where e.position > ?1 and e.position <= ?2 and (?3 is null or e.tenant = ?3)
  and (?4 is null or e.event_type in (select value from json_each(?4)))
  and (?5 is null or s.aggregate in (select value from json_each(?5)) or s.aggregate is null)
order by e.position
limit ?6"
        )
    };
}

const RECORDS: &str = rows!(record!());

const FACTS: &str = rows!("");

impl Sqlite {
    /// Up to which position nothing can appear any more.
    pub(crate) async fn frontier(&self) -> Result<i64, Error> {
        sqlx::query_scalar(LAST)
            .fetch_one(&self.readers)
            .await
            .map_err(during(DOING))
    }

    /// Reads some events, of all streams.
    pub(crate) async fn feed(&self, request: FeedRequest<'_>) -> Result<FeedRows, Error> {
        let during = during(DOING);
        let last = self.frontier().await?;
        request.check(last)?;
        if last <= request.after.to_i64() {
            return Ok(FeedRows::none(request.after, last, last));
        }
        let mut connection = self.readers.acquire().await.map_err(during)?;
        self.feed_in(&mut connection, request, last).await
    }

    /// Hands on events until the sink is full or the end is reached: that of the feed, or the position `up_to`.
    pub(crate) async fn scan(
        &self,
        request: FeedRequest<'_>,
        up_to: i64,
        sink: &mut dyn Sink,
    ) -> Result<Scanned, Error> {
        let last = self.frontier().await?;
        request.check(last)?;
        let end = last.min(up_to);
        let mut after = request.after.to_i64();
        while after < end && !sink.is_full() {
            let mut connection = self.readers.acquire().await.map_err(during(DOING))?;
            let next: Option<i64> = sqlx::query_scalar(NEXT)
                .bind(after)
                .fetch_optional(&mut *connection)
                .await
                .map_err(during(DOING))?;
            let part = next.map_or(end, |next| next.saturating_add(PART - 1));
            let positions = after..end.min(part);
            after = positions.end;
            self.part(&mut connection, &request, positions, sink)
                .await?;
        }
        Ok(Scanned {
            checkpoint: after,
            frontier: last,
            last,
        })
    }

    /// Reads events up to a position up to which nothing can appear any more, as a transaction sees them.
    pub(crate) async fn feed_in(
        &self,
        connection: &mut SqliteConnection,
        request: FeedRequest<'_>,
        up_to: i64,
    ) -> Result<FeedRows, Error> {
        let mut page = Filling::new(&request, 0);
        let positions = request.after.to_i64()..up_to;
        self.part(connection, &request, positions, &mut page)
            .await?;
        Ok(page.finish(up_to, up_to))
    }

    /// Reads on after the first of these positions, up to the other one or until the sink is full.
    async fn part(
        &self,
        connection: &mut SqliteConnection,
        request: &FeedRequest<'_>,
        positions: Range<i64>,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let during = during(DOING);
        let list = |names: &[String]| Value::from(names).to_string();
        let mut rows = sqlx::query(if request.facts_alone { FACTS } else { RECORDS })
            .bind(positions.start)
            .bind(positions.end)
            .bind(request.tenant)
            .bind(request.types.map(list))
            .bind(request.categories.map(list))
            .bind(sink.room())
            .fetch(connection);
        while let Some(row) = rows.try_next().await.map_err(&during)? {
            // Rows that are there already would be taken without a pause for others.
            coop::consume_budget().await;
            let tenant = row.try_get(0).map_err(&during)?;
            let stream = row.try_get(1).map_err(&during)?;
            let aggregate = row.try_get(2).map_err(&during)?;
            let event = Columns {
                row: &row,
                first: 3,
                doing: DOING,
            };
            sink.take(tenant, stream, aggregate, &event)?;
            if sink.is_full() {
                break;
            }
        }
        Ok(())
    }
}
