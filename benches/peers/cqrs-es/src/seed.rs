//! The tables, and what lies in them before a workload.

use peers_protocol::{Account, CopyIn, Dataset, Request, balance_at, entry, seeded};
use sqlx::{Connection, PgConnection};

/// The tables of postgres-es's documentation, and a view table by the name of the view.
const SCHEMA: &str = "
    create table events (
        aggregate_type text not null,
        aggregate_id   text not null,
        sequence       bigint check (sequence >= 0) not null,
        event_type     text not null,
        event_version  text not null,
        payload        json not null,
        metadata       json not null,
        primary key (aggregate_type, aggregate_id, sequence)
    );
    create table snapshots (
        aggregate_type   text not null,
        aggregate_id     text not null,
        last_sequence    bigint check (last_sequence >= 0) not null,
        current_snapshot bigint check (current_snapshot >= 0) not null,
        payload          json not null,
        primary key (aggregate_type, aggregate_id, last_sequence)
    );
    create table balances (
        view_id text not null primary key,
        version bigint check (version >= 0) not null,
        payload json not null
    );";

pub(crate) async fn schema(url: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(SCHEMA).execute(&mut connection).await?;
    Ok(())
}

pub(crate) async fn seed(request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    let url = request.database();
    copy(url, seeded(request, true)).await?;
    match request.dataset() {
        Dataset::Short => snapshot(url, request.count("snapshot_at")).await,
        _ => Ok(()),
    }
}

async fn snapshot(url: &str, at: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query(
        "insert into snapshots (aggregate_type, aggregate_id, last_sequence, current_snapshot, payload)
         values ('Account', $1, $2, 1, json_build_object('balance', $3::bigint))",
    )
    .bind(Account::long_with_snapshot().to_string())
    .bind(i64::try_from(at)?)
    .bind(balance_at(at))
    .execute(&mut connection)
    .await?;
    Ok(())
}

async fn copy(
    url: &str,
    events: impl Iterator<Item = (Account, usize)>,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut copy = CopyIn::into(
        url,
        "events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata)",
    )
    .await?;
    for (account, version) in events {
        let entry = entry(account, version);
        let (account, version) = (account.to_string(), version.to_string());
        let payload = serde_json::to_string(&entry)?;
        let columns = [
            "Account",
            &account,
            &version,
            entry.name(),
            "1.0",
            &payload,
            "{}",
        ];
        copy.row(&columns).await?;
    }
    copy.finish().await?;
    Ok(())
}
