//! New versions of projections, built beside those that are in use: every test here runs on PostgreSQL and on SQLite.

mod beside;
mod effects;
mod inline;
mod live;
mod models;
mod operate;
mod plan;
mod poison;
mod together;
mod verification;

use std::fmt::Debug;
use std::time::{Duration, Instant};

use annals::projection::RowKey;
use annals::{Projection, Store};
use annals_tests::Database;

/// Looks again and again, until what is waited for is there.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{what} does not come"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// These partitions belong to a worker that is gone, and are taken by no other.
async fn leased_for_ever(database: &Database, which: &str) {
    let until = "2999-01-01T00:00:00.000000Z";
    let sql =
        format!("update {{partitions}} set owner = 'gone', leased_until = '{until}' where {which}");
    assert!(database.sql(&sql).await > 0);
}

/// The rows of a tenant are what a fold of its events in memory makes.
async fn same_as_live<P: Projection + Debug + PartialEq>(store: &Store) {
    let sorted = |mut rows: Vec<P>| {
        rows.sort_by_key(|row| format!("{:?}", row.key().to_values()));
        rows
    };
    let rows = store.read_model::<P>().rows().await.expect("readable");
    let rows = sorted(rows.collect().await.expect("readable"));
    let folded = sorted(store.live::<P>().rows().await.expect("folded"));
    assert_eq!(rows, folded, "{} version {}", P::NAME, P::VERSION);
}
