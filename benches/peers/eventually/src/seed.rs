//! The tables, and what lies in them before a workload.

use std::collections::BTreeMap;
use std::fmt::Write;

use peers_protocol::{Account, Request, entry, seeded};

use crate::Failure;
use crate::books::{connect, store};

/// How many rows go into a statement.
const AT_ONCE: usize = 2000;

/// It makes its own tables when a store is built; `balances` is the benchmark's.
pub(crate) async fn schema(url: &str) -> Result<(), Failure> {
    store(url).await?;
    connect(url)
        .await?
        .batch_execute(
            "create table balances (account_id text primary key, balance bigint not null)",
        )
        .await?;
    Ok(())
}

pub(crate) async fn seed(request: &Request) -> Result<(), Failure> {
    let events: Vec<(Account, usize)> = seeded(request, false).collect();
    insert(request.database(), &events).await
}

async fn insert(url: &str, events: &[(Account, usize)]) -> Result<(), Failure> {
    let client = connect(url).await?;
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    for (account, version) in events {
        let of = versions.entry(account.to_string()).or_default();
        *of = (*version).max(*of);
    }
    let accounts: Vec<String> = versions
        .iter()
        .map(|(account, version)| format!("('{account}', 'account', {version})"))
        .collect();
    for some in accounts.chunks(AT_ONCE) {
        let sql = "insert into aggregates (id, aggregate_type_id, version) values ";
        client
            .batch_execute(&format!("{sql}{}", some.join(",")))
            .await?;
    }
    for (chunk, some) in events.chunks(AT_ONCE).enumerate() {
        let mut sql = String::from(
            "insert into events (aggregate_id, version, sequence_number, event) values ",
        );
        for (place, (account, version)) in some.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let json = serde_json::to_string(&entry(*account, *version))?;
            let sequence = chunk * AT_ONCE + place;
            write!(sql, "{comma}('{account}', {version}, {sequence}, '{json}')")?;
        }
        client.batch_execute(&sql).await?;
    }
    if !events.is_empty() {
        let last = events.len() - 1;
        let sql = format!("update aggregate_types set \"offset\" = {last} where id = 'account'");
        client.batch_execute(&sql).await?;
    }
    Ok(())
}
