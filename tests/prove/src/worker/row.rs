//! Rows of read models, as readers ask for them.

use std::time::Duration;

use annals::{Store, Tx};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};

use super::client::{Memory, failed, id_of, refused};
use crate::domain::State;
use crate::history::Answer;
use crate::models::{Content, Standing, accounts};
use crate::raw::spelled;

/// A row that has what a receipt stands for.
pub(super) async fn row(store: &Store, stream: &str, version: i64, memory: &Memory) -> Answer {
    let mut rows = store
        .read_model::<Standing>()
        .timeout(Duration::from_secs(2));
    if let Some(receipt) = memory.receipt.as_ref().filter(|_| version > 0) {
        rows = rows.after(receipt);
    }
    match rows.get(stream).await {
        Ok(Some(row)) => Answer::Row {
            version: row.version,
            state: State {
                events: row.events,
                balance: row.balance,
                digest: row.digest,
            },
        },
        Ok(None) => Answer::NoRow,
        Err(error) => failed(&error),
    }
}

/// A row that was changed by those who appended.
pub(super) async fn inline(store: &Store, stream: &str) -> Answer {
    match store.read_model::<Content>().get(id_of(stream)).await {
        Ok(Some(row)) => Answer::Row {
            version: row.events,
            state: row.state(),
        },
        Ok(None) => Answer::NoRow,
        Err(error) => failed(&error),
    }
}

type Moment = (i64, Option<i64>, Option<i64>, Option<i64>);

/// The same row, with the version of its stream at the same moment: one statement sees one state of the database.
pub(super) async fn moment(store: &Store, stream: &str) -> Answer {
    let sql = format!(
        "select coalesce((select max(version) from {{events}} where tenant = '' and stream = '{stream}'), 0), \
         events, balance, digest from (select 1) as one left join {{model}}contents_v1 on purse = '{}'",
        id_of(stream)
    );
    match first::<Moment>(store, &sql).await {
        Ok(Some((version, events, balance, digest))) => Answer::Moment {
            version,
            row: events.map(|events| State {
                events,
                balance: balance.unwrap_or_default(),
                digest: digest.unwrap_or_default(),
            }),
        },
        Ok(None) => refused("a statement without a row"),
        Err(why) => refused(&why),
    }
}

/// A row of whichever version is shown.
pub(super) async fn view(store: &Store, stream: &str) -> Answer {
    let sql = format!(
        "select version, events, balance, digest from {{model}}{} where stream = '{stream}'",
        accounts::NAME
    );
    match first::<(i64, i64, i64, i64)>(store, &sql).await {
        Ok(Some((version, events, balance, digest))) => Answer::Row {
            version,
            state: State {
                events,
                balance,
                digest,
            },
        },
        Ok(None) => Answer::NoRow,
        Err(why) => refused(&why),
    }
}

/// The first row of a query.
async fn first<T>(store: &Store, sql: &str) -> Result<Option<T>, String>
where
    T: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
{
    let mut tx = store.begin().await.map_err(|error| error.to_string())?;
    let row = of_tx(&mut tx, sql).await;
    let _ = tx.rollback().await;
    row.map_err(|error| error.to_string())
}

async fn of_tx<T>(tx: &mut Tx, sql: &str) -> Result<Option<T>, sqlx::Error>
where
    T: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
{
    if let Some(connection) = tx.as_postgres() {
        let query = sqlx::query_as(AssertSqlSafe(spelled(sql, true)));
        return query.fetch_optional(connection).await;
    }
    let query = sqlx::query_as(AssertSqlSafe(spelled(sql, false)));
    match tx.as_sqlite() {
        Some(connection) => query.fetch_optional(connection).await,
        None => Ok(None),
    }
}
