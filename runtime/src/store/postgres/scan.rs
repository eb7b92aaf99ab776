//! Hands on many events of the feed as they come.
//!
//! To ask for the row of each event's stream costs ten times what the events cost themselves. Here all aggregates are asked for
//! instead, and a stream belongs to the one whose name its own begins with. Events and aggregates are of one moment: what is
//! handed on cannot be taken back.

use futures_util::TryStreamExt;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row, SqlSafeStr};

use super::event_row::{Columns, text};
use super::feed::ATTEMPTS;
use super::frontier::{Home, Known};
use super::values::Bound;
use super::{OF_ONE_MOMENT, Postgres, Text, during, statement};
use crate::error::Error;
use crate::store::feed::{FeedRequest, PART, Scanned, Sink, is_of};

const DOING: &str = "read the feed";

/// From so many events on a page is read like this.
pub(super) const LARGE: u32 = 5000;

/// The tenant comes first where it is not the one that was asked for, and how an event was recorded comes where that was.
const ROWS: &str = "
select {tenant}e.stream, e.version, e.position, e.event_type, e.schema_version, e.payload{record}
from {schema}.events e
where e.position > $1 and e.position <= $2{of_tenant}{of_types}
order by e.position
";

const RECORD: &str = ", e.event_id, e.metadata, e.correlation, e.recorded_at, e.occurred_at";

/// The statements that read whole rows, and those that read facts alone.
#[derive(Debug)]
pub(super) struct Scans {
    records: Rows,
    facts: Rows,
}

impl Scans {
    pub(super) fn of(text: impl Fn(&str) -> Text) -> Self {
        Scans {
            records: Rows::of(RECORD, &text),
            facts: Rows::of("", &text),
        }
    }

    fn asked<'q>(&self, request: &FeedRequest<'q>, after: i64, up_to: i64) -> Bound<'q> {
        let rows = match request.facts_alone {
            true => &self.facts,
            false => &self.records,
        };
        rows.asked(request, after, up_to)
    }
}

/// The statements that read rows: a condition that every row fulfils would cost each of them something, and so would a column
/// that nobody looks at.
#[derive(Debug)]
struct Rows {
    all: Text,
    of_types: Text,
    of_tenant: Text,
    of_tenant_and_types: Text,
}

impl Rows {
    fn of(record: &str, text: impl Fn(&str) -> Text) -> Self {
        let rows = |tenant, of_tenant, of_types| {
            let rows = ROWS.replace("{record}", record);
            let rows = rows.replace("{tenant}", tenant);
            let rows = rows.replace("{of_tenant}", of_tenant);
            text(&rows.replace("{of_types}", of_types))
        };
        Rows {
            all: rows("e.tenant, ", "", ""),
            of_types: rows("e.tenant, ", "", " and e.event_type = any($3)"),
            of_tenant: rows("", " and e.tenant = $3", ""),
            of_tenant_and_types: rows("", " and e.tenant = $3", " and e.event_type = any($4)"),
        }
    }

    fn asked<'q>(&self, request: &FeedRequest<'q>, after: i64, up_to: i64) -> Bound<'q> {
        let rows = |sql| sqlx::query(statement(sql)).bind(after).bind(up_to);
        match (request.tenant, request.types) {
            (None, None) => rows(&self.all),
            (None, Some(types)) => rows(&self.of_types).bind(types),
            (Some(tenant), None) => rows(&self.of_tenant).bind(tenant),
            (Some(tenant), Some(types)) => rows(&self.of_tenant_and_types).bind(tenant).bind(types),
        }
    }
}

/// Where the rows are read, up to which position, and all aggregates, from one entry of the index to the next.
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

