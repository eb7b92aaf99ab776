//! Keeps track of the versions of projections and of their partitions.

use std::sync::Arc;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Executor, Row};

use super::{Postgres, during};
use crate::error::Error;
use crate::store::projections::{
    Build, BuildChange, Held, NewBuild, PartId, Partition, Status, unknown_status,
};

const BUILDS: &str = "
select name, version, fingerprint, mode, status, is_current, partitions, effects_after, created_at
from {schema}.projections
order by name, version
";

const PARTITIONS: &str = "
select projection, version, partition, checkpoint, owner, leased_until,
       owner is not null and leased_until > clock_timestamp() as is_leased, stopped_why, stopped_at, updated_at
from {schema}.partitions
order by projection, version, partition
";

const ADD: &str = "
with added as (
    insert into {schema}.projections (name, version, fingerprint, mode, status, partitions, effects_after)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict do nothing
    returning name, version, partitions
)
insert into {schema}.partitions (projection, version, partition, checkpoint)
select name, version, partition, $8
from added, generate_series(0, partitions - 1) as partition
";

const CHANGE: &str = "
update {schema}.projections
set status = coalesce($3, status), is_current = coalesce($4, is_current), fingerprint = coalesce($5, fingerprint),
    effects_after = coalesce($6, effects_after)
where name = $1 and version = $2
";

const REMOVE: [&str; 4] = [
    "delete from {schema}.parked where projection = $1 and version = $2",
    "delete from {schema}.inline_heads where projection = $1 and version = $2",
    "delete from {schema}.partitions where projection = $1 and version = $2",
    "delete from {schema}.projections where name = $1 and version = $2",
];

/// A lock by name holds off those as well who add the first version, of which there is no row yet.
const LOCK_NAME: &str = "
select pg_advisory_xact_lock(hashtextextended('annals projection of {schema} ' || $1, 0))::text
";

const LOCK_BUILDS: &str = "
select version, is_current from {schema}.projections where name = $1 order by version for update
";

/// A worker that is paused, or whose machine is gone without a word, would keep what it holds for as long as the server
/// believes in its connection.
const LOCK_PARTITION: &str = "
select checkpoint, owner,
       case current_setting('idle_in_transaction_session_timeout')
           when '0' then set_config('idle_in_transaction_session_timeout', '5min', true)
       end
from {schema}.partitions
where projection = $1 and version = $2 and partition = $3
for update
";

/// A statement of its own, after the row is locked: it sees what those did who held the row before.
const STANDING: &str = "
select status, effects_after from {schema}.projections where name = $1 and version = $2
";

const MOVE: &str = "
update {schema}.partitions
set checkpoint = $4, stopped_why = null, stopped_at = null, updated_at = clock_timestamp()
where projection = $1 and version = $2 and partition = $3
";

/// Another worker who took the lease over may know better.
const STOP: &str = "
update {schema}.partitions
set stopped_why = $4, stopped_at = $5, owner = null, leased_until = clock_timestamp()
where projection = $1 and version = $2 and partition = $3 and owner = $6 and checkpoint < $5
";

const RESTART: &str = "
update {schema}.partitions
set stopped_why = null, stopped_at = null
where projection = $1 and version = $2 and partition = $3
";

impl Postgres {
    /// Every version of every projection.
    pub(crate) async fn builds(&self) -> Result<Vec<Build>, Error> {
        const DOING: &str = "read the state of the projections";
        let mut connection = self.acquire(DOING).await?;
        let rows = sqlx::query(self.spelled(BUILDS))
            .fetch_all(&mut *connection)
            .await
            .map_err(during(DOING))?;
        rows.iter()
            .map(build)
            .collect::<Result<_, _>>()
            .map_err(during(DOING))
    }

    /// Every partition of every projection.
    pub(crate) async fn partitions(&self) -> Result<Vec<Partition>, Error> {
        const DOING: &str = "read the state of the projections";
        let mut connection = self.acquire(DOING).await?;
        let rows = sqlx::query(self.spelled(PARTITIONS))
            .fetch_all(&mut *connection)
            .await
            .map_err(during(DOING))?;
        rows.iter()
            .map(partition)
            .collect::<Result<_, _>>()
            .map_err(during(DOING))
    }

    /// Adds a version of a projection with its partitions. Answers whether it was not there.
    pub(crate) async fn add_build(
        &self,
        connection: &mut PgConnection,
        new: &NewBuild<'_>,
    ) -> Result<bool, Error> {
        let added = sqlx::query(self.spelled(ADD))
            .bind(new.name)
            .bind(i64::from(new.version))
            .bind(new.fingerprint)
            .bind(new.mode)
            .bind(new.status.word())
            .bind(i64::from(new.partitions))
            .bind(new.effects_after)
            .bind(new.checkpoint)
            .execute(connection)
            .await
            .map_err(during("add a version of a projection"))?;
        Ok(added.rows_affected() > 0)
    }

    pub(crate) async fn change_build(
        &self,
        connection: &mut PgConnection,
        name: &str,
        version: u32,
        change: BuildChange<'_>,
    ) -> Result<(), Error> {
        let query = sqlx::query(self.spelled(CHANGE))
            .bind(name)
            .bind(i64::from(version))
            .bind(change.status.map(Status::word))
            .bind(change.is_current)
            .bind(change.fingerprint)
            .bind(change.effects_after);
        self.run(connection, query, "change a version of a projection")
            .await
    }

    /// Removes what is kept of a version of a projection, but for its table.
    pub(crate) async fn remove_build(
        &self,
        connection: &mut PgConnection,
        name: &str,
        version: u32,
    ) -> Result<(), Error> {
        for sql in REMOVE {
            let query = sqlx::query(self.spelled(sql))
                .bind(name)
                .bind(i64::from(version));
            self.run(&mut *connection, query, "remove a version of a projection")
                .await?;
        }
        Ok(())
    }

