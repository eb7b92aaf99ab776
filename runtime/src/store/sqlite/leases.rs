//! Shares the partitions among workers. The time is that of the store's clock.
//!
//! A lease spares work that would be thrown away; what keeps rows right is the checkpoint.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::projections::{part, partition, run};
use super::{Sqlite, during, time};
use crate::error::Error;
use crate::store::projections::{PartId, Partition};

impl Sqlite {
    /// Lets others know that a worker is alive, for as long as a lease. Answers how many are that serve each of the same, with
    /// this one.
    pub(crate) async fn worker_seen(
        &self,
        worker: &str,
        lease: Duration,
        serves: &[String],
    ) -> Result<HashMap<String, u32>, Error> {
        let serves = serde_json::Value::from(serves).to_string();
        let during = during("report that a worker is alive");
        let now = self.clock.now();
        let transaction = self.writer.begin_with("begin immediate").await;
        let mut transaction = transaction.map_err(&during)?;
        // Those that were not heard of for ten leases are forgotten.
        sqlx::query("delete from annals_workers where seen_until < ?")
            .bind(time::write(now - length(lease.saturating_mul(10))))
            .execute(&mut *transaction)
            .await
            .map_err(&during)?;
        sqlx::query(
            "insert into annals_workers (worker, serves, seen_until) values (?, ?, ?)
             on conflict (worker) do update set serves = excluded.serves, seen_until = excluded.seen_until",
        )
        .bind(worker)
        .bind(&serves)
        .bind(end(now, lease))
        .execute(&mut *transaction)
        .await
        .map_err(&during)?;
        let alive: Vec<(String, u32)> = sqlx::query_as(
            "select served.value, count(*)
             from json_each(?) as served
             join annals_workers w on served.value in (select value from json_each(w.serves)) and w.seen_until > ?
             group by served.value",
        )
        .bind(&serves)
        .bind(time::write(now))
        .fetch_all(&mut *transaction)
        .await
        .map_err(&during)?;
        transaction.commit().await.map_err(during)?;
        Ok(alive.into_iter().collect())
    }

    /// Forgets a worker, and gives back its leases.
    pub(crate) async fn worker_gone(&self, worker: &str) -> Result<(), Error> {
        const DOING: &str = "sign off a worker";
        let query = sqlx::query("delete from annals_workers where worker = ?").bind(worker);
        run(&self.writer, query, DOING).await?;
        let query = sqlx::query(
            "update annals_partitions set owner = null, leased_until = ? where owner = ?",
        )
        .bind(time::write(self.clock.now()))
        .bind(worker);
        run(&self.writer, query, DOING).await
    }

    /// Leases some of the wanted partitions that nobody has a lease of, for so long, and that are not stopped. Those that were longest
    /// without one come first, so that none is left lying.
    pub(crate) async fn take_leases(
        &self,
        worker: &str,
        wanted: &[PartId],
        at_most: u32,
        free_for: Duration,
        lease: Duration,
    ) -> Result<Vec<Partition>, Error> {
        let during = during("lease partitions");
        let now = self.clock.now();
        let rows = sqlx::query(
            "update annals_partitions set owner = ?1, leased_until = ?2
             where (projection, version, partition) in (
                 select p.projection, p.version, p.partition
                 from annals_partitions p
                 join json_each(?3) w on p.projection = w.value ->> 0 and p.version = w.value ->> 1
                                     and p.partition = w.value ->> 2
                 where p.stopped_why is null
                   and coalesce(p.leased_until, p.updated_at) <= ?4
                 order by p.leased_until nulls first, p.projection, p.version, p.partition
                 limit ?5
             )
             returning projection, version, partition, checkpoint, owner, leased_until, stopped_why, stopped_at,
                       updated_at",
        )
        .bind(worker)
        .bind(end(now, lease))
        .bind(names(wanted))
        .bind(time::write(now - length(free_for)))
        .bind(at_most)
        .fetch_all(&self.writer)
        .await
        .map_err(&during)?;
        rows.iter()
            .map(|row| partition(row, now))
            .collect::<Result<_, _>>()
            .map_err(during)
    }

    /// Renews the leases that a worker still has, and answers them.
    pub(crate) async fn keep_leases(
        &self,
        worker: &str,
        lease: Duration,
    ) -> Result<Vec<PartId>, Error> {
        let during = during("renew leases");
        let rows = sqlx::query(
            "update annals_partitions set leased_until = ? where owner = ?
             returning projection, version, partition",
        )
        .bind(end(self.clock.now(), lease))
        .bind(worker)
        .fetch_all(&self.writer)
        .await
        .map_err(&during)?;
        let mut kept = rows
            .iter()
            .map(part)
            .collect::<Result<Vec<_>, _>>()
            .map_err(during)?;
        kept.sort();
        Ok(kept)
    }

    /// Gives back the leases that the worker still has of these.
    pub(crate) async fn return_leases(&self, worker: &str, parts: &[PartId]) -> Result<(), Error> {
        let query = sqlx::query(
            "update annals_partitions set owner = null, leased_until = ?1
             where owner = ?2 and (projection, version, partition) in (
                 select value ->> 0, value ->> 1, value ->> 2 from json_each(?3)
             )",
        )
        .bind(time::write(self.clock.now()))
        .bind(worker)
        .bind(names(parts));
        run(&self.writer, query, "return leases").await
    }
}

/// Names of partitions as JSON.
fn names(parts: &[PartId]) -> String {
    let names = parts
        .iter()
        .map(|part| json!([*part.projection, part.version, part.partition]));
    serde_json::Value::from_iter(names).to_string()
}

/// When a lease, or a pause, that begins now runs out.
pub(super) fn end(now: DateTime<Utc>, lease: Duration) -> String {
    time::write(now + length(lease))
}

/// A year is long enough for a lease, and short enough to be added to any time.
fn length(lease: Duration) -> TimeDelta {
    const LONGEST: TimeDelta = TimeDelta::days(365);
    TimeDelta::from_std(lease).map_or(LONGEST, |lease| lease.min(LONGEST))
}
