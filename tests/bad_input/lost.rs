//! Connections that are lost while the store is used.

use std::time::Duration;

use annals::{CommandError, ErrorKind, Store};
use annals_tests::domain::{Account, Deposit};
use annals_tests::{Cluster, Database};

use crate::says;

const OURS: &str =
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

async fn eventually(database: &Database, number: &str) {
    let reached = async {
        while database.number(number).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), reached)
        .await
        .expect(number);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_whose_connection_is_lost_can_be_repeated() {
    let database = annals_tests::postgres().await;
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1)).await.expect("stored");

    // Held by somebody else, so that the command is under way for as long as it takes.
    let mut hand = database.connection().await;
    hand.sql("BEGIN; SELECT 1 FROM annals.streams FOR UPDATE")
        .await;
    let command = {
        let root = store.aggregate::<Account>("1");
        tokio::spawn(async move { root.execute(Deposit(10)).key("a").await })
    };
    let waiting = format!("SELECT count(*) {OURS} AND wait_event_type = 'Lock'");
    eventually(&database, &waiting).await;
    let ended =
        format!("SELECT count(pg_terminate_backend(pid)) {OURS} AND wait_event_type = 'Lock'");
    assert_eq!(database.number(&ended).await, 1);
    let error = command.await.expect("no panic").expect_err("it was ended");
    let CommandError::Store(error) = error else {
        panic!("{error:?}")
    };
    says(
        &error,
        ErrorKind::Unreachable,
        &["terminating connection"],
        &["same event ids", "key"],
    );
    assert!(error.is_retryable());
    hand.sql("ROLLBACK").await;
    hand.close().await;

    let receipt = root.execute(Deposit(10)).key("a").await.expect("stored");
    assert_eq!(receipt.version().get(), 2);
    assert_eq!(root.load().await.expect("loads").balance, 11);
}

#[tokio::test]
async fn connections_that_were_lost_unseen_are_replaced() {
    let database = annals_tests::postgres().await;
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    for round in 1..=3 {
        root.execute(Deposit(1)).await.expect("stored");
        let ended = format!("SELECT count(pg_terminate_backend(pid)) {OURS}");
        assert!(database.number(&ended).await > 0);
        let key = round.to_string();
        recovers(|| root.execute(Deposit(1)).key(key.as_str())).await;
    }
    assert_eq!(root.load().await.expect("loads").balance, 6);
}

#[tokio::test]
async fn a_store_outlives_a_restart_of_its_server() {
    let cluster = Cluster::start_new();
    let database = Database::at(cluster.url("postgres"));
    Store::migrate(database.url()).await.expect("migrated");
    let options = annals_tests::options().lock_timeout(Duration::from_millis(10));
    let store = database.open(options).await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1)).await.expect("stored");

    cluster.crash();
    let error = root.execute(Deposit(10)).key("a").await.expect_err("down");
    let CommandError::Store(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
    let error = root.load().await.expect_err("down");
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");

    cluster.start();
    recovers(|| root.execute(Deposit(10)).key("a")).await;
    let loaded = root.load().await.expect("loads");
    assert_eq!((loaded.balance, loaded.version().get()), (11, 2));
}

/// At most one error for each connection of the pool, and then it goes on.
async fn recovers<F>(mut call: impl FnMut() -> F)
where
    F: IntoFuture<Output = Result<annals::Receipt, CommandError<annals_tests::domain::Refusal>>>,
{
    let mut errors = 0;
    while let Err(error) = call().await {
        let CommandError::Store(error) = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
        errors += 1;
        assert!(errors <= 10, "{error:?}");
    }
}

/// What is kept in memory of an aggregate is not believed after the database was put back to an older state.
#[tokio::test]
async fn a_database_put_back_under_a_running_store_is_not_overwritten() {
    let database = annals_tests::postgres().await;
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    for _ in 0..3 {
        root.execute(Deposit(100)).await.expect("stored");
    }
    database
        .edit("DELETE FROM {events} WHERE version > 1; UPDATE {streams} SET version = 1")
        .await;
    let result = root.execute(annals_tests::domain::Withdraw(150)).await;
    assert!(result.is_err(), "there is less in the account: {result:?}");
    assert_eq!(database.events().await, 1);
}

#[tokio::test]
async fn a_store_in_memory_outlives_callers_who_give_up() {
    let store = Store::connect("sqlite::memory:").await.expect("a store");
    for _ in 0..500 {
        // Asked once, and dropped wherever it then stands.
        let _ = tokio::time::timeout(Duration::ZERO, store.frontier()).await;
        store.frontier().await.expect("the tables are there");
    }
}
