//! Stores events as they were recorded elsewhere.

use std::collections::HashMap;

use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use super::{Postgres, during, event, statement};
use crate::error::{Error, ErrorKind};
use crate::store::copy::{Copied, Found, Plan, Refused, check_standing, plan};

const DOING: &str = "copy events";

/// How often events are tried again whose streams others were making at the same moment.
const TORN_ATTEMPTS: u32 = 3;

/// Existing streams are locked in one order, the one of an append, so that nobody waits in a circle.
pub(super) const HEADS: &str = "
select stream, aggregate, version, recorded_at, archived
from {schema}.streams
where tenant = $1 and stream = any($2)
order by tenant, stream
for no key update
";

/// One row for each place that is asked for, in their order.
pub(super) const STANDING: &str = "
select {event}
from unnest((select $2::text[]), (select $3::bigint[])) with ordinality as a (stream, version, nth)
left join {schema}.events e on e.tenant = $1 and e.stream = a.stream and e.version = a.version
order by a.nth
";

/// Positions are taken by the statement that inserts, in the order of the arrays: the feed relies on it.
pub(super) const COPY: &str = "
with asked as materialized (
    select stream, aggregate, version, recorded_at, is_new
    from unnest((select $2::text[]), (select $3::text[]), (select $4::bigint[]), (select $5::timestamptz[]),
                (select $6::boolean[])) as a (stream, aggregate, version, recorded_at, is_new)
),
created as (
    insert into {schema}.streams (tenant, stream, aggregate, version, recorded_at)
    select $1, stream, aggregate, version, recorded_at from asked where is_new
    order by stream
    on conflict do nothing
    returning stream
),
advanced as (
    update {schema}.streams s set version = a.version, recorded_at = a.recorded_at, aggregate = a.aggregate
    from asked a
    where s.tenant = $1 and s.stream = a.stream and not a.is_new
    returning s.stream
),
moved as materialized (
    select stream from created union all select stream from advanced
),
stored as (
    insert into {schema}.events (position, tenant, stream, version, event_id, event_type, schema_version, payload,
                                 metadata, correlation, recorded_at, occurred_at)
    select nextval('{schema}.event_position'), $1, stream, version, event_id, event_type, schema_version, payload,
           metadata, correlation, recorded_at, occurred_at
    from (
        select e.stream, e.version, e.event_id, e.event_type, e.schema_version, e.payload::json as payload,
               e.metadata::json as metadata, e.correlation, e.recorded_at, e.occurred_at
        from unnest((select $7::text[]), (select $8::bigint[]), (select $9::uuid[]), (select $10::text[]),
                    (select $11::integer[]), (select $12::text[]), (select $13::text[]), (select $14::text[]),
                    (select $15::timestamptz[]), (select $16::timestamptz[])) with ordinality
             as e (stream, version, event_id, event_type, schema_version, payload, metadata, correlation, recorded_at,
                   occurred_at, nth)
        join moved using (stream)
        order by e.nth
    ) ordered
    returning position
)
select (select count(*) from moved) as moved, (select count(*) from stored) as stored
";

impl Postgres {
    /// Stores those of the events that do not stand yet, in their order: all of them or none. Answers how many.
    pub(crate) async fn copy(&self, tenant: &str, copied: &[Copied]) -> Result<usize, Refused> {
        for _ in 0..TORN_ATTEMPTS {
            let mut transaction = self.begin().await?;
            let found = self.found(&mut transaction, tenant, copied).await?;
            let mut plan = plan(copied, &found);
            self.check_all(&mut transaction, tenant, copied, &plan)
                .await?;
            if let Some(refused) = plan.refused.take() {
                return Err(refused);
            }
            let is_whole = plan.fresh.is_empty()
                || self.store(&mut transaction, tenant, copied, &plan).await?;
            if is_whole {
                transaction.commit().await.map_err(during(DOING))?;
                return Ok(plan.fresh.len());
            }
            transaction.rollback().await.map_err(during(DOING))?;
        }
        Err(Error::new(
            ErrorKind::Busy,
            "others made the streams that were copied, again and again",
        )
        .with_hint("copy again, while nobody else writes to these streams")
        .into())
    }

