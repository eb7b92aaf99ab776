//! The tables, and what lies in them before a workload.

use peers_protocol::{Account, CopyIn, Request, entry, seeded};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::books::id;
use crate::{open, store};

/// It makes its own tables when a store is built.
pub(crate) async fn schema(url: &str) -> Result<(), Box<dyn std::error::Error>> {
    store(&open(url, 1).await?).await?;
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql("create table balances (account_id uuid primary key, balance bigint not null)")
        .execute(&mut connection)
        .await?;
    Ok(())
}

pub(crate) async fn seed(request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    copy(request.database(), seeded(request, false)).await
}

async fn copy(
    url: &str,
    events: impl Iterator<Item = (Account, usize)>,
) -> Result<(), Box<dyn std::error::Error>> {
    let table = "account_events (id, aggregate_id, payload, occurred_on, sequence_number)";
    let mut copy = CopyIn::into(url, table).await?;
    for (place, (account, version)) in events.enumerate() {
        let entry = entry(account, version);
        // Its order of all events is that of the clock, so the clock goes on as it does where events are appended.
        let (seconds, micros) = (place / 100_000, place % 100_000 * 10);
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let seconds = seconds % 60;
        let time = format!("2024-01-01 {hours:02}:{minutes:02}:{seconds:02}.{micros:06}+00");
        let payload = serde_json::to_string(&entry)?;
        let (event, account) = (Uuid::new_v4().to_string(), id(account).to_string());
        copy.row(&[&event, &account, &payload, &time, &version.to_string()])
            .await?;
    }
    copy.finish().await?;
    Ok(())
}
