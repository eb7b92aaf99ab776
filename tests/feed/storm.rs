//! Appends that lose, fail and are rolled back: once they have ended, they delay nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use annals::{Append, Expected, Position, Store};
use annals_tests::domain::{account, deposited};
use tokio::task::JoinSet;

use crate::{committed, in_time, open, positions, read};

/// One round of everything that can go wrong with an append.
async fn misfortune(store: &Store, round: u64) {
    let to = |expected| Append::to(&account("taken"), expected, [deposited(1)]);
    let conflict = store.append(to(Expected::NoStream)).await;
    assert!(conflict.expect_err("it exists").is_conflict());
    let conflicts = (0..8).map(|_| to(Expected::NoStream)).collect();
    for conflict in store.append_many(conflicts).await {
        assert!(conflict.is_err());
    }
    let (tx, _) = open(store).await;
    match round % 3 {
        0 => tx.rollback().await.expect("rolled back"),
        1 => drop(tx),
        _ => {
            let mut tx = tx;
            let connection = tx.as_postgres().expect("PostgreSQL");
            sqlx::raw_sql("SELECT 1 / 0")
                .execute(connection)
                .await
                .expect_err("it fails");
            tx.commit().await.expect("which rolls back");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_of_rollbacks_and_conflicts_delays_nobody() {
    let database = annals_tests::postgres().await;
    let (store, other) = (database.store().await, database.store().await);
    let taken = Append::to(&account("taken"), Expected::NoStream, [deposited(1)]);
    let first = other.append(taken).await.expect("stored");
    let mut last = first.position().expect("one event").get();
    let is_over = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicUsize::new(0));
    let mut storm = JoinSet::new();
    for _ in 0..6 {
        let (other, is_over) = (other.clone(), Arc::clone(&is_over));
        let done = Arc::clone(&done);
        storm.spawn(async move {
            let mut round = 0;
            while !is_over.load(Ordering::Relaxed) {
                misfortune(&other, round).await;
                round += 1;
                done.fetch_add(1, Ordering::Relaxed);
            }
            round
        });
    }
    // In the middle of it, each event comes before the next one is stored.
    let mut subscription = store.feed().after(Position::new(last)).follow();
    let mut pages = 0;
    while pages < 40 || done.load(Ordering::Relaxed) <= 6 {
        let position = committed(&store).await;
        let page = in_time(subscription.next_page()).await.expect("readable");
        assert_eq!(positions(&page), [position]);
        last = position;
        pages += 1;
    }
    is_over.store(true, Ordering::Relaxed);
    let mut rounds = 0;
    while let Some(round) = in_time(storm.join_next()).await {
        rounds += round.expect("no panic");
    }
    assert!(rounds > 6, "there was no storm");
    // After it, at the first look.
    other.close().await;
    let position = committed(&store).await;
    assert!(position > last);
    assert_eq!(read(&store, last).await, (vec![position], position));
}

/// A checkpoint is never beyond an event: the positions after it could be given out once more after a crash.
#[tokio::test]
async fn burnt_positions_are_in_no_checkpoint() {
    let database = annals_tests::postgres().await;
    let store = database.store().await;
    let position = committed(&store).await;
    for _ in 0..3 {
        let (tx, burnt) = open(&store).await;
        tx.rollback().await.expect("rolled back");
        assert!(burnt > position);
        assert_eq!(read(&store, 0).await, (vec![position], position));
        assert_eq!(store.frontier().await.expect("known").get(), position);
    }
}

/// However many positions were burnt.
#[tokio::test]
async fn a_wide_hole_delays_nobody() {
    let database = annals_tests::postgres().await;
    let store = database.store().await;
    let first = committed(&store).await;
    for n in 1..=3 {
        let skip = format!("SELECT setval('annals.event_position', {n}000000000000)");
        assert_eq!(database.number(&skip).await, n * 1_000_000_000_000);
        let position = committed(&store).await;
        let (got, checkpoint) = read(&store, first).await;
        assert_eq!(got.len() as i64, n);
        assert_eq!((got.last(), checkpoint), (Some(&position), position));
    }
}
