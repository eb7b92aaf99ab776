//! The feed on PostgreSQL, where positions are committed in another order than they are taken: whatever happens between two
//! steps of the reader, to a writer or to the server, nothing is skipped and nobody is delayed without need.
//!
//! The readers in `planted` are those that others have written, and that lose events. They are put through the same: a
//! test that they pass would show nothing.

mod crash;
mod elsewhere;
mod interleavings;
mod large;
mod late;
mod lost;
mod newcomers;
mod notify;
mod planted;
mod prepared;
mod restore;
mod savepoints;
mod standby;
mod storm;

use std::time::Duration;

use annals::{Append, Expected, FeedPage, Position, Store, Tx};
use annals_tests::domain::{account, deposited};
use annals_tests::{Cluster, Database};

/// A server of the test's own, a database on it, and a store.
struct Served {
    // Kept: it stops with the value.
    cluster: Cluster,
    database: Database,
    store: Store,
}

async fn served() -> Served {
    let cluster = Cluster::start_new();
    let database = Database::at(cluster.url("postgres"));
    Store::migrate(database.url()).await.expect("migrated");
    let store = database.store().await;
    Served {
        cluster,
        database,
        store,
    }
}

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(120), future)
        .await
        .expect("nobody waits for ever")
}

/// An event in a stream of its own; answers its position.
async fn committed(store: &Store) -> u64 {
    let id = annals_tests::databases::unique();
    let append = Append::to(&account(&id), Expected::NoStream, [deposited(1)]);
    let receipt = store.append(append).await.expect("stored");
    receipt.streams()[0].positions()[0].get()
}

/// An event that is not committed yet; answers its position.
async fn open(store: &Store) -> (Tx, u64) {
    let mut tx = store.begin().await.expect("a transaction");
    let position = open_in(store, &mut tx).await;
    (tx, position)
}

async fn open_in(store: &Store, tx: &mut Tx) -> u64 {
    let id = annals_tests::databases::unique();
    let append = Append::to(&account(&id), Expected::NoStream, [deposited(1)]);
    let receipt = store.append_in(tx, append).await.expect("stored");
    receipt.streams()[0].positions()[0].get()
}

fn positions(page: &FeedPage) -> Vec<u64> {
    let events = page.events().iter();
    events
        .map(|event| event.recorded().position().get())
        .collect()
}

/// What the feed hands out after a position, and the checkpoint.
async fn read(store: &Store, after: u64) -> (Vec<u64>, u64) {
    let feed = store.feed().after(Position::new(after)).page(10_000);
    let page = in_time(feed.read()).await.expect("readable");
    (positions(&page), page.checkpoint().get())
}
