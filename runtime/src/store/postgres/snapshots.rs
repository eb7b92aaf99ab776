//! Stores snapshots.

use super::{Postgres, during, statement};
use crate::error::Error;
use crate::store::row::NewSnapshot;

/// The newest state of this code wins, unless the event at which it was made does not stand any more. Those of other code
/// stay as long as a release may run beside this one.
pub(super) const SAVE: &str = "
with forgotten as (
    delete from {schema}.snapshots
    where tenant = $1 and stream = $2 and fingerprint <> $5 and taken_at < clock_timestamp() - interval '30 days'
)
insert into {schema}.snapshots as s (tenant, stream, version, event_id, fingerprint, state)
values ($1, $2, $3, $4, $5, $6::json)
on conflict (tenant, stream, fingerprint) do update
set version = excluded.version, event_id = excluded.event_id, state = excluded.state, taken_at = excluded.taken_at
where s.version < excluded.version or not exists (
    select from {schema}.events e
    where e.tenant = s.tenant and e.stream = s.stream and e.version = s.version and e.event_id = s.event_id
)
";

impl Postgres {
    pub(crate) async fn save_snapshot(&self, snapshot: &NewSnapshot) -> Result<(), Error> {
        const DOING: &str = "store a snapshot";
        let mut connection = self.acquire(DOING).await?;
        sqlx::query(statement(&self.sql.save_snapshot))
            .bind(&snapshot.tenant)
            .bind(snapshot.stream.as_str())
            .bind(snapshot.version.to_i64())
            .bind(snapshot.event_id)
            .bind(snapshot.fingerprint)
            .bind(&snapshot.state)
            .execute(&mut *connection)
            .await
            .map_err(during(DOING))?;
        Ok(())
    }
}
