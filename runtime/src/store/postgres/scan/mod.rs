//! Hands on many events of the feed as they come.
//!
//! To ask for the row of each event's stream costs ten times what the events cost themselves. Here all aggregates are asked for
//! instead, and a stream belongs to the one whose name its own begins with. Events and aggregates are of one moment: what is
//! handed on cannot be taken back.
//!
//! Events lie in their table nearly in the order of their positions. So where all of them are read, the server reads page after page
//! of it, and they are put into their order here: to follow the index costs it a fifth more.

mod copied;
mod order;
mod taker;

use std::ops::Range;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::{Connection, Postgres as Db, Row, SqlSafeStr};

use taker::Taker;

use super::event_row::RECORD;
use super::feed::ATTEMPTS;
use super::frontier::Home;
use super::{OF_ONE_MOMENT, Postgres, during, statement};
use crate::error::Error;
use crate::store::feed::{FeedRequest, PART, Scanned, Sink, is_of};

const DOING: &str = "read the feed";

/// From so many events on a page is read like this.
pub(super) const LARGE: u32 = 5000;

/// Where the rows are read, up to which position, and all aggregates, from one entry of the index to the next; and what the rows
/// are filtered by, as PostgreSQL itself writes it into a statement.
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
       array(select distinct aggregate from known order by aggregate) as aggregates,
       exists (select from known where tenant <> $4) as has_other_tenants,
       quote_literal($4::text) as tenant,
       (select format('array[%s]::text[]', string_agg(quote_literal(type), ', ')) from unnest($5::text[]) type) as types
";

/// Has the server read the table page after page, as far as an index says that there is something to be found.
const BY_PAGES: &str = "set local enable_indexscan = off";

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
        let mut is_nearly_in_order = request.types.is_none();
        while after < known.frontier.min(up_to) && !sink.is_full() {
            let positions = after..known.frontier.min(up_to);
            let part = self.part_at_once(
                &mut connection,
                &request,
                positions,
                known.home,
                &mut is_nearly_in_order,
                sink,
            );
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
        connection: &mut PoolConnection<Db>,
        request: &FeedRequest<'_>,
        positions: Range<i64>,
        home: Home,
        is_nearly_in_order: &mut bool,
        sink: &mut dyn Sink,
    ) -> Result<Option<i64>, Error> {
        let during = during(DOING);
        let mut lent = Lent {
            connection,
            is_busy: false,
        };
        let begun = lent.connection.begin_with(OF_ONE_MOMENT.into_sql_str());
        let mut transaction = begun.await.map_err(&during)?;
        let row = sqlx::query(statement(&self.sql.aggregates))
            .bind(positions.start)
            .bind(positions.end)
            .bind(PART.min(i64::from(request.limit)))
            .bind(request.tenant)
            .bind(request.types)
            .fetch_one(&mut *transaction)
            .await
            .map_err(&during)?;
        if Home::of(&row).map_err(&during)? != home {
            return Ok(None);
        }
        let last: i64 = row.try_get("last").map_err(&during)?;
        let aggregates: Vec<String> = row.try_get("aggregates").map_err(&during)?;
        let mut after = positions.start;
        if request.categories.is_some() || !are_apart(&aggregates) {
            self.part(&mut transaction, request, after..last, None, sink)
                .await?;
            after = last;
        }
        let mut taker = Taker {
            of_tenant: request.tenant,
            aggregates: &aggregates,
            sink,
        };
        let has_other_tenants: bool = row.try_get("has_other_tenants").map_err(&during)?;
        if after < last && *is_nearly_in_order && !has_other_tenants {
            let set = sqlx::raw_sql(BY_PAGES).execute(&mut *transaction).await;
            set.map_err(&during)?;
            let copying = self.copying(request, after..last, &row, "");
            let copying = copying.map_err(&during)?;
            lent.is_busy = true;
            let rows = transaction.copy_out_raw(&copying).await;
            let rows = rows.map_err(&during)?;
            let reached = taker.take_nearly_in_order(rows, after).await?;
            lent.is_busy = false;
            *is_nearly_in_order = reached.is_none();
            after = reached.unwrap_or(last);
        }
        if after < last && !taker.sink.is_full() {
            let copying = self.copying(request, after..last, &row, "order by e.position");
            let copying = copying.map_err(&during)?;
            lent.is_busy = true;
            let rows = transaction.copy_out_raw(&copying).await;
            taker.take_in_order(rows.map_err(&during)?).await?;
            lent.is_busy = false;
        }
        transaction.commit().await.map_err(&during)?;
        Ok(Some(last))
    }

    /// The statement that copies rows out: a condition that every row fulfils would cost each of them something, and so would a
    /// column that nobody looks at. The tenant comes first where it is not the one that was asked for, and how an event was
    /// recorded comes where that was.
    fn copying(
        &self,
        request: &FeedRequest<'_>,
        positions: Range<i64>,
        quoted: &PgRow,
        order: &str,
    ) -> Result<String, sqlx::Error> {
        let tenant = if request.tenant.is_none() {
            "e.tenant, "
        } else {
            ""
        };
        let payload = if self.is_jsonb {
            "e.payload::text"
        } else {
            "e.payload"
        };
        let record = if request.facts_alone { "" } else { RECORD };
        let of_tenant = match quoted.try_get::<Option<&str>, _>("tenant")? {
            Some(tenant) => format!(" and e.tenant = {tenant}"),
            None => String::new(),
        };
        let of_types = match quoted.try_get::<&str, _>("types")? {
            types if request.types.is_some() => format!(" and e.event_type = any({types})"),
            _ => String::new(),
        };
        Ok(format!(
            "copy (
                 select {tenant}e.stream, e.version, e.position, e.event_type, e.schema_version, {payload}{record}
                 from {schema}.events e
                 where e.position > {after} and e.position <= {last}{of_tenant}{of_types}
                 {order}
             ) to stdout (format binary)",
            schema = self.schema,
            after = positions.start,
            last = positions.end,
        ))
    }
}

/// A connection that is closed where it is given back with rows still to come.
struct Lent<'c> {
    connection: &'c mut PoolConnection<Db>,
    is_busy: bool,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if self.is_busy {
            self.connection.close_on_drop();
        }
    }
}

/// Whether the name of a stream says to which of the aggregates it belongs: `a-b-1` may be of `a` and of `a-b`.
fn are_apart(aggregates: &[String]) -> bool {
    let mut pairs = aggregates
        .iter()
        .flat_map(|one| aggregates.iter().map(move |other| (one, other)));
    !pairs.any(|(one, other)| is_of(one, other))
}

#[cfg(test)]
mod tests {
    use super::are_apart;
    use super::taker::of_stream;

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
