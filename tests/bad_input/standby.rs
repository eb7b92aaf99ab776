//! Servers that cannot be written.

use std::time::Duration;

use annals::{CommandError, ErrorKind, Store};
use annals_tests::domain::{Account, Deposit, account};
use annals_tests::{Cluster, Database};

use crate::{one, refused, says};

async fn followed(primary: &Database, standby: &Database) {
    let events = primary.events().await;
    let all_there = async {
        while standby.events().await < events {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all_there)
        .await
        .expect("the standby follows");
}

#[tokio::test]
async fn a_standby_is_for_reading_alone() {
    let cluster = Cluster::start_new();
    let primary = Database::at(cluster.url("postgres"));
    Store::migrate(primary.url()).await.expect("migrated");
    let store = primary.store().await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(7)).await.expect("stored");
    let second = cluster.standby();
    let standby = Database::at(second.url("postgres"));
    followed(&primary, &standby).await;

    let error = refused(standby.url()).await;
    says(
        &error,
        ErrorKind::ReadOnly,
        &["standby"],
        &["primary", "read_only()"],
    );

    let reading = standby.open(Store::options().read_only()).await;
    let root = reading.aggregate::<Account>("1");
    assert_eq!(root.load().await.expect("loads").balance, 7);
    let events = reading.stream(&account("1")).all().await;
    assert_eq!(events.expect("readable").len(), 1);
    let error = reading.append(one("1")).await.expect_err("read-only");
    says(&error, ErrorKind::ReadOnly, &["reading"], &["read_only"]);
    let error = root.execute(Deposit(1)).await.expect_err("read-only");
    assert!(
        matches!(&error, CommandError::Store(error) if error.kind() == ErrorKind::ReadOnly),
        "{error:?}"
    );

    // The primary is lost, and the standby takes its place.
    drop(cluster);
    second.promote();
    let store = standby.store().await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1)).await.expect("stored");
    assert_eq!(root.load().await.expect("loads").balance, 8);
}

#[tokio::test]
async fn a_primary_that_is_set_to_read_only_says_so() {
    let cluster = Cluster::start_new();
    let database = Database::at(cluster.url("postgres"));
    Store::migrate(database.url()).await.expect("migrated");
    database
        .sql("ALTER ROLE postgres SET default_transaction_read_only = on")
        .await;
    let store = database.store().await;
    let error = store.append(one("1")).await.expect_err("read-only");
    says(&error, ErrorKind::ReadOnly, &["read-only"], &["primary"]);
}

/// Opened for reading, a store that could write does not.
#[tokio::test]
async fn a_store_opened_for_reading_does_not_write() {
    for database in [annals_tests::postgres().await, annals_tests::sqlite().await] {
        database
            .store()
            .await
            .append(one("1"))
            .await
            .expect("stored");
        let store = database.open(Store::options().read_only()).await;
        let error = store.append(one("1")).await.expect_err("read-only");
        says(&error, ErrorKind::ReadOnly, &["reading"], &["read_only"]);
        let root = store.aggregate::<Account>("1");
        assert!(root.execute(Deposit(1)).await.is_err());
        assert!(root.execute(Deposit(1)).key("a").await.is_err());
        assert_eq!(database.events().await, 1);
        assert_eq!(database.number("SELECT count(*) FROM {commands}").await, 0);
    }
}
