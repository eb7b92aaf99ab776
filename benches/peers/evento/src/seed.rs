//! The tables, and what lies in them before a workload.

use evento::migrator::{Migrate, Plan};
use peers_protocol::{Account as Number, CopyIn, Dataset, Entry, Request, entry, seeded};

use crate::books::Books;
use crate::domain::{Deposited, Opened, Withdrawn};
use crate::open;

/// Where a row is to be: its columns without those that have a default.
const COLUMNS: &str = "event (id, name, data, metadata, aggregator_type, aggregator_id, version, tenant, timestamp, timestamp_subsec)";

/// It makes its own tables; `balances` is the benchmark's.
pub(crate) async fn schema(url: &str) -> anyhow::Result<()> {
    let pool = open(url, 1).await?;
    let mut connection = pool.acquire().await?;
    evento::sql_migrator::new::<sqlx::Postgres>()?
        .run(&mut *connection, &Plan::apply_all())
        .await?;
    sqlx::raw_sql(
        "create table balances (account_id text primary key, balance bigint not null, events bigint not null);
         create table receipts (place bigint generated always as identity, number bigint primary key)",
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

pub(crate) async fn seed(request: &Request) -> anyhow::Result<()> {
    match request.dataset() {
        Dataset::Empty => Ok(()),
        _ => copy(request.database(), seeded(request, true)).await,
    }
}

async fn copy(url: &str, events: impl Iterator<Item = (Number, usize)>) -> anyhow::Result<()> {
    let metadata = sample_of_metadata(url).await?;
    let mut copy = CopyIn::into(url, COLUMNS).await?;
    for (place, (number, version)) in events.enumerate() {
        let entry = entry(number, version);
        let name = entry.name();
        let data = hexadecimal(&match entry {
            Entry::Opened { owner, balance } => bitcode::encode(&Opened { owner, balance }),
            Entry::Deposited { amount, note } => bitcode::encode(&Deposited { amount, note }),
            Entry::Withdrawn { amount, note } => bitcode::encode(&Withdrawn { amount, note }),
        });
        // Ids and the clock go on as they do where events are appended.
        let id = format!("01{place:024}");
        let (seconds, millis) = (1_700_000_000 + place / 100_000, place / 100 % 1000);
        let (account, version) = (number.to_string(), version.to_string());
        let (seconds, millis) = (seconds.to_string(), millis.to_string());
        let row = [
            &id,
            name,
            &data,
            &metadata,
            "bank/Account",
            &account,
            &version,
            "",
            &seconds,
            &millis,
        ];
        copy.row(&row).await?;
    }
    copy.finish().await?;
    Ok(())
}

/// What evento itself writes beside an event, taken from one that it stored and that is removed again.
async fn sample_of_metadata(url: &str) -> anyhow::Result<String> {
    let pool = open(url, 1).await?;
    let (amount, note) = (1, String::new());
    let books = Books::new(&pool);
    evento::append("sample")
        .event(&Deposited { amount, note })
        .commit(&*books.store)
        .await?;
    let metadata: Vec<u8> = sqlx::query_scalar("delete from event returning metadata")
        .fetch_one(&pool)
        .await?;
    Ok(hexadecimal(&metadata))
}

/// The text form of `bytea`.
fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    format!("\\x{}", digits.collect::<String>())
}
