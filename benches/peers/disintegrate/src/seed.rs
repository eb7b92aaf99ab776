//! The tables, and what lies in them before a workload.

use disintegrate::serde::json::Json;
use disintegrate_postgres::{PgEventStore, PgSnapshotter};
use peers_protocol::{Account, CopyIn, Request, entry, seeded};
use sqlx::postgres::PgConnectOptions;

use crate::domain::DomainEvent;
use crate::{Store, open};

/// It makes its own tables. In PostgreSQL 15 one of its functions, which has a hexadecimal number in it, can be made only
/// where nobody looks into it, and be used only after the number is written in another way.
pub(crate) async fn schema(url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let options: PgConnectOptions = url.parse()?;
    let pool = open(options.options([("check_function_bodies", "off")]), 1).await?;
    let _: Store = PgEventStore::try_new(pool.clone(), Json::default()).await?;
    sqlx::raw_sql(
        "do $$ begin
             execute replace(pg_get_functiondef('event_store_begin_epoch'::regproc), '0xFFFFFFFF', '4294967295');
         end $$;
         create table balances (account_id text primary key, balance bigint not null, event_id bigint not null)",
    )
    .execute(&pool)
    .await?;
    PgSnapshotter::try_new(pool.clone(), 1).await?;
    Ok(())
}

pub(crate) async fn seed(request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    copy(request.database(), seeded(request, true)).await
}

async fn copy(
    url: &str,
    events: impl Iterator<Item = (Account, usize)>,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut copy = CopyIn::into(url, "event (event_type, payload, account_id)").await?;
    for (account, version) in events {
        let entry = entry(account, version);
        let kind = entry.name();
        let json = serde_json::to_string(&DomainEvent::of(account, entry))?;
        // The payload is `bytea`, whose text form is hexadecimal.
        let payload: String = json.bytes().map(|byte| format!("{byte:02x}")).collect();
        let payload = format!("\\x{payload}");
        copy.row(&[kind, &payload, &account.to_string()]).await?;
    }
    copy.finish().await?;
    Ok(())
}
