//! The tables, and what lies in them before a workload.

use peers_protocol::{Account, CopyIn, Dataset, Request, balance_at, entry, seeded};
use sqlx::{Connection, PgConnection};

const SCHEMA: &str = "
    create table events (
        position    bigint generated always as identity primary key,
        stream      text not null,
        version     bigint not null,
        type        text not null,
        payload     jsonb not null,
        metadata    jsonb,
        recorded_at timestamptz not null default now(),
        unique (stream, version)
    );
    create table snapshots (stream text primary key, version bigint not null, state jsonb not null);
    create table balances (account_id text primary key, balance bigint not null);
    create table checkpoints (position bigint not null);
    insert into checkpoints values (0);";

pub(crate) async fn schema(url: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(SCHEMA).execute(&mut connection).await?;
    Ok(())
}

pub(crate) async fn seed(request: &Request) -> Result<(), sqlx::Error> {
    let url = request.database();
    copy(url, seeded(request, true)).await;
    match request.dataset() {
        Dataset::Short => snapshot(url, request.count("snapshot_at")).await,
        _ => Ok(()),
    }
}

async fn snapshot(url: &str, version: usize) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query("insert into snapshots (stream, version, state) values ($1, $2, $3)")
        .bind(Account::long_with_snapshot().to_string())
        .bind(version as i64)
        .bind(sqlx::types::Json(balance_at(version)))
        .execute(&mut connection)
        .await?;
    Ok(())
}

async fn copy(url: &str, events: impl Iterator<Item = (Account, usize)>) {
    let mut copy = CopyIn::into(url, "events (stream, version, type, payload)")
        .await
        .expect("a copy begins");
    for (account, version) in events {
        let entry = entry(account, version);
        let payload = serde_json::to_string(&entry).expect("JSON");
        let columns = [
            &account.to_string(),
            &version.to_string(),
            entry.name(),
            &payload,
        ];
        copy.row(&columns).await.expect("a row is copied");
    }
    copy.finish().await.expect("the copy ends");
}
