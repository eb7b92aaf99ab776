//! Reads the events of a stream.

use futures_util::TryStreamExt;
use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::{Postgres, during, event, json, statement};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::row::{LoadRequest, Loaded, Outcome, Page, StoredHead};

/// The head, the usable snapshot and the outcome of a command in the first row; the events after the snapshot in the
/// others. One statement, so that all of it is of one moment.
///
/// The order of the two parts is that in which PostgreSQL runs them, and each event's place is checked when it is folded.
/// An order over the whole would have the server sort, and write out, what the index hands it in order.
///
/// A snapshot is usable where its fingerprint is the asked one, and the event at its version is the one it was made at.
pub(super) const LOAD: &str = "
with head as materialized (
    select s.version, s.aggregate, n.version as snapshot, n.state,
           (select json_build_object('first_version', c.first_version, 'last_version', c.last_version,
                                     'refusal', c.refusal::text)
            from {schema}.commands c
            where c.tenant = $1 and c.stream = $2 and c.key = $4) as outcome
    from (select) one
    left join {schema}.streams s on s.tenant = $1 and s.stream = $2
    left join {schema}.snapshots n
        on n.tenant = $1 and n.stream = $2 and n.fingerprint = $3 and n.version <= least(s.version, $5)
        and exists (
            select from {schema}.events e
            where e.tenant = $1 and e.stream = $2 and e.version = n.version and e.event_id = n.event_id
              and ($6::timestamptz is null or e.recorded_at <= $6)
        )
)
select 0::bigint as place, coalesce(version, 0) as version, coalesce(snapshot, 0) as position, null::uuid as event_id,
       aggregate as event_type, 0 as schema_version, null::{payload} as payload, outcome as metadata,
       null::text as correlation, null::timestamptz as recorded_at, null::timestamptz as occurred_at, state
from head
union all (
    select e.version, e.version, e.position, e.event_id, e.event_type, e.schema_version, e.payload, e.metadata,
           e.correlation, e.recorded_at, e.occurred_at, null::json
    from {schema}.events e
    where e.tenant = $1 and e.stream = $2 and e.version > coalesce((select snapshot from head), 0) and e.version <= $5
      and ($6::timestamptz is null or e.recorded_at <= $6)
    order by e.version
)
";

/// Each row begins with the version of the stream as its own row has it; where there is no event, it is the only row.
pub(super) const PAGE: &str = "
select coalesce(s.version, 0), e.version, position, event_id, event_type, schema_version, payload, metadata, correlation,
       e.recorded_at, occurred_at
from (select) one
left join {schema}.streams s on s.tenant = $1 and s.stream = $2
left join {schema}.events e on e.tenant = $1 and e.stream = $2 and e.version between $3 and $4
order by e.version
limit $5
";

pub(super) const PAGE_BACKWARDS: &str = "
select coalesce(s.version, 0), e.version, position, event_id, event_type, schema_version, payload, metadata, correlation,
       e.recorded_at, occurred_at
from (select) one
left join {schema}.streams s on s.tenant = $1 and s.stream = $2
left join {schema}.events e on e.tenant = $1 and e.stream = $2 and e.version between $3 and $4
order by e.version desc
limit $5
";

impl Postgres {
    /// Hands the head and then each event to `each`, as they arrive: what was handed on takes no memory any more.
    pub(crate) async fn load(
        &self,
        request: LoadRequest<'_>,
        each: &mut (dyn FnMut(Loaded<'_>) -> Result<(), Error> + Send),
    ) -> Result<(), Error> {
        const DOING: &str = "load a stream";
        let during = during(DOING);
        let mut connection = self.acquire(DOING).await?;
        let mut rows = sqlx::query(statement(&self.sql.load))
            .bind(&**request.tenant)
            .bind(request.stream.as_str())
            .bind(request.fingerprint)
            .bind(request.key)
            .bind(request.up_to.map_or(i64::MAX, |version| version.to_i64()))
            .bind(request.recorded_until)
            .fetch(&mut *connection);
        while let Some(row) = rows.try_next().await.map_err(&during)? {
            let place: i64 = row.try_get("place").map_err(&during)?;
            let loaded = if place == 0 {
                Loaded::Head(head(&row).map_err(&during)?)
            } else {
                Loaded::Event(event(&row, 1).map_err(&during)?)
            };
            each(loaded)?;
        }
        Ok(())
    }

    /// Reads some events of a stream, and its version.
    pub(crate) async fn page(&self, page: Page<'_>) -> Result<(u64, Vec<RecordedEvent>), Error> {
        let mut connection = self.acquire("read a stream").await?;
        self.page_in(&mut connection, page).await
    }

    /// As [`Postgres::page`], as a transaction sees it.
    pub(crate) async fn page_in(
        &self,
        connection: &mut PgConnection,
        page: Page<'_>,
    ) -> Result<(u64, Vec<RecordedEvent>), Error> {
        let during = during("read a stream");
        let sql = if page.backwards {
            &self.sql.page_backwards
        } else {
            &self.sql.page
        };
        let rows = sqlx::query(statement(sql))
            .bind(&**page.tenant)
            .bind(page.stream.as_str())
            .bind(page.from.to_i64())
            .bind(page.to.to_i64())
            .bind(i64::from(page.limit))
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        let mut events = Vec::with_capacity(rows.len());
        let mut head = 0_i64;
        for row in &rows {
            head = row.try_get(0).map_err(&during)?;
            if row.try_get::<Option<i64>, _>(1).map_err(&during)?.is_some() {
                let event = event(row, 1).map_err(&during)?;
                events.push(event.to_owned(page.tenant, page.stream)?);
            }
        }
        Ok((head.unsigned_abs(), events))
    }
}

fn head(row: &sqlx::postgres::PgRow) -> Result<StoredHead<'_>, sqlx::Error> {
    let snapshot: i64 = row.try_get("position")?;
    let outcome = json(row, 7)?
        .map(serde_json::from_slice::<Outcome>)
        .transpose();
    Ok(StoredHead {
        version: row.try_get("version")?,
        aggregate: row.try_get(4)?,
        snapshot: json(row, 11)?.map(|state| (snapshot, state)),
        outcome: outcome.map_err(|error| sqlx::Error::Decode(error.into()))?,
    })
}
