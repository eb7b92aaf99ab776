//! Loads of many callers in one statement.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::TryStreamExt;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use tokio::sync::oneshot;

use super::versions;
use crate::error::Error;
use crate::store::lanes::{Together, Width};
use crate::store::postgres::event_row::Reading;
use crate::store::postgres::reach::Reach;
use crate::store::postgres::{during, statement};
use crate::store::row::LoadRequest;
use crate::stream::StreamId;

/// How many statements that load are under way at a time, before others wait and are loaded together.
pub(in crate::store::postgres) const WIDTH: Width = Width {
    always: 2,
    beside_long: 0,
    beside_held: 0,
};

/// How many streams are loaded in one statement.
const STREAMS: usize = 64;

/// How many events of a stream are loaded together with others.
pub(super) const SHORT: i64 = 256;

/// What [`LOAD`](super::LOAD) answers, for many streams: each row begins with the number of the stream instead of a place, and the
/// events of a stream with more than `$5` of them are left out.
///
/// Each stream is looked up by itself (`limit 1`), so that no plan reads a table to its end.
pub(in crate::store::postgres) const LOAD_TOGETHER: &str = "
with asked as materialized (
    select tenant, stream, fingerprint, key, n
    from unnest((select $1::text[]), (select $2::text[]), (select $3::text[]), (select $4::text[]))
         with ordinality as a (tenant, stream, fingerprint, key, n)
),
head as materialized (
    select a.n, a.tenant, a.stream, s.version, s.aggregate, s.recorded_at, x.version as snapshot, x.state,
           (select json_build_object('first_version', c.first_version, 'last_version', c.last_version,
                                     'refusal', c.refusal::text)
            from {schema}.commands c
            where c.tenant = a.tenant and c.stream = a.stream and c.key = a.key) as outcome
    from asked a
    left join lateral (
        select s.version, s.aggregate, s.recorded_at
        from {schema}.streams s where s.tenant = a.tenant and s.stream = a.stream
        limit 1
    ) s on true
    left join lateral (
        select x.version, x.state
        from {schema}.snapshots x
        where x.tenant = a.tenant and x.stream = a.stream and x.fingerprint = a.fingerprint and x.version <= s.version
          and x.event_id = (
              select e.event_id from {schema}.events e
              where e.tenant = a.tenant and e.stream = a.stream and e.version = x.version
          )
        limit 1
    ) x on true
)
select n, recorded_at, outcome, state, coalesce(version, 0), coalesce(snapshot, 0), aggregate, 0, null::{payload}{no_record}
from head
union all (
    select h.n, null::timestamptz, null::json, null::json, {fact}{record}
    from head h
    cross join lateral (
        select {fact}{record}
        from {schema}.events e
        where e.tenant = h.tenant and e.stream = h.stream and e.version > coalesce(h.snapshot, 0)
        order by e.version
        limit $5
    ) e
    where coalesce(h.version, 0) - coalesce(h.snapshot, 0) <= $5
)
";

/// The same where no load asks for a snapshot or a command.
pub(in crate::store::postgres) const EVENTS_TOGETHER: &str = "
with head as materialized (
    select a.n, a.tenant, a.stream, s.version, s.aggregate, s.recorded_at
    from unnest((select $1::text[]), (select $2::text[])) with ordinality as a (tenant, stream, n)
    left join lateral (
        select s.version, s.aggregate, s.recorded_at
        from {schema}.streams s where s.tenant = a.tenant and s.stream = a.stream
        limit 1
    ) s on true
)
select n, recorded_at, null::json, null::json, coalesce(version, 0), 0::bigint, aggregate, 0, null::{payload}{no_record}
from head
union all (
    select h.n, null::timestamptz, null::json, null::json, {fact}{record}
    from head h
    cross join lateral (
        select {fact}{record}
        from {schema}.events e
        where e.tenant = h.tenant and e.stream = h.stream
        order by e.version
        limit $3
    ) e
    where coalesce(h.version, 0) <= $3
)
";

/// A load, and where its rows go.
pub(in crate::store::postgres) struct Ask {
    tenant: Arc<str>,
    stream: StreamId,
    fingerprint: Option<String>,
    key: Option<String>,
    facts_alone: bool,
    reply: oneshot::Sender<Result<Vec<PgRow>, Error>>,
}

