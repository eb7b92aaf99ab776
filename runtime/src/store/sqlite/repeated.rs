//! Tells the repetition of an append from a conflict.

use sqlx::{Row, SqliteConnection};

use super::{Sqlite, during, integer, time};
use crate::append::{Appended, Expected, Group, Head, Receipt};
use crate::error::Error;
use crate::stream::{Position, Version};

impl Sqlite {
    /// The receipt of the first time, where all events of the group stand already, at the versions where this append
    /// would put them.
    pub(super) async fn repeated(
        &self,
        connection: &mut SqliteConnection,
        tenant: &str,
        group: &Group,
    ) -> Result<Option<Receipt>, Error> {
        let mut streams = Vec::with_capacity(group.heads.len());
        for head in &group.heads {
            match standing(connection, tenant, head).await? {
                Some(appended) => streams.push(appended),
                None => return Ok(None),
            }
        }
        let is_any_event = streams.iter().any(|stream| !stream.positions.is_empty());
        Ok(is_any_event.then_some(Receipt {
            streams,
            repeated: true,
        }))
    }
}

async fn standing(
    connection: &mut SqliteConnection,
    tenant: &str,
    head: &Head,
) -> Result<Option<Appended>, Error> {
    let during = during("look for a repeated append");
    let count = head.rows.len() as u64;
    let (after, up_to) = match head.expected {
        Expected::Exact(version) => (
            integer(version.get()),
            integer(version.get().saturating_add(count)),
        ),
        Expected::NoStream => (0, integer(count)),
        Expected::Any | Expected::Exists => (0, i64::MAX),
    };
    let mut appended = Appended {
        stream: head.stream.clone(),
        version: Version::new(after.unsigned_abs()),
        positions: Vec::new(),
        recorded_at: None,
    };
    if head.rows.is_empty() {
        // A guard held when the append was stored; what became of its stream since says nothing.
        return Ok(Some(appended));
    }
    for row in &head.rows {
        let found = sqlx::query(
            "select version, position, recorded_at from annals_events
             where tenant = ? and stream = ? and version > ? and version <= ? and event_id = ?",
        )
        .bind(tenant)
        .bind(head.stream.as_str())
        .bind(after)
        .bind(up_to)
        .bind(row.event_id.to_string())
        .fetch_optional(&mut *connection)
        .await
        .map_err(&during)?;
        let Some(found) = found else { return Ok(None) };
        let version: i64 = found.try_get(0).map_err(&during)?;
        let position: i64 = found.try_get(1).map_err(&during)?;
        let version = Version::new(version.unsigned_abs());
        if version <= appended.version {
            // They stand in another order.
            return Ok(None);
        }
        appended.version = version;
        appended
            .positions
            .push(Position::new(position.unsigned_abs()));
        appended.recorded_at =
            Some(time::read(found.try_get(2).map_err(&during)?).map_err(&during)?);
    }
    Ok(Some(appended))
}
