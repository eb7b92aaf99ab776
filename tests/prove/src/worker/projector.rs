//! A read model and its checkpoint that the user keeps by hand: both in one transaction, by whichever worker has the row of
//! the checkpoint.

use std::sync::Arc;
use std::time::Duration;

use annals::{Position, RecordedEvent, Tx};
use sqlx::AssertSqlSafe;

use super::Shared;
use crate::domain::State;
use crate::payload::Payload;
use crate::plant::Plant;

/// The tables that it needs.
pub(crate) const TABLES: [&str; 2] = [
    "create table prove_counts (stream text primary key, events bigint not null, balance bigint not null, \
     digest bigint not null)",
    "create table prove_checkpoint (position bigint not null)",
];

type Failure = Box<dyn std::error::Error + Send + Sync>;

pub(super) async fn run(shared: Arc<Shared>) {
    loop {
        let until = *shared.drain.borrow();
        let at = step(&shared).await.unwrap_or(0);
        if until > 0 && at >= until {
            return;
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

/// Handles a page, and tells how far it has come.
async fn step(shared: &Shared) -> Result<i64, Failure> {
    let store = &shared.store;
    let mut tx = store.begin().await?;
    let lock = if tx.as_postgres().is_some() {
        " for update"
    } else {
        ""
    };
    let at = number(
        &mut tx,
        &format!("select position from prove_checkpoint{lock}"),
    )
    .await?;
    let page = store
        .feed()
        .after(Position::new(at.unsigned_abs()))
        .page(100)
        .read()
        .await?;
    let next = page.checkpoint().get().cast_signed();
    for event in page.events() {
        handle(&mut tx, event).await?;
    }
    if shared.has(Plant::CheckpointApart) {
        tx.commit().await?;
        tokio::time::sleep(Duration::from_millis(30)).await;
        tx = store.begin().await?;
    }
    run_sql(
        &mut tx,
        format!("update prove_checkpoint set position = {next}"),
    )
    .await?;
    tx.commit().await?;
    Ok(next)
}

async fn handle(tx: &mut Tx, event: &RecordedEvent) -> Result<(), Failure> {
    let payload: Payload = event.json()?;
    let stream = event.recorded().stream();
    let before = format!(
        "select coalesce(max(events), 0), cast(coalesce(max(balance), 0) as bigint), coalesce(max(digest), 0) \
         from prove_counts where stream = '{stream}'"
    );
    let before: (i64, i64, i64) = if let Some(connection) = tx.as_postgres() {
        sqlx::query_as(AssertSqlSafe(before))
            .fetch_one(connection)
            .await?
    } else if let Some(connection) = tx.as_sqlite() {
        sqlx::query_as(AssertSqlSafe(before))
            .fetch_one(connection)
            .await?
    } else {
        (0, 0, 0)
    };
    let State {
        events,
        balance,
        digest,
    } = State {
        events: before.0,
        balance: before.1,
        digest: before.2,
    }
    .after(&payload.mark, payload.amount);
    let write = format!(
        "insert into prove_counts (stream, events, balance, digest) values ('{stream}', {events}, {balance}, {digest}) \
         on conflict (stream) do update set events = {events}, balance = {balance}, digest = {digest}"
    );
    run_sql(tx, write).await
}

async fn number(tx: &mut Tx, sql: &str) -> Result<i64, Failure> {
    let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
    if let Some(connection) = tx.as_postgres() {
        return Ok(query.fetch_one(connection).await?);
    }
    let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
    match tx.as_sqlite() {
        Some(connection) => Ok(query.fetch_one(connection).await?),
        None => Ok(0),
    }
}

async fn run_sql(tx: &mut Tx, sql: String) -> Result<(), Failure> {
    let statement = sqlx::raw_sql(AssertSqlSafe(sql));
    if let Some(connection) = tx.as_postgres() {
        statement.execute(connection).await?;
    } else if let Some(connection) = tx.as_sqlite() {
        statement.execute(connection).await?;
    }
    Ok(())
}