    async fn found(
        &self,
        connection: &mut PgConnection,
        tenant: &str,
        copied: &[Copied],
    ) -> Result<HashMap<String, Found>, Error> {
        let mut names: Vec<_> = copied.iter().map(|one| one.stream.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let rows = sqlx::query(statement(&self.sql.copy_heads))
            .bind(tenant)
            .bind(names)
            .fetch_all(connection)
            .await
            .map_err(during(DOING))?;
        let rows = rows.iter().map(|row| {
            let found = Found {
                aggregate: row.try_get(1)?,
                version: row.try_get(2)?,
                recorded_at: row.try_get(3)?,
                archived: row.try_get(4)?,
            };
            Ok((row.try_get(0)?, found))
        });
        rows.collect::<Result<_, sqlx::Error>>()
            .map_err(during(DOING))
    }

    async fn check_all(
        &self,
        connection: &mut PgConnection,
        tenant: &str,
        copied: &[Copied],
        plan: &Plan<'_>,
    ) -> Result<(), Refused> {
        if plan.standing.is_empty() {
            return Ok(());
        }
        let standing = || plan.standing.iter().filter_map(|&at| copied.get(at));
        let rows = sqlx::query(statement(&self.sql.copy_standing))
            .bind(tenant)
            .bind(
                standing()
                    .map(|one| one.stream.as_str())
                    .collect::<Vec<_>>(),
            )
            .bind(
                standing()
                    .map(|one| one.version.to_i64())
                    .collect::<Vec<_>>(),
            )
            .fetch_all(connection)
            .await
            .map_err(during(DOING))?;
        for (row, &at) in rows.iter().zip(&plan.standing) {
            let is_there: Option<i64> = row.try_get(0).map_err(during(DOING))?;
            let stands = is_there.map(|_| event(row, 0)).transpose();
            let stands = stands.map_err(during(DOING))?;
            check_standing(copied, at, stands.as_ref(), self.is_jsonb)?;
        }
        Ok(())
    }

    /// Whether all of it was stored; not so where a stream appeared since it was looked for.
    async fn store(
        &self,
        connection: &mut PgConnection,
        tenant: &str,
        copied: &[Copied],
        plan: &Plan<'_>,
    ) -> Result<bool, Error> {
        let moves = || plan.moves.iter();
        let fresh = || plan.fresh.iter().filter_map(|&at| copied.get(at));
        let schema_version =
            |one: &Copied| i32::try_from(one.row.schema_version).unwrap_or(i32::MAX);
        let row = sqlx::query(statement(&self.sql.copy))
            .bind(tenant)
            .bind(moves().map(|head| head.stream.as_str()).collect::<Vec<_>>())
            .bind(
                moves()
                    .map(|head| head.stream.category())
                    .collect::<Vec<_>>(),
            )
            .bind(moves().map(|head| head.version).collect::<Vec<_>>())
            .bind(moves().map(|head| head.recorded_at).collect::<Vec<_>>())
            .bind(moves().map(|head| head.is_new).collect::<Vec<_>>())
            .bind(fresh().map(|one| one.stream.as_str()).collect::<Vec<_>>())
            .bind(fresh().map(|one| one.version.to_i64()).collect::<Vec<_>>())
            .bind(fresh().map(|one| one.row.event_id).collect::<Vec<_>>())
            .bind(fresh().map(|one| &*one.row.event_type).collect::<Vec<_>>())
            .bind(fresh().map(schema_version).collect::<Vec<_>>())
            .bind(
                fresh()
                    .map(|one| one.row.payload.as_str())
                    .collect::<Vec<_>>(),
            )
            .bind(
                fresh()
                    .map(|one| one.row.metadata.as_deref())
                    .collect::<Vec<_>>(),
            )
            .bind(
                fresh()
                    .map(|one| one.row.correlation.as_deref())
                    .collect::<Vec<_>>(),
            )
            .bind(fresh().map(|one| one.recorded_at).collect::<Vec<_>>())
            .bind(fresh().map(Copied::occurred_at).collect::<Vec<_>>())
            .fetch_one(connection)
            .await
            .map_err(during(DOING))?;
        let count = |column| -> Result<i64, Error> { row.try_get(column).map_err(during(DOING)) };
        let is_all = |count: i64, of: usize| usize::try_from(count).is_ok_and(|count| count == of);
        Ok(is_all(count(0)?, plan.moves.len()) && is_all(count(1)?, plan.fresh.len()))
    }
}
