//! Tells the repetition of an append from a conflict.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::append::{Appended, Expected, Group, Head, Receipt};
use crate::error::Error;
use crate::store::postgres::{Postgres, during, statement};
use crate::stream::{Position, Version};

pub(in crate::store::postgres) const REPEATED: &str = "
select version, position, event_id, recorded_at
from {schema}.events
where tenant = $1 and stream = $2 and version > $3 and version <= $4 and event_id = any($5)
order by version
";

impl Postgres {
    /// The receipt of the first time, where all events of the group stand already, at the versions where this append
    /// would put them.
    pub(super) async fn repeated(
        &self,
        connection: &mut PgConnection,
        tenant: &str,
        group: &Group,
    ) -> Result<Option<Receipt>, Error> {
        let mut streams = Vec::with_capacity(group.heads.len());
        for head in &group.heads {
            match self.standing(connection, tenant, head).await? {
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

    async fn standing(
        &self,
        connection: &mut PgConnection,
        tenant: &str,
        head: &Head,
    ) -> Result<Option<Appended>, Error> {
        let during = during("look for a repeated append");
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let (after, up_to) = match head.expected {
            Expected::Exact(version) => (
                number(version.get()),
                number(version.get().saturating_add(head.rows.len() as u64)),
            ),
            Expected::NoStream => (0, number(head.rows.len() as u64)),
            Expected::Any | Expected::Exists => (0, i64::MAX),
        };
        if head.rows.is_empty() {
            // A guard held when the append was stored; what became of its stream since says nothing.
            let version = Version::new(after.unsigned_abs());
            return Ok(Some(Appended {
                stream: head.stream.clone(),
                version,
                positions: Vec::new(),
                recorded_at: None,
            }));
        }
        let ids: Vec<Uuid> = head.rows.iter().map(|row| row.event_id).collect();
        let rows = sqlx::query(statement(&self.sql.repeated))
            .bind(tenant)
            .bind(head.stream.as_str())
            .bind(after)
            .bind(up_to)
            .bind(&ids)
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        let mut appended = Appended {
            stream: head.stream.clone(),
            version: Version::default(),
            positions: Vec::new(),
            recorded_at: None,
        };
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            found.push(row.try_get::<Uuid, _>("event_id").map_err(&during)?);
            let version: i64 = row.try_get("version").map_err(&during)?;
            let position: i64 = row.try_get("position").map_err(&during)?;
            let recorded_at: DateTime<Utc> = row.try_get("recorded_at").map_err(&during)?;
            appended.version = Version::new(version.unsigned_abs());
            appended
                .positions
                .push(Position::new(position.unsigned_abs()));
            appended.recorded_at = Some(recorded_at);
        }
        Ok((found == ids).then_some(appended))
    }
}
