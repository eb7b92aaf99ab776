//! Other processes are told of stored events, where a store is asked to.

use std::pin::pin;
use std::time::Duration;

use annals::{Append, Expected};
use annals_tests::Database;
use annals_tests::domain::{account, deposited};
use sqlx::postgres::PgListener;

use crate::{committed, in_time, open, positions};

/// Nothing that is looked for from time to time would be found within the test.
const NEVER: Duration = Duration::from_secs(100_000);

/// Once so many stores listen: until then nobody can tell them anything.
async fn listening(database: &Database, stores: i64) {
    let listens = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    let listens = async {
        while database.number(listens).await < stores {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    in_time(listens).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_store_announces_wakes() {
    let database = annals_tests::postgres().await;
    let other = database.open(annals_tests::options().notify()).await;
    let store = database
        .open(annals_tests::options().notify().read_only())
        .await;
    listening(&database, 2).await;
    let mut subscription = store.feed().poll(NEVER).follow();
    for round in 0..10 {
        let mut next = pin!(subscription.next_page());
        let nothing = tokio::time::timeout(Duration::from_millis(20), &mut next).await;
        assert!(nothing.is_err(), "{nothing:?}");
        let position = if round % 2 == 0 {
            committed(&other).await
        } else {
            let (tx, position) = open(&other).await;
            tx.commit().await.expect("committed");
            position
        };
        let page = in_time(next).await.expect("readable");
        assert_eq!(positions(&page), [position]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_appends_are_announced_together_and_without_a_payload() {
    const APPENDS: usize = 300;
    let database = annals_tests::postgres().await;
    let store = database.open(annals_tests::options().notify()).await;
    let mut listener = PgListener::connect(database.url()).await.expect("it opens");
    listener.listen("annals").await.expect("it listens");
    for _ in 0..APPENDS {
        let append = Append::to(&account("1"), Expected::Any, [deposited(1)]);
        store.append(append).await.expect("stored");
    }
    let mut announcements = 0;
    let silence = Duration::from_millis(500);
    while let Ok(announced) = tokio::time::timeout(silence, listener.recv()).await {
        assert_eq!(announced.expect("it listens").payload(), "");
        announcements += 1;
    }
    assert!((1..APPENDS / 2).contains(&announcements), "{announcements}");
}

#[tokio::test]
async fn a_store_that_is_not_asked_to_tells_nobody() {
    let database = annals_tests::postgres().await;
    let store = database.store().await;
    let mut listener = PgListener::connect(database.url()).await.expect("it opens");
    listener.listen("annals").await.expect("it listens");
    committed(&store).await;
    let silence = tokio::time::timeout(Duration::from_millis(500), listener.recv()).await;
    assert!(silence.is_err(), "{silence:?}");
}

/// Neither keeps a store from being closed, nor its connections from being given back.
#[tokio::test]
async fn a_store_that_tells_others_can_be_closed() {
    let database = annals_tests::postgres().await;
    for close in [true, false] {
        let store = database.open(annals_tests::options().notify()).await;
        listening(&database, 1).await;
        committed(&store).await;
        if close {
            in_time(store.close()).await;
        }
        drop(store);
        let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                    AND pid <> pg_backend_pid()";
        let gone = async {
            while database.number(open).await > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        in_time(gone).await;
    }
}
