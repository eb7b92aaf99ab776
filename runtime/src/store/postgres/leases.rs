//! Shares the partitions among workers. The time is that of the database.
//!
//! A lease spares work that would be thrown away; what keeps rows right is the checkpoint.

use std::collections::HashMap;
use std::time::Duration;

use super::projections::{part, partition};
use super::{Postgres, during};
use crate::error::Error;
use crate::store::projections::{PartId, Partition};

/// Those that were not heard of for ten leases are forgotten.
const SEEN: &str = "
with forgotten as (
    delete from {schema}.workers
    where worker in (
        select worker from {schema}.workers
        where seen_until < clock_timestamp() - make_interval(secs => 10 * $2) and worker <> $1
        for update skip locked
    )
), seen as (
    insert into {schema}.workers (worker, serves, seen_until)
    values ($1, $3, clock_timestamp() + make_interval(secs => $2))
    on conflict (worker) do update set serves = excluded.serves, seen_until = excluded.seen_until
)
select served, 1 + count(w.worker)
from unnest($3::text[]) as served
left join {schema}.workers w on served = any(w.serves) and w.worker <> $1 and w.seen_until > clock_timestamp()
group by served
";

const FORGET: &str = "
with forgotten as (delete from {schema}.workers where worker = $1),
held as materialized (
    select projection, version, partition from {schema}.partitions
    where owner = $1
    order by projection, version, partition
    for update
)
update {schema}.partitions p
set owner = null, leased_until = clock_timestamp()
from held h
where p.projection = h.projection and p.version = h.version and p.partition = h.partition
";

/// What is held by a transaction at work is passed over: its worker is alive. Those that were longest without a lease come
/// first, so that none is left lying.
const TAKE: &str = "
with free as (
    select p.projection, p.version, p.partition
    from {schema}.partitions p
    join unnest($3::text[], $4::bigint[], $5::bigint[]) as w (projection, version, partition)
        on p.projection = w.projection and p.version = w.version and p.partition = w.partition
    where p.stopped_why is null
      and coalesce(p.leased_until, p.updated_at) <= clock_timestamp() - make_interval(secs => $7)
    order by p.leased_until nulls first, p.projection, p.version, p.partition
    limit $6
    for update of p skip locked
)
update {schema}.partitions p
set owner = $1, leased_until = clock_timestamp() + make_interval(secs => $2)
from free f
where p.projection = f.projection and p.version = f.version and p.partition = f.partition
returning p.projection, p.version, p.partition, p.checkpoint, p.owner, p.leased_until, true, p.stopped_why, p.stopped_at,
          p.updated_at
";

/// A row that a transaction at work holds is not waited for, since one slow page must not cost the other leases. Nobody else
/// can take it either.
const KEEP: &str = "
with free as (
    select projection, version, partition from {schema}.partitions
    where owner = $1
    order by projection, version, partition
    for update skip locked
), kept as (
    update {schema}.partitions p
    set leased_until = clock_timestamp() + make_interval(secs => $2)
    from free f
    where p.projection = f.projection and p.version = f.version and p.partition = f.partition
    returning p.projection, p.version, p.partition
)
select projection, version, partition from kept
union
select projection, version, partition from {schema}.partitions where owner = $1
order by 1, 2, 3
";

const RETURN: &str = "
with held as materialized (
    select p.projection, p.version, p.partition
    from {schema}.partitions p
    join unnest($2::text[], $3::bigint[], $4::bigint[]) as w (projection, version, partition)
        on p.projection = w.projection and p.version = w.version and p.partition = w.partition
    where p.owner = $1
    order by p.projection, p.version, p.partition
    for update of p
)
update {schema}.partitions p
set owner = null, leased_until = clock_timestamp()
from held h
where p.projection = h.projection and p.version = h.version and p.partition = h.partition
";

