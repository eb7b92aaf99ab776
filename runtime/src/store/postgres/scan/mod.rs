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
mod part;
mod taker;

use std::ops::Range;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Postgres as Db, SqlSafeStr};

pub(super) use part::AGGREGATES;
use part::Part;
use taker::Taker;

use super::feed::ATTEMPTS;
use super::frontier::Home;
use super::{OF_ONE_MOMENT, Postgres, during};
use crate::error::Error;
use crate::store::feed::{FeedRequest, Scanned, Sink, is_of};

const DOING: &str = "read the feed";

/// From so many events on a page is read like this.
pub(super) const LARGE: u32 = 5000;

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
        let mut scan = Scan {
            store: self,
            request: &request,
            // Of large events, few would be too much to wait for others.
            is_nearly_in_order: request.types.is_none() && sink.room() >= i64::from(LARGE),
            sink,
        };
        while after < known.frontier.min(up_to) && !scan.sink.is_full() {
            let positions = after..known.frontier.min(up_to);
            let part = scan.part(&mut connection, positions, known.home);
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
}

struct Scan<'s> {
    store: &'s Postgres,
    request: &'s FeedRequest<'s>,
    /// Whether rows are expected to come nearly in order where the server does not put them into it.
    is_nearly_in_order: bool,
    sink: &'s mut dyn Sink,
}

impl Scan<'_> {
    /// Hands on the first of these positions, and answers the one up to which it did, unless the sink is full. `None`, and
    /// nothing is handed on, where the connection does not lead to the home that is asked for.
    async fn part(
        &mut self,
        connection: &mut PoolConnection<Db>,
        positions: Range<i64>,
        home: Home,
    ) -> Result<Option<i64>, Error> {
        let during = during(DOING);
        let mut lent = Lent {
            connection,
            is_busy: true,
        };
        let begun = lent.connection.begin_with(OF_ONE_MOMENT.into_sql_str());
        let mut transaction = begun.await.map_err(&during)?;
        lent.is_busy = false;
        let (store, request) = (self.store, self.request);
        let room = self.sink.room();
        let part = Part::find(&mut transaction, store, request, positions, room).await;
        let part = part.map_err(&during)?;
        if part.home != home {
            return Ok(None);
        }
        let mut last = part.positions.end;
        if request.categories.is_some() || !part.are_all || !are_apart(&part.aggregates) {
            let positions = part.positions;
            let part = store.part(&mut transaction, request, positions, None, self.sink);
            last = part.await?.unwrap_or(last);
        } else {
            lent.is_busy = true;
            self.copy(&mut transaction, &part).await?;
            lent.is_busy = false;
        }
        transaction.commit().await.map_err(&during)?;
        Ok(Some(last))
    }

    async fn copy(&mut self, connection: &mut PgConnection, part: &Part) -> Result<(), Error> {
        let during = during(DOING);
        let mut taker = Taker {
            of_tenant: self.request.tenant,
            aggregates: &part.aggregates,
            sink: self.sink,
        };
        let Range { start, end } = part.positions;
        let mut after = start;
        if self.is_nearly_in_order && !part.has_other_tenants {
            let set = sqlx::raw_sql(BY_PAGES).execute(&mut *connection).await;
            set.map_err(&during)?;
            let copying = part.copying(self.store, self.request, after..end, "");
            let rows = connection.copy_out_raw(&copying).await;
            let rows = rows.map_err(&during)?;
            match taker.take_nearly_in_order(rows, after).await? {
                None => return Ok(()),
                Some(last) => after = last,
            }
            self.is_nearly_in_order = false;
        }
        let copying = part.copying(self.store, self.request, after..end, "order by e.position");
        let rows = connection.copy_out_raw(&copying).await;
        taker.take_in_order(rows.map_err(&during)?).await
    }
}

/// A connection that is closed where it is given back with rows still to come, or with a transaction that sqlx does not know of
/// yet.
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
