//! Stores snapshots.

use super::{Sqlite, during, integer, time};
use crate::error::Error;
use crate::store::row::NewSnapshot;

impl Sqlite {
    /// One row for each stream: the newest state wins, and that of other code is replaced.
    pub(crate) async fn save_snapshot(&self, snapshot: &NewSnapshot) -> Result<(), Error> {
        sqlx::query(
            "insert into annals_snapshots as s (tenant, stream, version, event_id, fingerprint, state, taken_at)
             values (?, ?, ?, ?, ?, ?, ?)
             on conflict do update
             set version = excluded.version, event_id = excluded.event_id, fingerprint = excluded.fingerprint,
                 state = excluded.state, taken_at = excluded.taken_at
             where s.fingerprint <> excluded.fingerprint or s.version < excluded.version
                or s.event_id <> excluded.event_id",
        )
        .bind(&snapshot.tenant)
        .bind(snapshot.stream.as_str())
        .bind(integer(snapshot.version.get()))
        .bind(snapshot.event_id.to_string())
        .bind(snapshot.fingerprint)
        .bind(&snapshot.state)
        .bind(time::write(self.clock.now()))
        .execute(&self.writer)
        .await
        .map_err(during("store a snapshot"))?;
        Ok(())
    }
}
