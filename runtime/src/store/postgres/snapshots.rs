//! Stores snapshots.

use super::{Postgres, during, statement};
use crate::error::Error;
use crate::store::row::NewSnapshot;

/// One row for each stream: the newest state wins, and that of other code is replaced.
pub(super) const SAVE: &str = "
insert into {schema}.snapshots as s (tenant, stream, version, event_id, fingerprint, state)
values ($1, $2, $3, $4, $5, $6::json)
on conflict (tenant, stream) do update
set version = excluded.version, event_id = excluded.event_id, fingerprint = excluded.fingerprint,
    state = excluded.state, taken_at = excluded.taken_at
where s.fingerprint <> excluded.fingerprint or s.version < excluded.version or s.event_id <> excluded.event_id
";

impl Postgres {
    pub(crate) async fn save_snapshot(&self, snapshot: &NewSnapshot) -> Result<(), Error> {
        const DOING: &str = "store a snapshot";
        let mut connection = self.acquire(DOING).await?;
        sqlx::query(statement(&self.sql.save_snapshot))
            .bind(&snapshot.tenant)
            .bind(snapshot.stream.as_str())
            .bind(i64::try_from(snapshot.version.get()).unwrap_or(i64::MAX))
            .bind(snapshot.event_id)
            .bind(snapshot.fingerprint)
            .bind(&snapshot.state)
            .execute(&mut *connection)
            .await
            .map_err(during(DOING))?;
        Ok(())
    }
}
