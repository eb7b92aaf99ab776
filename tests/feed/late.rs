//! Writers that take positions early and commit late.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use annals::Store;
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use tokio::task::JoinSet;

use crate::planted::Planted;
use crate::{committed, in_time, open, positions, read};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_committed_late_is_read_in_its_place() {
    let database = annals_tests::postgres().await;
    let (store, other) = (database.store().await, database.store().await);
    let first = committed(&other).await;
    assert_eq!(read(&store, 0).await, (vec![first], first));

    let (tx, late) = open(&other).await;
    let (second, late_second) = open(&other).await;
    let mut naive = PgConnection::connect(database.url())
        .await
        .expect("it opens");
    let mut higher = Vec::new();
    for _ in 0..20 {
        higher.push(committed(&other).await);
        assert_eq!(read(&store, first).await, (vec![], first), "held back");
    }
    let (got, checkpoint) = Planted::Greater.read(&mut naive, first as i64).await;
    assert_eq!(got.len(), 20, "the planted reader does not wait");

    tx.commit().await.expect("committed");
    assert_eq!(
        read(&store, first).await.0,
        [0; 0],
        "the other one is still open"
    );
    second.commit().await.expect("committed");
    let all: Vec<u64> = [late, late_second].into_iter().chain(higher).collect();
    assert_eq!(read(&store, first).await, (all.clone(), all[21]));
    let (got, _) = Planted::Greater.read(&mut naive, checkpoint).await;
    assert!(
        got.is_empty(),
        "the planted reader never sees them: {got:?}"
    );
}

/// What was stored before the late one began is handed out, and what it is held up by is not looked at from the start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_writer_holds_up_nothing_before_it() {
    let database = annals_tests::postgres().await;
    let (store, other) = (database.store().await, database.store().await);
    let mut all = vec![committed(&other).await];
    assert_eq!(read(&store, 0).await.0, all);
    let (tx, late) = open(&other).await;
    committed(&other).await;
    for _ in 0..3 {
        assert_eq!(read(&store, 0).await, (all.clone(), all[0]));
    }
    // A later one does not hold up longer than it is open.
    let (later, later_position) = open(&other).await;
    let last = committed(&other).await;
    assert_eq!(read(&store, 0).await.0, all);
    tx.commit().await.expect("committed");
    all.extend([late, late + 1]);
    assert_eq!(
        read(&store, 0).await.0,
        all,
        "up to where the later one began"
    );
    later.commit().await.expect("committed");
    all.extend([later_position, last]);
    assert_eq!(read(&store, 0).await.0, all);
}

/// One session, in which a transaction is always open, but none for long: its transactions are told apart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_always_in_a_transaction_holds_up_nobody_for_long() {
    let database = annals_tests::postgres().await;
    let store = database.store().await;
    let writer = database
        .open(annals_tests::options().max_connections(1))
        .await;
    let (mut tx, first) = open(&writer).await;
    let mut all = vec![first];
    assert_eq!(read(&store, 0).await.0, [0; 0]);
    for _ in 0..5 {
        tx.commit().await.expect("committed");
        let (next, position) = open(&writer).await;
        tx = next;
        // The first look finds that the next one is open, and where it began at the latest.
        let (got, _) = read(&store, 0).await;
        assert_eq!(got, all[..all.len() - 1]);
        all.push(position);
    }
    tx.commit().await.expect("committed");
    assert_eq!(read(&store, 0).await.0, all);
}

/// A subscription that waits sees it soon after it is committed, though nothing in its process tells.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_goes_on_when_the_late_one_is_committed() {
    let database = annals_tests::postgres().await;
    let (store, other) = (database.store().await, database.store().await);
    let (tx, late) = open(&other).await;
    let higher = committed(&other).await;
    let mut subscription = store.feed().follow();
    let mut next = pin!(subscription.next_page());
    let nothing = tokio::time::timeout(Duration::from_millis(300), &mut next).await;
    assert!(nothing.is_err(), "{nothing:?}");
    tx.commit().await.expect("committed");
    let page = in_time(next).await.expect("readable");
    assert_eq!(positions(&page), [late, higher]);
}

/// Many at once, until the planted reader has lost something: then there was occasion enough.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_late_writers_lose_nothing() {
    let database = annals_tests::postgres().await;
    let (store, other) = (database.store().await, database.store().await);
    let mut subscription = store.feed().page(7).follow();
    let rounds = async {
        loop {
            let begin = subscription.checkpoint().get();
            let is_over = Arc::new(AtomicBool::new(false));
            let naive = PgConnection::connect(database.url()).await;
            let naive = tokio::spawn(naively(
                naive.expect("it opens"),
                begin,
                Arc::clone(&is_over),
            ));
            let writers = tokio::spawn(write(other.clone()));
            let mut got = Vec::new();
            while got.len() < WRITERS * EACH {
                let page = subscription.next_page().await.expect("readable");
                got.extend(positions(&page));
            }
            assert_eq!(got, writers.await.expect("no panic"));
            is_over.store(true, Ordering::Relaxed);
            let naive = naive.await.expect("no panic");
            if naive.len() < got.len() {
                break;
            }
        }
    };
    in_time(rounds).await;
    let rest = store.feed().after(subscription.checkpoint()).read().await;
    assert!(rest.expect("readable").is_end());
}

const WRITERS: usize = 8;
const EACH: usize = 20;

/// Each commits every second event before the one that it took a position for earlier.
async fn write(store: Store) -> Vec<u64> {
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let store = store.clone();
        writers.spawn(async move {
            let mut positions = Vec::new();
            for _ in 0..EACH / 2 {
                let (tx, position) = open(&store).await;
                positions.extend([position, committed(&store).await]);
                tx.commit().await.expect("committed");
            }
            positions
        });
    }
    let mut all = Vec::new();
    while let Some(positions) = writers.join_next().await {
        all.extend(positions.expect("no panic"));
    }
    all.sort_unstable();
    all
}

/// What the planted reader gets to see.
async fn naively(
    mut connection: PgConnection,
    begin: u64,
    is_over: Arc<AtomicBool>,
) -> HashSet<i64> {
    let (mut got, mut checkpoint) = (HashSet::new(), begin as i64);
    loop {
        let is_last = is_over.load(Ordering::Relaxed);
        let (rows, last) = Planted::Greater.read(&mut connection, checkpoint).await;
        got.extend(rows);
        checkpoint = last;
        if is_last {
            return got;
        }
    }
}