impl Ask {
    /// A load of all there is, and its rows.
    pub(super) fn of(
        request: &LoadRequest<'_>,
    ) -> (Self, oneshot::Receiver<Result<Vec<PgRow>, Error>>) {
        let (reply, rows) = oneshot::channel();
        let ask = Ask {
            tenant: Arc::clone(request.tenant),
            stream: request.stream.clone(),
            fingerprint: request.fingerprint.map(str::to_owned),
            key: request.key.map(str::to_owned),
            facts_alone: request.facts_alone,
            reply,
        };
        (ask, rows)
    }

    fn is_of_events_alone(&self) -> bool {
        self.fingerprint.is_none() && self.key.is_none()
    }
}

/// Loads what callers ask for at the same time.
#[derive(Debug)]
pub(in crate::store::postgres) struct Loads {
    pub(in crate::store::postgres) reach: Arc<Reach>,
    pub(in crate::store::postgres) all: Reading,
    pub(in crate::store::postgres) events: Reading,
}

impl Together for Loads {
    type Ask = Ask;
    type Batch = Vec<Ask>;

    fn take(&self, waiting: &mut VecDeque<Ask>) -> Option<Vec<Ask>> {
        let some = waiting.len().min(STREAMS);
        (some > 0).then(|| waiting.drain(..some).collect())
    }

    async fn serve(&self, asks: Vec<Ask>) {
        match self.load(&asks).await {
            Ok(rows) => {
                for (ask, rows) in asks.into_iter().zip(rows) {
                    // Who does not listen any more needs no answer.
                    let _ = ask.reply.send(Ok(rows));
                }
            }
            Err(error) => {
                for ask in asks {
                    let _ = ask.reply.send(Err(error.again()));
                }
            }
        }
    }
}

impl Loads {
    async fn load(&self, asks: &[Ask]) -> Result<Vec<Vec<PgRow>>, Error> {
        let mut connection = self.reach.kept_or_acquire(super::DOING).await?;
        let rows = self.rows(&mut connection, asks).await;
        let rows = rows.map_err(during(super::DOING))?;
        self.reach.kept.put(connection);
        Ok(rows)
    }

    async fn rows(
        &self,
        connection: &mut PgConnection,
        asks: &[Ask],
    ) -> Result<Vec<Vec<PgRow>>, sqlx::Error> {
        let facts_alone = asks.iter().all(|ask| ask.facts_alone);
        let streams = |reading: &Reading| {
            let of = |text: fn(&Ask) -> &str| asks.iter().map(text).collect::<Vec<_>>();
            sqlx::query(statement(reading.asked(facts_alone)))
                .bind(of(|ask| &ask.tenant))
                .bind(of(|ask| ask.stream.as_str()))
        };
        let query = if asks.iter().all(Ask::is_of_events_alone) {
            streams(&self.events)
        } else {
            let of = |text: fn(&Ask) -> Option<&str>| asks.iter().map(text).collect::<Vec<_>>();
            streams(&self.all)
                .bind(of(|ask| ask.fingerprint.as_deref()))
                .bind(of(|ask| ask.key.as_deref()))
        };
        let mut rows = query.bind(SHORT).fetch(connection);
        let mut of_each: Vec<Vec<PgRow>> = asks.iter().map(|_| Vec::new()).collect();
        while let Some(row) = rows.try_next().await? {
            let ordinal: i64 = row.try_get_unchecked(0)?;
            let place = usize::try_from(ordinal - 1).ok();
            if let Some(rows) = place.and_then(|place| of_each.get_mut(place)) {
                if rows.is_empty() {
                    rows.reserve_exact(1 + events(&row)?);
                }
                rows.push(row);
            }
        }
        Ok(of_each)
    }
}

/// How many events follow the head of a stream.
fn events(head: &PgRow) -> Result<usize, sqlx::Error> {
    let (version, snapshot) = versions(head)?;
    let events = Some(version.saturating_sub(snapshot)).filter(|&events| events <= SHORT);
    Ok(events
        .and_then(|events| usize::try_from(events).ok())
        .unwrap_or(0))
}
