//! Readers that lose events: each leaves out one thing that the feed does.

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};

/// The highest position, of what is to be seen.
const LAST: &str = "SELECT coalesce(max(position), 0) FROM annals.events";

/// How many transactions may have taken positions and have not ended.
const HOLDERS: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' \
                       AND relation = 'annals.events'::regclass";

const ROWS: &str =
    "SELECT position FROM annals.events WHERE position > $1 AND position <= $2 ORDER BY position";

/// What a reader remembers: up to here it has read.
type Checkpoint = i64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Planted {
    /// Reads every position that is greater than the checkpoint.
    Greater,
    /// Finds the frontier and the rows in one statement.
    OneStatement,
    /// Finds them in several, which share a snapshot.
    OneSnapshot,
    /// Looks who is open before it looks at the highest position.
    HoldersFirst,
    /// Reads the rows before it looks who is open.
    RowsBeforeHolders,
}

impl Planted {
    pub(crate) const ALL: [Planted; 5] = [
        Planted::Greater,
        Planted::OneStatement,
        Planted::OneSnapshot,
        Planted::HoldersFirst,
        Planted::RowsBeforeHolders,
    ];

    /// What comes after a checkpoint, and the next one.
    pub(crate) async fn read(
        self,
        connection: &mut PgConnection,
        after: Checkpoint,
    ) -> (Vec<i64>, Checkpoint) {
        let read = match self {
            Planted::Greater => rows(connection, after, i64::MAX).await.map(|rows| {
                let last = rows.last().copied().unwrap_or(after);
                (rows, last)
            }),
            Planted::OneStatement => one_statement(connection, after).await,
            Planted::OneSnapshot => one_snapshot(connection, after).await,
            Planted::HoldersFirst => holders_first(connection, after).await,
            Planted::RowsBeforeHolders => rows_before_holders(connection, after).await,
        };
        read.expect("readable")
    }
}

type Read = Result<(Vec<i64>, Checkpoint), sqlx::Error>;

async fn number(connection: &mut PgConnection, sql: &'static str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(sql).fetch_one(connection).await
}

async fn rows(
    connection: &mut PgConnection,
    after: i64,
    up_to: i64,
) -> Result<Vec<i64>, sqlx::Error> {
    let rows = sqlx::query_scalar(ROWS).bind(after).bind(up_to);
    rows.fetch_all(connection).await
}

async fn one_statement(connection: &mut PgConnection, after: i64) -> Read {
    const ALL_AT_ONCE: &str = "
        SELECT (SELECT coalesce(max(position), 0) FROM annals.events),
               (SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'
                AND relation = 'annals.events'::regclass),
               (SELECT coalesce(array_agg(position ORDER BY position), '{}') FROM annals.events WHERE position > $1)";
    let row = sqlx::query(ALL_AT_ONCE)
        .bind(after)
        .fetch_one(connection)
        .await?;
    let (last, holders): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    Ok(match holders {
        0 => (row.try_get(2)?, last),
        _ => (Vec::new(), after),
    })
}

async fn one_snapshot(connection: &mut PgConnection, after: i64) -> Read {
    let mut tx = connection
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ")
        .await?;
    let last = number(&mut tx, LAST).await?;
    let holders = number(&mut tx, HOLDERS).await?;
    let rows = rows(&mut tx, after, last).await?;
    tx.commit().await?;
    Ok(if holders == 0 {
        (rows, last)
    } else {
        (Vec::new(), after)
    })
}

async fn holders_first(connection: &mut PgConnection, after: i64) -> Read {
    if number(connection, HOLDERS).await? > 0 {
        return Ok((Vec::new(), after));
    }
    let last = number(connection, LAST).await?;
    Ok((rows(connection, after, last).await?, last))
}

async fn rows_before_holders(connection: &mut PgConnection, after: i64) -> Read {
    let last = number(connection, LAST).await?;
    let rows = rows(connection, after, last).await?;
    if number(connection, HOLDERS).await? > 0 {
        return Ok((Vec::new(), after));
    }
    Ok((rows, last))
}
