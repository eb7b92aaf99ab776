//! Looks for the events of an append among those that stand already.

use sqlx::Row;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::append::{Group, Head, Place, Receipt};
use crate::error::Error;
use crate::store::postgres::event_row::time;
use crate::store::postgres::{Postgres, during, statement};

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
        group: &Group,
    ) -> Result<Option<Receipt>, Error> {
        let mut streams = Vec::with_capacity(group.heads.len());
        for head in &group.heads {
            match head.answered(&self.places(connection, &group.tenant, head).await?) {
                Some(appended) => streams.push(appended),
                None => return Ok(None),
            }
        }
        Ok(Receipt::of_repetition(streams))
    }

    async fn places(
        &self,
        connection: &mut PgConnection,
        tenant: &str,
        head: &Head,
    ) -> Result<Vec<Place>, Error> {
        let during = during("look for a repeated append");
        let (after, up_to) = head.range();
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
        let place = |row: &sqlx::postgres::PgRow| -> Result<Place, sqlx::Error> {
            Ok(Place {
                version: row.try_get(0)?,
                position: row.try_get(1)?,
                event_id: row.try_get(2)?,
                recorded_at: time(row, 3)?,
            })
        };
        rows.iter()
            .map(place)
            .collect::<Result<_, _>>()
            .map_err(during)
    }
}
