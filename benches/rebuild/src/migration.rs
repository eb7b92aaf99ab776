//! The same events, built into tables.

use std::error::Error;
use std::time::{Duration, Instant};

use annals::migrate::{self, Run};
use annals::{App, Store};

use crate::model::{Balance, Deposited, Entry, Opened, Withdrawn};

pub(crate) async fn balances(
    url: &str,
    streams: i64,
    total: i64,
) -> Result<Duration, Box<dyn Error + Send + Sync>> {
    let store = Store::options().drafts(true).connect(url).await?;
    let app = app(&store).projection::<Balance>();
    let begun = Instant::now();
    migrate::run(&app, Run::new().without_switch(), &mut |_| {}).await?;
    let took = begun.elapsed();
    let rows = store
        .read_model::<Balance>()
        .rows()
        .await?
        .collect()
        .await?;
    let sum: i64 = rows.iter().map(|row| row.cents).sum();
    let events: u64 = rows.iter().map(|row| u64::from(row.entries)).sum();
    assert_eq!(
        (rows.len() as i64, sum),
        (streams, total),
        "{events} entries"
    );
    migrate::drop_version(&app, "balances", 1).await?;
    store.close().await;
    Ok(took)
}

pub(crate) async fn timeline(
    url: &str,
    events: i64,
) -> Result<Duration, Box<dyn Error + Send + Sync>> {
    let store = Store::options().drafts(true).connect(url).await?;
    let app = app(&store).projection::<Entry>();
    let begun = Instant::now();
    migrate::run(&app, Run::new().without_switch(), &mut |_| {}).await?;
    let took = begun.elapsed();
    assert_eq!(store.read_model::<Entry>().count().await? as i64, events);
    migrate::drop_version(&app, "entries", 1).await?;
    store.close().await;
    Ok(took)
}

fn app(store: &Store) -> App {
    App::new(store.clone())
        .event::<Opened>()
        .event::<Deposited>()
        .event::<Withdrawn>()
}