impl Postgres {
    /// Hands on events until the sink is full or the end is reached: that of the feed, or the position `up_to`.
    pub(crate) async fn scan(
        &self,
        request: FeedRequest<'_>,
        up_to: i64,
        sink: &mut dyn Sink,
    ) -> Result<Scanned, Error> {
        let mut connection = self.acquire(DOING).await?;
        let mut known = self.end_of_feed(&mut connection, &request).await?;
        let mut after = request.after.to_i64();
        let mut attempts = 0;
        while after < known.frontier.min(up_to) && !sink.is_full() {
            let part = self.part_at_once(&mut connection, &request, after, &known, up_to, sink);
            if let Some(last) = part.await? {
                (after, attempts) = (last, 0);
                continue;
            }
            attempts += 1;
            if attempts == ATTEMPTS {
                return Err(super::feed::led_astray());
            }
            known = self.observe_again(&mut connection).await?;
            request.check(known.last)?;
        }
        Ok(Scanned {
            checkpoint: after,
            frontier: known.frontier,
            last: known.last,
        })
    }

    /// Hands on the events after a position, and answers the one up to which it did, unless the sink is full. `None`, and
    /// nothing is handed on, where what is known is of another server or table.
    async fn part_at_once(
        &self,
        connection: &mut PgConnection,
        request: &FeedRequest<'_>,
        after: i64,
        known: &Known,
        up_to: i64,
        sink: &mut dyn Sink,
    ) -> Result<Option<i64>, Error> {
        let during = during(DOING);
        let begun = connection.begin_with(OF_ONE_MOMENT.into_sql_str()).await;
        let mut transaction = begun.map_err(&during)?;
        let row = sqlx::query(statement(&self.sql.aggregates))
            .bind(after)
            .bind(known.frontier.min(up_to))
            .bind(PART.min(i64::from(request.limit)))
            .fetch_one(&mut *transaction)
            .await
            .map_err(&during)?;
        if Home::of(&row).map_err(&during)? != known.home {
            return Ok(None);
        }
        let last: i64 = row.try_get("last").map_err(&during)?;
        let aggregates: Vec<String> = row.try_get("aggregates").map_err(&during)?;
        if request.categories.is_none() && are_apart(&aggregates) {
            let rows = self.sql.scan.asked(request, after, last);
            let mut rows = rows.fetch(&mut *transaction);
            while let Some(row) = rows.try_next().await.map_err(&during)? {
                let (tenant, at) = match request.tenant {
                    Some(tenant) => (tenant, 0),
                    None => (text(&row, 0).map_err(&during)?, 1),
                };
                let stream = text(&row, at).map_err(&during)?;
                let event = Columns {
                    row: &row,
                    first: at + 1,
                    doing: DOING,
                };
                sink.take(tenant, stream, of_stream(&aggregates, stream), &event)?;
                if sink.is_full() {
                    break;
                }
            }
        } else {
            self.part(&mut transaction, request, after..last, None, sink)
                .await?;
        }
        transaction.commit().await.map_err(&during)?;
        Ok(Some(last))
    }
}

/// Whether the name of a stream says to which of the aggregates it belongs: `a-b-1` may be of `a` and of `a-b`.
fn are_apart(aggregates: &[String]) -> bool {
    let mut pairs = aggregates
        .iter()
        .flat_map(|one| aggregates.iter().map(move |other| (one, other)));
    !pairs.any(|(one, other)| is_of(one, other))
}

/// The aggregate to which a stream of this name belongs, where they are apart.
fn of_stream<'a>(aggregates: &'a [String], stream: &str) -> Option<&'a str> {
    let mut aggregates = aggregates.iter();
    aggregates
        .find(|aggregate| is_of(stream, aggregate))
        .map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::{are_apart, of_stream};

    #[test]
    fn a_name_that_two_aggregates_could_have_is_looked_up() {
        let aggregates = ["a", "account", "b"].map(str::to_owned);
        assert!(are_apart(&aggregates));
        assert_eq!(of_stream(&aggregates, "account-1-2"), Some("account"));
        assert_eq!(of_stream(&aggregates, "a-b-1"), Some("a"));
        assert_eq!(of_stream(&aggregates, "accounts-1"), None);
        assert!(!are_apart(&["a", "a-b", "account"].map(str::to_owned)));
    }
}
