//! Events built into the table of a new version of a projection, which is dropped afterwards.

use std::time::{Duration, Instant};

use annals::migrate::{self, Run};
use annals::{App, Projection, Store};

use crate::domain::Account;
use crate::places::Place;
use crate::read_models::{Balance, Entry};
use crate::seed::Seed;

/// A row for each account.
pub async fn balances(place: &Place, seed: Seed) -> Duration {
    let store = place.store().await;
    let app = app::<Balance>(&store);
    let took = build(&app).await;
    let rows = store.read_model::<Balance>().rows().await;
    let rows = rows.expect("the rows are there").collect().await;
    let rows = rows.expect("the rows are read");
    let sum: i64 = rows.iter().map(|row| row.cents).sum();
    let events: u64 = rows.iter().map(|row| u64::from(row.entries)).sum();
    assert_eq!(
        (rows.len() as u64, sum, events),
        (seed.accounts, seed.total(), seed.events())
    );
    forget(&app, &store, Balance::NAME).await;
    took
}

/// A row for each event.
pub async fn entries(place: &Place, seed: Seed) -> Duration {
    let store = place.store().await;
    let app = app::<Entry>(&store);
    let took = build(&app).await;
    let rows = store.read_model::<Entry>().count().await;
    assert_eq!(rows.expect("the rows are counted"), seed.events());
    forget(&app, &store, Entry::NAME).await;
    took
}

fn app<P: Projection>(store: &Store) -> App {
    App::new(store.clone())
        .aggregate::<Account>()
        .projection::<P>()
}

async fn build(app: &App) -> Duration {
    let begun = Instant::now();
    let run = Run::new().without_switch();
    let built = migrate::run(app, run, &mut |_| {}).await;
    let took = begun.elapsed();
    built.expect("the projection is built");
    took
}

async fn forget(app: &App, store: &Store, name: &str) {
    let dropped = migrate::drop_version(app, name, 1).await;
    dropped.expect("the version is dropped");
    store.close().await;
}
