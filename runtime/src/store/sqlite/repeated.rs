//! Looks for the events of an append among those that stand already.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Sqlite, during, time};
use crate::append::{Group, Head, Place, Receipt};
use crate::error::Error;

impl Sqlite {
    /// The receipt of the first time, where all events of the group stand already, at the versions where this append
    /// would put them.
    pub(super) async fn repeated(
        &self,
        connection: &mut SqliteConnection,
        group: &Group,
    ) -> Result<Option<Receipt>, Error> {
        let mut streams = Vec::with_capacity(group.heads.len());
        for head in &group.heads {
            match head.answered(&places(connection, &group.tenant, head).await?) {
                Some(appended) => streams.push(appended),
                None => return Ok(None),
            }
        }
        Ok(Receipt::of_repetition(streams))
    }
}

async fn places(
    connection: &mut SqliteConnection,
    tenant: &str,
    head: &Head,
) -> Result<Vec<Place>, Error> {
    let during = during("look for a repeated append");
    let (after, up_to) = head.range();
    let ids: Vec<_> = head
        .rows
        .iter()
        .map(|row| row.event_id.to_string())
        .collect();
    let rows = sqlx::query(
        "select version, position, event_id, recorded_at from annals_events
         where tenant = ? and stream = ? and version > ? and version <= ?
           and event_id in (select value from json_each(?))
         order by version",
    )
    .bind(tenant)
    .bind(head.stream.as_str())
    .bind(after)
    .bind(up_to)
    .bind(serde_json::Value::from(ids).to_string())
    .fetch_all(connection)
    .await
    .map_err(&during)?;
    rows.iter()
        .map(place)
        .collect::<Result<_, _>>()
        .map_err(during)
}

fn place(row: &SqliteRow) -> Result<Place, sqlx::Error> {
    Ok(Place {
        version: row.try_get(0)?,
        position: row.try_get(1)?,
        event_id: super::event_id(row, 2)?,
        recorded_at: time::read(row.try_get(3)?)?,
    })
}
