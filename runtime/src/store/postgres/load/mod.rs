//! Loads a stream: its head, the usable snapshot, and the events after it.

mod page;
mod together;

use futures_util::TryStreamExt;
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

pub(super) use page::{PAGE, PAGE_BACKWARDS};
pub(super) use together::{EVENTS_TOGETHER, LOAD_TOGETHER, Loads, WIDTH};

use super::event_row::{Binary, Columns, optional_time};
use super::{Postgres, during, statement};
use crate::error::Error;
use crate::store::lanes::Lane;
use crate::store::row::{LoadRequest, Loaded, Outcome, StoredHead};
use together::{Ask, SHORT};

const DOING: &str = "load a stream";

/// Where the columns of an event begin.
const FACT: usize = 4;

/// The head, the usable snapshot and the outcome of a command in the first row; the events after the snapshot in the
/// others. In the first row, the columns of an event hold the version, that of the snapshot, and the aggregate. One statement, so that all of it is of one moment.
///
/// The order of the two parts is that in which PostgreSQL runs them, and each event's place is checked when it is folded.
/// An order over the whole would have the server sort, and write out, what the index hands it in order.
///
/// A snapshot is usable where its fingerprint is the asked one, and the event at its version is the one it was made at. That event
/// is asked for as a value, which no plan turns into a join with all events of the stream.
pub(super) const LOAD: &str = "
with head as materialized (
    select s.version, s.aggregate, s.recorded_at, n.version as snapshot, n.state,
           (select json_build_object('first_version', c.first_version, 'last_version', c.last_version,
                                     'refusal', c.refusal::text)
            from {schema}.commands c
            where c.tenant = $1 and c.stream = $2 and c.key = $4) as outcome
    from (select) one
    left join {schema}.streams s on s.tenant = $1 and s.stream = $2
    left join {schema}.snapshots n
        on n.tenant = $1 and n.stream = $2 and n.fingerprint = $3 and n.version <= least(s.version, $5)
        and n.event_id = (
            select e.event_id from {schema}.events e
            where e.tenant = $1 and e.stream = $2 and e.version = n.version
              and ($6::timestamptz is null or e.recorded_at <= $6)
        )
)
select 0::bigint as place, recorded_at, outcome, state, coalesce(version, 0), coalesce(snapshot, 0), aggregate, 0,
       null::{payload}{no_record}
from head
union all (
    select e.version, null::timestamptz, null::json, null::json, {fact}{record}
    from {schema}.events e
    where e.tenant = $1 and e.stream = $2 and e.version > coalesce((select snapshot from head), 0) and e.version <= $5
      and ($6::timestamptz is null or e.recorded_at <= $6)
    order by e.version
)
";

/// The same where there is neither a snapshot nor a command to look for, and all events are asked for: two thirds of the work.
pub(super) const LOAD_EVENTS: &str = "
select 0::bigint as place, s.recorded_at, null::json, null::json, coalesce(s.version, 0), 0::bigint, s.aggregate, 0,
       null::{payload}{no_record}
from (select) one
left join {schema}.streams s on s.tenant = $1 and s.stream = $2
union all (
    select e.version, null::timestamptz, null::json, null::json, {fact}{record}
    from {schema}.events e
    where e.tenant = $1 and e.stream = $2
    order by e.version
)
";

/// What is done with each row.
type Each<'e> = dyn FnMut(Loaded<'_>) -> Result<(), Error> + Send + 'e;

