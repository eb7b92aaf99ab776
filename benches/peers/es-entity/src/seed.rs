//! The tables, and what lies in them before a workload.

use std::collections::BTreeSet;

use peers_protocol::{Account, CopyIn, Dataset, Request, balance_at, entry, seeded};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::domain::AccountEvent;
use crate::kept;

const SCHEMA: &str = include_str!("../migrations/001_accounts.sql");
const TIME: &str = "2024-01-01 00:00:00+00";

pub(crate) async fn schema(url: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(SCHEMA).execute(&mut connection).await?;
    Ok(())
}

pub(crate) async fn seed(request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    let url = request.database();
    copy(url, seeded(request, true).collect()).await?;
    match request.dataset() {
        Dataset::Short => snapshot(url, request.count("snapshot_at")).await,
        _ => Ok(()),
    }
}

async fn snapshot(url: &str, at: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query(
        "insert into account_snapshots (id, sequence, fingerprint, snapshot, first_recorded_at, recorded_at)
         values ($1, $2, $3, json_build_object('balance', $4::bigint, 'entries', $2), now(), now())",
    )
    .bind(Uuid::from_u128(Account::long_with_snapshot().bits()))
    .bind(i32::try_from(at)?)
    .bind(kept::fingerprint())
    .bind(balance_at(at))
    .execute(&mut connection)
    .await?;
    Ok(())
}

async fn copy(url: &str, events: Vec<(Account, usize)>) -> Result<(), Box<dyn std::error::Error>> {
    let text = |account: Account| Uuid::from_u128(account.bits()).to_string();
    let accounts: BTreeSet<String> = events.iter().map(|event| text(event.0)).collect();
    let mut copy = CopyIn::into(url, "accounts (id, created_at)").await?;
    for account in &accounts {
        copy.row(&[account, TIME]).await?;
    }
    copy.finish().await?;
    let table = "account_events (id, sequence, event_type, event, recorded_at)";
    let mut copy = CopyIn::into(url, table).await?;
    for (account, version) in events {
        let entry = entry(account, version);
        let kind = entry.name().to_lowercase();
        let json = serde_json::to_string(&AccountEvent::from(entry))?;
        copy.row(&[&text(account), &version.to_string(), &kind, &json, TIME])
            .await?;
    }
    copy.finish().await?;
    Ok(())
}
