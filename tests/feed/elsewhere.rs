//! What others do elsewhere delays nobody.

use annals::Store;
use annals_tests::Database;

use crate::{committed, open, read, served};

/// How many events a reader would hold back that waits for every transaction older than the oldest one still open.
const BEHIND_THE_HORIZON: &str = "SELECT count(*) FROM {events} \
    WHERE xmin::text::bigint >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

/// Each event is read as soon as it is committed.
async fn nobody_waits(store: &Store) {
    let mut checkpoint = store.frontier().await.expect("known").get();
    for _ in 0..5 {
        let position = committed(store).await;
        assert_eq!(read(store, checkpoint).await, (vec![position], position));
        checkpoint = position;
    }
}

#[tokio::test]
async fn long_transactions_on_other_tables_delay_nobody() {
    let served = served().await;
    let database = &served.database;
    database
        .sql("CREATE TABLE mine (n integer); CREATE SCHEMA other; CREATE TABLE other.events (position bigint)")
        .await;
    for sql in [
        "INSERT INTO mine VALUES (1)",
        "INSERT INTO other.events VALUES (1)",
        "LOCK TABLE mine IN ACCESS EXCLUSIVE MODE; SELECT pg_current_xact_id()",
        "INSERT INTO annals.snapshots VALUES ('', 'a-1', 1, gen_random_uuid(), 'f', '1'); SELECT pg_current_xact_id()",
    ] {
        let mut hand = database.connection().await;
        hand.sql(&format!("BEGIN; {sql}")).await;
        nobody_waits(&served.store).await;
        assert!(
            database.number(BEHIND_THE_HORIZON).await >= 5,
            "{sql}: it delays nothing else"
        );
        hand.sql("ROLLBACK").await;
        hand.close().await;
    }
}

#[tokio::test]
async fn long_transactions_in_other_databases_delay_nobody() {
    let served = served().await;
    served.database.sql("CREATE DATABASE one").await;
    let one = Database::at(served.cluster.url("one"));
    Store::migrate(one.url()).await.expect("migrated");
    // A copy, in which even the numbers of the tables are the same.
    served
        .database
        .sql("CREATE DATABASE two TEMPLATE one")
        .await;
    let two = Database::at(served.cluster.url("two"));
    let number = "SELECT 'annals.events'::regclass::oid::bigint";
    assert_eq!(one.number(number).await, two.number(number).await);
    let (one, two) = (one.store().await, two.store().await);
    let (tx, _) = open(&two).await;
    nobody_waits(&one).await;
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn another_store_in_the_same_database_delays_nobody() {
    let database = annals_tests::postgres().await;
    let options = || annals_tests::options().schema("others");
    options().migrate(database.url()).await.expect("migrated");
    let (store, others) = (database.store().await, database.open(options()).await);
    let (tx, _) = open(&others).await;
    nobody_waits(&store).await;
    tx.rollback().await.expect("rolled back");
    nobody_waits(&others).await;
}

/// Readers, and what the server does to the table by itself.
#[tokio::test]
async fn who_does_not_write_events_delays_nobody() {
    let database = annals_tests::postgres().await;
    let store = database.store().await;
    for sql in [
        "BEGIN; SELECT count(*) FROM {events}; SELECT pg_current_xact_id()",
        "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT count(*) FROM {events}",
        "BEGIN; SELECT * FROM {events} FOR UPDATE",
        "BEGIN; LOCK TABLE {events} IN SHARE UPDATE EXCLUSIVE MODE",
    ] {
        let mut hand = database.connection().await;
        hand.sql(sql).await;
        nobody_waits(&store).await;
        hand.sql("ROLLBACK").await;
        hand.close().await;
    }
}
