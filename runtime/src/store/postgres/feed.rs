//! Reads the events of all streams in the order of their positions.

use std::ops::Range;
use std::time::Instant;

use futures_util::TryStreamExt;
use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::event_row::{Columns, integer};
use super::frontier::{Home, Known};
use super::{Postgres, during, scan, statement};
use crate::error::{Error, ErrorKind};
use crate::store::feed::{FeedRequest, FeedRows, Filling, Sink};

const DOING: &str = "read the feed";

/// How often to look again where a connection leads elsewhere than the last one.
pub(super) const ATTEMPTS: u32 = 3;

/// How many positions a statement looks at, at least: a page can be small, and what is asked for rare.
const WINDOW: u32 = 1000;

/// The last position that a statement looks at: it looks at `$3` of them from the next event after `$1` on, and at none beyond `$2`.
/// However the server reads them, it reads no others. Where it knows nothing of the tables, it would rather sort all that is left
/// of the feed than follow the index. Nothing is added to what may be the highest number that there is.
const LAST: &str = "least($2::bigint - $3::bigint + 1, (select position from {schema}.events where position > $1 order by position limit 1)) + ($3::bigint - 1)";

/// Where the columns of an event begin in a row of [`FEED`], and where its position is.
const EVENT: usize = 8;
const POSITION: usize = EVENT + 1;

/// A statement with the last position put in that it looks at.
pub(super) fn bounded(sql: &str) -> String {
    sql.replace("{last}", LAST)
}

/// Each row begins with where it was read, and with the position up to which it was; where there is no event, it is the only row.
///
/// A stream without a row is not filtered away: it is damage, which must be seen.
pub(super) const FEED: &str = "
with part as materialized (select {last} as last)
select pg_postmaster_start_time() as started, pg_stat_get_bgwriter_stat_reset_time() as recovered,
       (select oid::bigint from pg_database where datname = current_database()) as database,
       '{schema}.events'::regclass::oid::bigint as relation, p.last, e.*
from part p
left join lateral (
    select e.tenant, e.stream, s.aggregate, {event}
    from {schema}.events e
    left join {schema}.streams s on s.tenant = e.tenant and s.stream = e.stream
    where e.position > $1 and e.position <= p.last and ($4::text is null or e.tenant = $4)
      and ($5::text[] is null or e.event_type = any($5))
      and ($6::text[] is null or s.aggregate = any($6) or s.aggregate is null)
    order by e.position
    limit $7
) e on true
";

impl Postgres {
    /// Up to which position nothing can appear any more.
    pub(crate) async fn frontier(&self) -> Result<i64, Error> {
        let since = Instant::now();
        let mut connection = self.acquire(DOING).await?;
        let known = self.observe(&mut connection, since).await?;
        Ok(known.frontier)
    }

    /// Reads some events, of all streams.
    pub(crate) async fn feed(&self, request: FeedRequest<'_>) -> Result<FeedRows, Error> {
        let after = request.after.to_i64();
        let nothing = |known: &Known| FeedRows::none(request.after, known.frontier, known.last);
        // Nobody needs a connection to learn again that nothing is new.
        let known = self.known_end(&request);
        if let Some(known) = known.filter(|known| known.frontier <= after) {
            return Ok(nothing(&known));
        }
        if request.limit >= scan::LARGE {
            let mut page = Filling::new(&request, self.event_size.likely());
            let scanned = self.scan(request, i64::MAX, &mut page).await?;
            self.event_size.see(&page);
            return Ok(page.finish(scanned.frontier, scanned.last));
        }
        let mut connection = self.acquire(DOING).await?;
        let mut known = self.end_of_feed(&mut connection, &request).await?;
        for _ in 0..ATTEMPTS {
            if known.frontier <= after {
                return Ok(nothing(&known));
            }
            if let Some(rows) = self.rows(&mut connection, &request, &known).await? {
                return Ok(rows);
            }
            known = self.observe_again(&mut connection).await?;
            request.check(known.last)?;
        }
        Err(led_astray())
    }

    /// What is known of the end of the feed, where that is new enough.
    fn known_end(&self, request: &FeedRequest<'_>) -> Option<Known> {
        let after = request.after.to_i64();
        self.frontiers.known().filter(|known| {
            let has_more = request.older_will_do && known.frontier > after;
            after <= known.last && (known.begun >= request.since || has_more)
        })
    }

