//! Stores snapshots.

use chrono::TimeDelta;

use super::{Sqlite, during, time};
use crate::error::Error;
use crate::store::row::NewSnapshot;

/// How long snapshots of other code are kept.
const KEPT: TimeDelta = TimeDelta::days(30);

impl Sqlite {
    /// The newest state of this code wins, unless the event at which it was made does not stand any more. Those of other
    /// code stay as long as a release may run beside this one.
    pub(crate) async fn save_snapshot(&self, snapshot: &NewSnapshot) -> Result<(), Error> {
        const DOING: &str = "store a snapshot";
        let now = self.clock.now();
        sqlx::query(
            "delete from annals_snapshots where tenant = ? and stream = ? and fingerprint <> ? and taken_at < ?",
        )
        .bind(&snapshot.tenant)
        .bind(snapshot.stream.as_str())
        .bind(snapshot.fingerprint)
        .bind(time::write(now - KEPT))
        .execute(&self.writer)
        .await
        .map_err(during(DOING))?;
        sqlx::query(
            "insert into annals_snapshots as s (tenant, stream, version, event_id, fingerprint, state, taken_at)
             values (?, ?, ?, ?, ?, ?, ?)
             on conflict (tenant, stream, fingerprint) do update
             set version = excluded.version, event_id = excluded.event_id, state = excluded.state,
                 taken_at = excluded.taken_at
             where s.version < excluded.version or not exists (
                 select 1 from annals_events e
                 where e.tenant = s.tenant and e.stream = s.stream and e.version = s.version
                   and e.event_id = s.event_id
             )",
        )
        .bind(&snapshot.tenant)
        .bind(snapshot.stream.as_str())
        .bind(snapshot.version.to_i64())
        .bind(snapshot.event_id.to_string())
        .bind(snapshot.fingerprint)
        .bind(&snapshot.state)
        .bind(time::write(now))
        .execute(&self.writer)
        .await
        .map_err(during(DOING))?;
        Ok(())
    }
}