impl Postgres {
    /// Hands the head and then each event to `each`.
    ///
    /// Loads that come while others are under way are done together, in one statement. One that reads a long stream does
    /// not hold the others up: its rows are handed on as they arrive, and what was handed on takes no memory any more.
    pub(crate) async fn load(
        &self,
        request: LoadRequest<'_>,
        each: &mut Each<'_>,
    ) -> Result<(), Error> {
        if request.up_to.is_some() || request.recorded_until.is_some() {
            return self.load_alone(request, each, None).await;
        }
        if let Some(lane) = self.loads.enter() {
            return self.load_alone(request, each, Some(lane)).await;
        }
        let (ask, rows) = Ask::of(&request);
        self.loads.ask([ask]).done().await;
        // Where nobody answers any more, nobody but this caller is left.
        let Ok(rows) = rows.await else {
            return self.load_alone(request, each, None).await;
        };
        let rows = rows?;
        let mut rows = rows.iter();
        let Some(first) = rows.next() else {
            return self.load_alone(request, each, None).await;
        };
        let first = head(first).map_err(during(DOING))?;
        let snapshot = first.snapshot.map_or(0, |(version, _)| version);
        if first.version - snapshot > SHORT {
            return self.load_alone(request, each, None).await;
        }
        each(Loaded::Head(first))?;
        for row in rows {
            each(Loaded::Event(&columns(row)))?;
        }
        Ok(())
    }

    /// Loads in a statement of its own. The lane is given back once the stream turns out to be long.
    async fn load_alone(
        &self,
        request: LoadRequest<'_>,
        each: &mut Each<'_>,
        mut lane: Option<Lane<Loads>>,
    ) -> Result<(), Error> {
        let mut connection = self.reach.kept_or_acquire(DOING).await?;
        let mut each = |loaded: Loaded<'_>| {
            if lane.is_some()
                && let Loaded::Event(event) = &loaded
                && event.fact()?.version % SHORT == 0
            {
                drop(lane.take());
            }
            each(loaded)
        };
        self.load_in(&mut connection, request, &mut each).await?;
        self.reach.kept.put(connection);
        Ok(())
    }

    /// As [`Postgres::load`], as a transaction sees it.
    pub(crate) async fn load_in(
        &self,
        connection: &mut PgConnection,
        request: LoadRequest<'_>,
        each: &mut Each<'_>,
    ) -> Result<(), Error> {
        let during = during(DOING);
        let of_stream = |sql| {
            sqlx::query(statement(sql))
                .bind(&**request.tenant)
                .bind(request.stream.as_str())
        };
        let query = if request.is_of_events_alone() {
            of_stream(self.sql.load_events.asked(request.facts_alone))
        } else {
            of_stream(self.sql.load.asked(request.facts_alone))
                .bind(request.fingerprint)
                .bind(request.key)
                .bind(request.up_to.map_or(i64::MAX, |version| version.to_i64()))
                .bind(request.recorded_until)
        };
        let mut rows = query.fetch(connection);
        while let Some(row) = rows.try_next().await.map_err(&during)? {
            let place: i64 = row.try_get_unchecked(0).map_err(&during)?;
            if place == 0 {
                each(Loaded::Head(head(&row).map_err(&during)?))?;
            } else {
                each(Loaded::Event(&columns(&row)))?;
            }
        }
        Ok(())
    }
}

/// The version of the stream and that of its snapshot, in the first row.
fn versions(row: &PgRow) -> Result<(i64, i64), sqlx::Error> {
    Ok((
        row.try_get_unchecked(FACT)?,
        row.try_get_unchecked(FACT + 1)?,
    ))
}

fn columns(row: &PgRow) -> Columns<'_, PgRow> {
    Columns {
        row,
        first: FACT,
        doing: DOING,
    }
}

fn head(row: &PgRow) -> Result<StoredHead<'_>, sqlx::Error> {
    let (version, snapshot) = versions(row)?;
    let outcome = row
        .json(2)?
        .map(serde_json::from_slice::<Outcome>)
        .transpose();
    Ok(StoredHead {
        version,
        // The row of a stream without events holds its place, and was made at a time that says nothing.
        recorded_at: optional_time(row, 1)?.filter(|_| version > 0),
        aggregate: row.try_get_unchecked(FACT + 2)?,
        snapshot: row.json(3)?.map(|state| (snapshot, state)),
        outcome: outcome.map_err(|error| sqlx::Error::Decode(error.into()))?,
    })
}
