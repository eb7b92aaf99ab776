//! Reads large pages of the feed.
//!
//! To ask for the row of each event's stream costs ten times what the events cost themselves. Here the aggregates are known
//! instead, all that there are, and a stream belongs to the only one whose name its own begins with. Where that leaves a doubt,
//! the page is read as small ones are.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::TryStreamExt;
use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::event_row::text;
use super::frontier::{Home, Known};
use super::{Postgres, during, event, statement};
use crate::error::Error;
use crate::store::feed::{FeedRequest, FeedRows, Filling};

const DOING: &str = "read the feed";

/// From so many events on a page is a large one.
pub(super) const LARGE: u32 = 5000;

pub(super) const ROWS: &str = "
select e.tenant, e.stream, e.version, e.position, e.event_id, e.event_type, e.schema_version, e.payload, e.metadata,
       e.correlation, e.recorded_at, e.occurred_at
from {schema}.events e
where e.position > $1 and e.position <= {last} and ($4::text is null or e.tenant = $4)
  and ($5::text[] is null or e.event_type = any($5))
order by e.position
limit $6
";

/// Where the rows were read, up to which position, and all aggregates, from one entry of the index to the next.
///
/// What is said of positions is what the statement of the rows found: nothing can appear among them any more.
pub(super) const AGGREGATES: &str = "
with recursive known as (
    (select tenant, aggregate from {schema}.streams order by tenant, aggregate limit 1)
    union all
    select next.tenant, next.aggregate
    from known, lateral (
        select s.tenant, s.aggregate from {schema}.streams s
        where (s.tenant, s.aggregate) > (known.tenant, known.aggregate)
        order by s.tenant, s.aggregate
        limit 1
    ) next
)
select pg_postmaster_start_time() as started, pg_stat_get_bgwriter_stat_reset_time() as recovered,
       (select oid::bigint from pg_database where datname = current_database()) as database,
       '{schema}.events'::regclass::oid::bigint as relation,
       {last} as last,
       array(select distinct aggregate from known order by aggregate) as aggregates
";

/// The aggregates that have streams, as they were last seen.
#[derive(Debug, Default)]
pub(super) struct Aggregates(Mutex<Arc<[String]>>);

impl Aggregates {
    fn known(&self) -> Arc<[String]> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn learn(&self, all: Vec<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = all.into();
    }
}

/// The only aggregate to which a stream of this name can belong.
fn only<'a>(aggregates: &'a [String], stream: &str) -> Option<&'a str> {
    let mut fitting = aggregates.iter().filter(|aggregate| {
        let rest = stream.strip_prefix(aggregate.as_str());
        rest.is_some_and(|rest| rest.starts_with('-'))
    });
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

impl Postgres {
    /// A large page; `None` where it cannot be told to which aggregate each stream belongs, or what is known is of another
    /// server or table.
    pub(super) async fn large_rows(
        &self,
        connection: &mut PgConnection,
        request: &FeedRequest<'_>,
        known: &Known,
    ) -> Result<Option<FeedRows>, Error> {
        let mut page = Filling::of(request, known.frontier);
        let mut after = request.after.to_i64();
        while after < known.frontier && !page.is_full() {
            let Some(last) = self
                .large_part(connection, request, after, known, &mut page)
                .await?
            else {
                return Ok(None);
            };
            after = last;
        }
        Ok(Some(page.finish(known.frontier, known.last)))
    }

    /// Reads on after a position, and answers the one up to which it did, unless the page is full.
    async fn large_part(
        &self,
        connection: &mut PgConnection,
        request: &FeedRequest<'_>,
        after: i64,
        known: &Known,
        page: &mut Filling,
    ) -> Result<Option<i64>, Error> {
        let during = during(DOING);
        let aggregates = self.aggregates.known();
        let window = i64::from(request.limit);
        let mut is_clear = true;
        {
            let mut rows = sqlx::query(statement(&self.sql.large_feed))
                .bind(after)
                .bind(known.frontier)
                .bind(window)
                .bind(request.tenant)
                .bind(request.types)
                .bind(page.room())
                .fetch(&mut *connection);
            while let Some(row) = rows.try_next().await.map_err(&during)? {
                let stream = text(&row, 1).map_err(&during)?;
                let aggregate = only(&aggregates, stream);
                is_clear = aggregate.is_some();
                if !is_clear {
                    break;
                }
                let tenant = text(&row, 0).map_err(&during)?;
                let event = event(&row, 2).map_err(&during)?;
                page.push(tenant, stream, aggregate, &event)?;
                if page.is_full() {
                    break;
                }
            }
        }
        // Asked for after the rows: an aggregate of one of them is among these.
        let row = sqlx::query(statement(&self.sql.aggregates))
            .bind(after)
            .bind(known.frontier)
            .bind(window)
            .fetch_one(connection)
            .await
            .map_err(&during)?;
        let all: Vec<String> = row.try_get("aggregates").map_err(&during)?;
        let is_new = *all != *aggregates;
        if is_new {
            self.aggregates.learn(all);
        }
        let is_home = Home::of(&row).map_err(&during)? == known.home;
        let is_sure = is_clear && !is_new && is_home;
        let last = row.try_get("last").map_err(&during)?;
        Ok(is_sure.then_some(last))
    }
}

#[cfg(test)]
mod tests {
    use super::only;

    #[test]
    fn a_name_that_two_aggregates_could_have_is_left_open() {
        let aggregates = ["a", "a-b", "account"].map(str::to_owned);
        assert_eq!(only(&aggregates, "account-1-2"), Some("account"));
        assert_eq!(only(&aggregates, "a-1"), Some("a"));
        assert_eq!(only(&aggregates, "a-b-1"), None);
        assert_eq!(only(&aggregates, "b-1"), None);
        assert_eq!(only(&aggregates, "accounts-1"), None);
    }
}
