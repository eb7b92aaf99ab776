//! Keeps track of the versions of projections and of their partitions.
//!
//! A transaction holds the whole file, so nothing more has to be locked.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Executor, Row};

use super::{Sqlite, during, time};
use crate::error::Error;
use crate::store::projections::{
    Build, BuildChange, Held, NewBuild, PartId, Partition, Status, unknown_status,
};

const READ: &str = "read the state of the projections";

impl Sqlite {
    /// Every version of every projection.
    pub(crate) async fn builds(&self) -> Result<Vec<Build>, Error> {
        let rows = sqlx::query(
            "select name, version, fingerprint, mode, status, is_current, partitions, effects_after, created_at
             from annals_projections order by name, version",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(during(READ))?;
        rows.iter()
            .map(build)
            .collect::<Result<_, _>>()
            .map_err(during(READ))
    }

    /// Every partition of every projection.
    pub(crate) async fn partitions(&self) -> Result<Vec<Partition>, Error> {
        let rows = sqlx::query(
            "select projection, version, partition, checkpoint, owner, leased_until, stopped_why, stopped_at, updated_at
             from annals_partitions order by projection, version, partition",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(during(READ))?;
        let now = self.clock.now();
        rows.iter()
            .map(|row| partition(row, now))
            .collect::<Result<_, _>>()
            .map_err(during(READ))
    }

    /// Adds a version of a projection with its partitions. Answers whether it was not there.
    pub(crate) async fn add_build(
        &self,
        connection: &mut SqliteConnection,
        new: &NewBuild<'_>,
    ) -> Result<bool, Error> {
        let during = during("add a version of a projection");
        let now = time::write(self.clock.now());
        let added = sqlx::query(
            "insert into annals_projections
                 (name, version, fingerprint, mode, status, partitions, effects_after, created_at)
             values (?, ?, ?, ?, ?, ?, ?, ?)
             on conflict do nothing",
        )
        .bind(new.name)
        .bind(new.version)
        .bind(new.fingerprint)
        .bind(new.mode)
        .bind(new.status.word())
        .bind(new.partitions)
        .bind(new.effects_after)
        .bind(&now)
        .execute(&mut *connection)
        .await
        .map_err(&during)?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        for partition in 0..new.partitions {
            sqlx::query(
                "insert into annals_partitions (projection, version, partition, checkpoint, updated_at)
                 values (?, ?, ?, ?, ?)",
            )
            .bind(new.name)
            .bind(new.version)
            .bind(partition)
            .bind(new.checkpoint)
            .bind(&now)
            .execute(&mut *connection)
            .await
            .map_err(&during)?;
        }
        Ok(true)
    }

    pub(crate) async fn change_build(
        &self,
        connection: &mut SqliteConnection,
        name: &str,
        version: u32,
        change: BuildChange<'_>,
    ) -> Result<(), Error> {
        let query = sqlx::query(
            "update annals_projections
             set status = coalesce(?3, status), is_current = coalesce(?4, is_current),
                 fingerprint = coalesce(?5, fingerprint), effects_after = coalesce(?6, effects_after)
             where name = ?1 and version = ?2",
        )
        .bind(name)
        .bind(version)
        .bind(change.status.map(Status::word))
        .bind(change.is_current)
        .bind(change.fingerprint)
        .bind(change.effects_after);
        run(connection, query, "change a version of a projection").await
    }

    /// Removes what is kept of a version of a projection, but for its table.
    pub(crate) async fn remove_build(
        &self,
        connection: &mut SqliteConnection,
        name: &str,
        version: u32,
    ) -> Result<(), Error> {
        for sql in [
            "delete from annals_parked where projection = ? and version = ?",
            "delete from annals_inline_heads where projection = ? and version = ?",
            "delete from annals_partitions where projection = ? and version = ?",
            "delete from annals_projections where name = ? and version = ?",
        ] {
            let query = sqlx::query(sql).bind(name).bind(version);
            run(&mut *connection, query, "remove a version of a projection").await?;
        }
        Ok(())
    }

    /// The transaction holds all projections already. Answers the version that is current.
    pub(crate) async fn lock_build(
        &self,
        connection: &mut SqliteConnection,
        name: &str,
    ) -> Result<Option<u32>, Error> {
        sqlx::query_scalar("select version from annals_projections where name = ? and is_current")
            .bind(name)
            .fetch_optional(connection)
            .await
            .map_err(during("lock a projection"))
    }

    /// A partition as the transaction finds it; `None` where there is none.
    pub(crate) async fn lock_partition(
        &self,
        connection: &mut SqliteConnection,
        part: &PartId,
    ) -> Result<Option<Held>, Error> {
        let during = during("lock a partition");
        let row = sqlx::query(
            "select p.checkpoint, p.owner, b.status, b.effects_after
             from annals_partitions p
             join annals_projections b on b.name = p.projection and b.version = p.version
             where p.projection = ? and p.version = ? and p.partition = ?",
        )
        .bind(&*part.projection)
        .bind(part.version)
        .bind(part.partition)
        .fetch_optional(connection)
        .await
        .map_err(&during)?;
        row.map(|row| held(&row)).transpose().map_err(during)
    }

    /// Sets the checkpoint of a partition, which goes on where it was stopped.
    pub(crate) async fn move_partition(
        &self,
        connection: &mut SqliteConnection,
        part: &PartId,
        checkpoint: i64,
    ) -> Result<(), Error> {
        let query = sqlx::query(
            "update annals_partitions
             set checkpoint = ?, stopped_why = null, stopped_at = null, updated_at = ?
             where projection = ? and version = ? and partition = ?",
        )
        .bind(checkpoint)
        .bind(time::write(self.clock.now()))
        .bind(&*part.projection)
        .bind(part.version)
        .bind(part.partition);
        run(connection, query, "move a checkpoint").await
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
        let stopped = sqlx::query(
            "update annals_partitions
             set stopped_why = ?4, stopped_at = ?5, owner = null, leased_until = ?7
             where projection = ?1 and version = ?2 and partition = ?3 and owner = ?6 and checkpoint < ?5",
        )
        .bind(&*part.projection)
        .bind(part.version)
        .bind(part.partition)
        .bind(why)
        .bind(position)
        .bind(worker)
        .bind(time::write(self.clock.now()))
        .execute(&self.writer)
        .await
        .map_err(during("stop a partition"))?;
        Ok(stopped.rows_affected() > 0)
    }

    /// Lets a stopped partition go on.
    pub(crate) async fn restart_partition(
        &self,
        connection: &mut SqliteConnection,
        part: &PartId,
    ) -> Result<(), Error> {
        let query = sqlx::query(
            "update annals_partitions set stopped_why = null, stopped_at = null
             where projection = ? and version = ? and partition = ?",
        )
        .bind(&*part.projection)
        .bind(part.version)
        .bind(part.partition);
        run(connection, query, "restart a partition").await
    }
}

type Bound<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

/// Runs a statement whose answer is nothing.
pub(super) async fn run<'c, 'q>(
    executor: impl Executor<'c, Database = sqlx::Sqlite>,
    query: Bound<'q>,
    doing: &'static str,
) -> Result<(), Error> {
    let done = query.execute(executor).await;
    done.map(|_| ()).map_err(during(doing))
}

fn build(row: &SqliteRow) -> Result<Build, sqlx::Error> {
    Ok(Build {
        name: row.try_get(0)?,
        version: row.try_get(1)?,
        fingerprint: row.try_get(2)?,
        mode: row.try_get(3)?,
        status: status(row, 4)?,
        is_current: row.try_get(5)?,
        partitions: row.try_get(6)?,
        effects_after: row.try_get(7)?,
        created_at: time::read(row.try_get(8)?)?,
    })
}

/// Reads a partition from a row that begins with its name, as all statements select it.
pub(super) fn partition(row: &SqliteRow, now: DateTime<Utc>) -> Result<Partition, sqlx::Error> {
    let owner: Option<String> = row.try_get(4)?;
    let until: Option<&str> = row.try_get(5)?;
    let lease = owner.zip(until.map(time::read).transpose()?);
    let why: Option<String> = row.try_get(6)?;
    Ok(Partition {
        part: part(row)?,
        checkpoint: row.try_get(3)?,
        is_leased: lease.as_ref().is_some_and(|(_, until)| *until > now),
        lease,
        stopped: why.zip(row.try_get(7)?),
        updated_at: time::read(row.try_get(8)?)?,
    })
}

/// Reads the name of a partition from the first three columns.
pub(super) fn part(row: &SqliteRow) -> Result<PartId, sqlx::Error> {
    Ok(PartId {
        projection: Arc::from(row.try_get::<&str, _>(0)?),
        version: row.try_get(1)?,
        partition: row.try_get(2)?,
    })
}

fn held(row: &SqliteRow) -> Result<Held, sqlx::Error> {
    Ok(Held {
        checkpoint: row.try_get(0)?,
        owner: row.try_get(1)?,
        status: status(row, 2)?,
        effects_after: row.try_get(3)?,
    })
}

fn status(row: &SqliteRow, column: usize) -> Result<Status, sqlx::Error> {
    let word: &str = row.try_get(column)?;
    Status::of(word).ok_or_else(|| sqlx::Error::Decode(unknown_status(word).into()))
}
