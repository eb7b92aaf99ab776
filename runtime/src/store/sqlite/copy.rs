//! Stores events as they were recorded elsewhere.

use std::collections::HashMap;

use serde_json::{Value, json};
use sqlx::{Row as _, SqliteConnection};

use super::{Sqlite, during, event, time};
use crate::error::Error;
use crate::store::copy::{Copied, Found, Move, Plan, Refused, check_standing, plan};

const DOING: &str = "copy events";

/// One row for each place that is asked for, in their order.
const STANDING: &str = concat!(
    "
select ",
    fact!(),
    record!(),
    "
from json_each(?2) a
left join annals_events e
    on e.tenant = ?1 and e.stream = json_extract(a.value, '$[0]') and e.version = json_extract(a.value, '$[1]')
order by a.key
"
);

impl Sqlite {
    /// Stores those of the events that do not stand yet, in their order: all of them or none. Answers how many.
    pub(crate) async fn copy(&self, tenant: &str, copied: &[Copied]) -> Result<usize, Refused> {
        let mut transaction = self
            .writer
            .begin_with("begin immediate")
            .await
            .map_err(during(DOING))?;
        let found = found(&mut transaction, tenant, copied).await?;
        let mut plan = plan(copied, &found);
        check_all(&mut transaction, tenant, copied, &plan).await?;
        if let Some(refused) = plan.refused.take() {
            return Err(refused);
        }
        for head in &plan.moves {
            move_on(&mut transaction, tenant, head).await?;
        }
        for one in plan.fresh.iter().filter_map(|&at| copied.get(at)) {
            insert(&mut transaction, tenant, one).await?;
        }
        transaction.commit().await.map_err(during(DOING))?;
        Ok(plan.fresh.len())
    }
}

async fn found(
    connection: &mut SqliteConnection,
    tenant: &str,
    copied: &[Copied],
) -> Result<HashMap<String, Found>, Error> {
    let mut names: Vec<_> = copied.iter().map(|one| one.stream.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let rows = sqlx::query(
        "select stream, aggregate, version, recorded_at, archived from annals_streams
         where tenant = ? and stream in (select value from json_each(?))",
    )
    .bind(tenant)
    .bind(Value::from(names).to_string())
    .fetch_all(connection)
    .await
    .map_err(during(DOING))?;
    let rows = rows.iter().map(|row| {
        let found = Found {
            aggregate: row.try_get(1)?,
            version: row.try_get(2)?,
            recorded_at: time::read(row.try_get(3)?)?,
            archived: row.try_get(4)?,
        };
        Ok((row.try_get(0)?, found))
    });
    rows.collect::<Result<_, sqlx::Error>>()
        .map_err(during(DOING))
}

async fn check_all(
    connection: &mut SqliteConnection,
    tenant: &str,
    copied: &[Copied],
    plan: &Plan<'_>,
) -> Result<(), Refused> {
    if plan.standing.is_empty() {
        return Ok(());
    }
    let standing = plan.standing.iter().filter_map(|&at| copied.get(at));
    let places: Vec<_> = standing
        .map(|one| json!([one.stream.as_str(), one.version.to_i64()]))
        .collect();
    let rows = sqlx::query(STANDING)
        .bind(tenant)
        .bind(Value::from(places).to_string())
        .fetch_all(connection)
        .await
        .map_err(during(DOING))?;
    for (row, &at) in rows.iter().zip(&plan.standing) {
        let is_there: Option<i64> = row.try_get(0).map_err(during(DOING))?;
        let stands = is_there.map(|_| event(row, 0)).transpose();
        let stands = stands.map_err(during(DOING))?;
        check_standing(copied, at, stands.as_ref(), false)?;
    }
    Ok(())
}

async fn move_on(
    connection: &mut SqliteConnection,
    tenant: &str,
    head: &Move<'_>,
) -> Result<(), Error> {
    sqlx::query(
        "insert into annals_streams (tenant, stream, aggregate, version, recorded_at) values (?, ?, ?, ?, ?)
         on conflict do update set version = excluded.version, recorded_at = excluded.recorded_at,
                                   aggregate = excluded.aggregate",
    )
    .bind(tenant)
    .bind(head.stream.as_str())
    .bind(head.stream.category())
    .bind(head.version)
    .bind(time::write(head.recorded_at))
    .execute(connection)
    .await
    .map_err(during(DOING))?;
    Ok(())
}

async fn insert(
    connection: &mut SqliteConnection,
    tenant: &str,
    one: &Copied,
) -> Result<(), Error> {
    let row = &one.row;
    sqlx::query(
        "insert into annals_events (tenant, stream, version, event_id, event_type, schema_version, payload, metadata,
                                    correlation, recorded_at, occurred_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(tenant)
    .bind(one.stream.as_str())
    .bind(one.version.to_i64())
    .bind(row.event_id.to_string())
    .bind(&*row.event_type)
    .bind(row.schema_version)
    .bind(&row.payload)
    .bind(&row.metadata)
    .bind(&row.correlation)
    .bind(time::write(one.recorded_at))
    .bind(time::write(one.occurred_at()))
    .execute(connection)
    .await
    .map_err(during(DOING))?;
    Ok(())
}