    /// As [`Postgres::known_end`], and finds it out where it is not known.
    ///
    /// # Errors
    /// Where a reader has come further than that, too.
    pub(super) async fn end_of_feed(
        &self,
        connection: &mut PgConnection,
        request: &FeedRequest<'_>,
    ) -> Result<Known, Error> {
        let called = Instant::now();
        let mut known = match self.known_end(request) {
            Some(known) => known,
            None => self.observe(connection, request.since).await?,
        };
        if request.after.to_i64() > known.last {
            known = self.observe(connection, called).await?;
        }
        request.check(known.last)?;
        Ok(known)
    }

    /// `None` where what is known is of another server or table than this connection leads to.
    async fn rows(
        &self,
        connection: &mut PgConnection,
        request: &FeedRequest<'_>,
        known: &Known,
    ) -> Result<Option<FeedRows>, Error> {
        let home = Some(known.home);
        let page = self.page_up_to(connection, request, known.frontier, home);
        Ok(page
            .await?
            .map(|page| page.finish(known.frontier, known.last)))
    }

    /// Reads events up to a position up to which nothing can appear any more, as a transaction sees them.
    pub(crate) async fn feed_in(
        &self,
        connection: &mut PgConnection,
        request: FeedRequest<'_>,
        up_to: i64,
    ) -> Result<FeedRows, Error> {
        let page = self.page_up_to(connection, &request, up_to, None).await?;
        Ok(page.map_or_else(
            || FeedRows::none(request.after, up_to, up_to),
            |page| page.finish(up_to, up_to),
        ))
    }

    /// `None` where the connection does not lead to the home that is asked for.
    async fn page_up_to(
        &self,
        connection: &mut PgConnection,
        request: &FeedRequest<'_>,
        up_to: i64,
        home: Option<Home>,
    ) -> Result<Option<Filling>, Error> {
        let mut page = Filling::new(request, self.event_size.likely());
        let mut after = request.after.to_i64();
        while after < up_to && !page.is_full() {
            let part = self.part(connection, request, after..up_to, home, &mut page);
            let Some(last) = part.await? else {
                return Ok(None);
            };
            after = last;
        }
        self.event_size.see(&page);
        Ok(Some(page))
    }

    /// Reads on after the first of these positions, and answers the one up to which it did, unless the sink is full.
    pub(super) async fn part(
        &self,
        connection: &mut PgConnection,
        request: &FeedRequest<'_>,
        positions: Range<i64>,
        home: Option<Home>,
        sink: &mut dyn Sink,
    ) -> Result<Option<i64>, Error> {
        let during = during(DOING);
        let room = sink.room();
        let mut rows = sqlx::query(statement(&self.sql.feed))
            .bind(positions.start)
            .bind(positions.end)
            .bind(i64::from(request.limit.max(WINDOW)))
            .bind(request.tenant)
            .bind(request.types)
            .bind(request.categories)
            .bind(room)
            .fetch(connection);
        let (mut last, mut taken) = (positions.end, 0);
        while let Some(row) = rows.try_next().await.map_err(&during)? {
            if let Some(home) = home
                && Home::of(&row).map_err(&during)? != home
            {
                return Ok(None);
            }
            last = row.try_get(4).map_err(&during)?;
            if let Some(tenant) = row.try_get::<Option<&str>, _>(5).map_err(&during)? {
                let stream = row.try_get(6).map_err(&during)?;
                let aggregate = row.try_get(7).map_err(&during)?;
                let event = Columns {
                    row: &row,
                    first: EVENT,
                    doing: DOING,
                };
                sink.take(tenant, stream, aggregate, &event)?;
                taken += 1;
                if taken == room {
                    // There may be more than was asked for.
                    last = integer(&row, POSITION).map_err(&during)?;
                }
            }
            if sink.is_full() {
                break;
            }
        }
        Ok(Some(last))
    }
}

pub(super) fn led_astray() -> Error {
    Error::new(
        ErrorKind::Unreachable,
        "could not read the feed: connections go to different servers, or are lost again and again",
    )
    .with_hint("see that the address leads to one server, the primary")
}
