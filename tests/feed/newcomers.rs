//! Stores that are opened beside writers, of whose transactions they know nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use annals::{ErrorKind, Store, transfer};
use annals_tests::Database;
use tokio::task::JoinSet;

use crate::{committed, in_time, open, read};

/// A store that knows nothing yet, and does not wait for long.
async fn newcomer(database: &Database) -> Store {
    let options = annals_tests::options().lock_timeout(Duration::from_millis(300));
    database.open(options).await
}

/// Somebody is always just appending.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_opened_beside_writers_reads_what_was_committed() {
    let database = annals_tests::postgres().await;
    let other = database.store().await;
    let is_enough = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for _ in 0..4 {
        let (store, is_enough) = (database.store().await, Arc::clone(&is_enough));
        writers.spawn(async move {
            while !is_enough.load(Ordering::Relaxed) {
                committed(&store).await;
            }
        });
    }
    for _ in 0..20 {
        let position = committed(&other).await;
        let store = database.store().await;
        let (got, _) = read(&store, position - 1).await;
        assert_eq!(got.first(), Some(&position));
        store.close().await;
    }
    is_enough.store(true, Ordering::Relaxed);
    in_time(writers.join_all()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_holds_all_that_was_committed_or_is_refused() {
    let database = annals_tests::postgres().await;
    let other = database.store().await;
    committed(&other).await;
    let (tx, _) = open(&other).await;
    committed(&other).await;
    let store = newcomer(&database).await;
    let error = transfer::export(&store).write(&mut Vec::new()).await;
    let error = error.expect_err("nobody knows where the feed ends");
    assert_eq!(error.kind(), ErrorKind::Busy, "{error:?}");
    let told = format!("{error:?}");
    assert!(told.contains("has been open for too long"), "{told}");
    assert!(told.contains("`doctor` names its session"), "{told}");
    tx.commit().await.expect("committed");
    let exported = transfer::export(&store).write(&mut Vec::new()).await;
    assert_eq!(exported.expect("exported").events, 3);
}

/// It ends while it is waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_waits_for_what_is_being_stored() {
    let database = annals_tests::postgres().await;
    let other = database.store().await;
    committed(&other).await;
    let (tx, _) = open(&other).await;
    committed(&other).await;
    let store = database.store().await;
    let export = tokio::spawn(async move {
        let exported = transfer::export(&store).write(&mut Vec::new()).await;
        exported.expect("exported").events
    });
    let early = tokio::time::timeout(Duration::from_millis(700), async {
        while !export.is_finished() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    assert!(early.await.is_err(), "it has not waited");
    tx.commit().await.expect("committed");
    assert_eq!(in_time(export).await.expect("no panic"), 3);
}