    /// Holds all versions of a projection, also those that are still to be added, until the transaction ends. Answers the
    /// current one.
    pub(crate) async fn lock_build(
        &self,
        connection: &mut PgConnection,
        name: &str,
    ) -> Result<Option<u32>, Error> {
        let during = during("lock a projection");
        let by_name = sqlx::query(self.spelled(LOCK_NAME)).bind(name);
        connection.execute(by_name).await.map_err(&during)?;
        let builds = sqlx::query(self.spelled(LOCK_BUILDS)).bind(name);
        for build in connection.fetch_all(builds).await.map_err(&during)? {
            if build.try_get(1).map_err(&during)? {
                return number(&build, 0).map(Some).map_err(during);
            }
        }
        Ok(None)
    }

    /// Holds a partition until the transaction ends; `None` where there is none.
    pub(crate) async fn lock_partition(
        &self,
        connection: &mut PgConnection,
        part: &PartId,
    ) -> Result<Option<Held>, Error> {
        let during = during("lock a partition");
        let locked = sqlx::query(self.spelled(LOCK_PARTITION))
            .bind(&*part.projection)
            .bind(i64::from(part.version))
            .bind(i64::from(part.partition))
            .fetch_optional(&mut *connection)
            .await
            .map_err(&during)?;
        let Some(locked) = locked else {
            return Ok(None);
        };
        let standing = sqlx::query(self.spelled(STANDING))
            .bind(&*part.projection)
            .bind(i64::from(part.version))
            .fetch_optional(connection)
            .await
            .map_err(&during)?;
        let Some(standing) = standing else {
            return Ok(None);
        };
        held(&locked, &standing).map(Some).map_err(during)
    }

    /// Sets the checkpoint of a partition, which goes on where it was stopped.
    pub(crate) async fn move_partition(
        &self,
        connection: &mut PgConnection,
        part: &PartId,
        checkpoint: i64,
    ) -> Result<(), Error> {
        let query = sqlx::query(self.spelled(MOVE))
            .bind(&*part.projection)
            .bind(i64::from(part.version))
            .bind(i64::from(part.partition))
            .bind(checkpoint);
        self.run(connection, query, "move a checkpoint").await
    }

    /// Stops a partition before an event, and gives the lease back. Answers whether it did: it does not where the worker has
    /// not the lease any more, or somebody came past the event.
    pub(crate) async fn stop_partition(
        &self,
        part: &PartId,
        why: &str,
        position: i64,
        worker: &str,
    ) -> Result<bool, Error> {
        const DOING: &str = "stop a partition";
        let mut connection = self.acquire(DOING).await?;
        let stopped = sqlx::query(self.spelled(STOP))
            .bind(&*part.projection)
            .bind(i64::from(part.version))
            .bind(i64::from(part.partition))
            .bind(why)
            .bind(position)
            .bind(worker)
            .execute(&mut *connection)
            .await
            .map_err(during(DOING))?;
        Ok(stopped.rows_affected() > 0)
    }

    /// Lets a stopped partition go on.
    pub(crate) async fn restart_partition(
        &self,
        connection: &mut PgConnection,
        part: &PartId,
    ) -> Result<(), Error> {
        let query = sqlx::query(self.spelled(RESTART))
            .bind(&*part.projection)
            .bind(i64::from(part.version))
            .bind(i64::from(part.partition));
        self.run(connection, query, "restart a partition").await
    }
}

fn build(row: &PgRow) -> Result<Build, sqlx::Error> {
    Ok(Build {
        name: row.try_get(0)?,
        version: number(row, 1)?,
        fingerprint: row.try_get(2)?,
        mode: row.try_get(3)?,
        status: status(row, 4)?,
        is_current: row.try_get(5)?,
        partitions: number(row, 6)?,
        effects_after: row.try_get(7)?,
        created_at: row.try_get(8)?,
    })
}

/// Reads a partition from a row that begins with its name, as all statements select it.
pub(super) fn partition(row: &PgRow) -> Result<Partition, sqlx::Error> {
    let owner: Option<String> = row.try_get(4)?;
    let why: Option<String> = row.try_get(7)?;
    Ok(Partition {
        part: part(row)?,
        checkpoint: row.try_get(3)?,
        lease: owner.zip(row.try_get(5)?),
        is_leased: row.try_get(6)?,
        stopped: why.zip(row.try_get(8)?),
        updated_at: row.try_get(9)?,
    })
}

/// Reads the name of a partition from the first three columns.
pub(super) fn part(row: &PgRow) -> Result<PartId, sqlx::Error> {
    Ok(PartId {
        projection: Arc::from(row.try_get::<&str, _>(0)?),
        version: number(row, 1)?,
        partition: number(row, 2)?,
    })
}

fn held(partition: &PgRow, build: &PgRow) -> Result<Held, sqlx::Error> {
    Ok(Held {
        checkpoint: partition.try_get(0)?,
        owner: partition.try_get(1)?,
        status: status(build, 0)?,
        effects_after: build.try_get(1)?,
    })
}

fn status(row: &PgRow, column: usize) -> Result<Status, sqlx::Error> {
    let word: &str = row.try_get(column)?;
    Status::of(word).ok_or_else(|| sqlx::Error::Decode(unknown_status(word).into()))
}

/// A number that is never negative.
pub(super) fn number(row: &PgRow, column: usize) -> Result<u32, sqlx::Error> {
    Ok(row.try_get::<i32, _>(column)?.unsigned_abs())
}
