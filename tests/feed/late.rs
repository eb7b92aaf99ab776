//! Writers that take positions early and commit late.

use std::collections::HashSet;

use annals::Position;
use sqlx::Connection;
use sqlx::postgres::PgConnection;

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

/// A subscription that waits sees it soon after it is committed, though nothing in its process tells.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_goes_on_when_the_late_one_is_committed() {
    let database = annals_tests::postgres().await;
    let (store, other) = (database.store().await, database.store().await);
    let (tx, late) = open(&other).await;
    let higher = committed(&other).await;
    let mut subscription = store.feed().follow();
    let nothing = tokio::time::timeout(
        std::time::Duration::from_millis(300),
        subscription.next_page(),
    );
    assert!(nothing.await.is_err());
    let reading = tokio::spawn(async move { subscription.next_page().await });
    tx.commit().await.expect("committed");
    let page = in_time(reading).await.expect("no panic").expect("readable");
    assert_eq!(positions(&page), [late, higher]);
}

/// Many at once, until the planted reader has lost something: then there was occasion enough.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_late_writers_lose_nothing() {
    const WRITERS: usize = 8;
    let database = annals_tests::postgres().await;
    let (store, other) = (database.store().await, database.store().await);
    let mut naive = PgConnection::connect(database.url())
        .await
        .expect("it opens");
    let mut subscription = store.feed().page(7).follow();
    let (mut got, mut naively, mut checkpoint) = (Vec::new(), HashSet::new(), 0);
    let rounds = async {
        loop {
            let mut writers = tokio::task::JoinSet::new();
            for _ in 0..WRITERS {
                let other = other.clone();
                writers.spawn(async move {
                    let mut positions = Vec::new();
                    for _ in 0..10 {
                        let (tx, position) = open(&other).await;
                        positions.push(position);
                        positions.push(committed(&other).await);
                        tx.commit().await.expect("committed");
                    }
                    positions
                });
            }
            let mut expected = Vec::new();
            let begin = subscription.checkpoint();
            let mut read = Vec::new();
            while expected.len() < 20 * WRITERS || read.len() < 20 * WRITERS {
                tokio::select! {
                    Some(written) = writers.join_next() => expected.extend(written.expect("no panic")),
                    page = subscription.next_page() => read.extend(positions(&page.expect("readable"))),
                    (rows, last) = Planted::Greater.read(&mut naive, checkpoint) => {
                        naively.extend(rows);
                        checkpoint = last;
                    }
                }
            }
            expected.sort_unstable();
            assert_eq!(read, expected, "after {begin}");
            got.extend(read);
            let (rows, last) = Planted::Greater.read(&mut naive, checkpoint).await;
            naively.extend(rows);
            checkpoint = last;
            if naively.len() < got.len() {
                break;
            }
        }
    };
    in_time(rounds).await;
    let rest = store
        .feed()
        .after(Position::new(*got.last().expect("many")))
        .read()
        .await;
    assert!(rest.expect("readable").is_end());
}