impl Postgres {
    /// Lets others know that a worker is alive, for as long as a lease. Answers how many are that serve each of the same, with
    /// this one.
    pub(crate) async fn worker_seen(
        &self,
        worker: &str,
        lease: Duration,
        serves: &[String],
    ) -> Result<HashMap<String, u32>, Error> {
        const DOING: &str = "report that a worker is alive";
        let mut connection = self.acquire(DOING).await?;
        let alive: Vec<(String, i64)> = sqlx::query_as(self.spelled(SEEN))
            .bind(worker)
            .bind(lease.as_secs_f64())
            .bind(serves)
            .fetch_all(&mut *connection)
            .await
            .map_err(during(DOING))?;
        let alive = alive.into_iter();
        Ok(alive
            .map(|(served, count)| (served, u32::try_from(count).unwrap_or(u32::MAX)))
            .collect())
    }

    /// Forgets a worker, and gives back its leases.
    pub(crate) async fn worker_gone(&self, worker: &str) -> Result<(), Error> {
        const DOING: &str = "sign off a worker";
        let mut connection = self.acquire(DOING).await?;
        let query = sqlx::query(self.spelled(FORGET)).bind(worker);
        self.run(&mut connection, query, DOING).await
    }

    /// Leases some of the wanted partitions that nobody has a lease of, for so long, and that are not stopped.
    pub(crate) async fn take_leases(
        &self,
        worker: &str,
        wanted: &[PartId],
        at_most: u32,
        free_for: Duration,
        lease: Duration,
    ) -> Result<Vec<Partition>, Error> {
        const DOING: &str = "lease partitions";
        let Parts {
            projections,
            versions,
            partitions,
        } = Parts::of(wanted);
        let mut connection = self.acquire(DOING).await?;
        let rows = sqlx::query(self.spelled(TAKE))
            .bind(worker)
            .bind(lease.as_secs_f64())
            .bind(projections)
            .bind(versions)
            .bind(partitions)
            .bind(i64::from(at_most))
            .bind(free_for.as_secs_f64())
            .fetch_all(&mut *connection)
            .await
            .map_err(during(DOING))?;
        rows.iter()
            .map(partition)
            .collect::<Result<_, _>>()
            .map_err(during(DOING))
    }

    /// Renews the leases that a worker still has, and answers them.
    pub(crate) async fn keep_leases(
        &self,
        worker: &str,
        lease: Duration,
    ) -> Result<Vec<PartId>, Error> {
        const DOING: &str = "renew leases";
        let mut connection = self.acquire(DOING).await?;
        let rows = sqlx::query(self.spelled(KEEP))
            .bind(worker)
            .bind(lease.as_secs_f64())
            .fetch_all(&mut *connection)
            .await
            .map_err(during(DOING))?;
        rows.iter()
            .map(part)
            .collect::<Result<_, _>>()
            .map_err(during(DOING))
    }

    /// Gives back the leases that the worker still has of these.
    pub(crate) async fn return_leases(&self, worker: &str, parts: &[PartId]) -> Result<(), Error> {
        const DOING: &str = "return leases";
        let Parts {
            projections,
            versions,
            partitions,
        } = Parts::of(parts);
        let mut connection = self.acquire(DOING).await?;
        let query = sqlx::query(self.spelled(RETURN))
            .bind(worker)
            .bind(projections)
            .bind(versions)
            .bind(partitions);
        self.run(&mut connection, query, DOING).await
    }
}

/// Names of partitions, as arrays.
struct Parts {
    projections: Vec<String>,
    versions: Vec<i64>,
    partitions: Vec<i64>,
}

impl Parts {
    fn of(parts: &[PartId]) -> Self {
        let names = parts.iter().map(|part| part.projection.to_string());
        Parts {
            projections: names.collect(),
            versions: parts.iter().map(|part| part.version.into()).collect(),
            partitions: parts.iter().map(|part| part.partition.into()).collect(),
        }
    }
}
