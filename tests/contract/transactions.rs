//! Appends in a transaction of the caller's own.

use annals::{Append, Expected, Store, Tx, Version};
use annals_tests::domain::{Account, Deposit, account, deposited, deposits, exact};
use annals_tests::{Database, contract};

contract![
    a_commit_stores_the_append,
    a_rollback_stores_nothing,
    a_dropped_transaction_stores_nothing,
    a_table_of_the_caller_commits_with_the_events,
    a_table_of_the_caller_rolls_back_with_the_events,
    several_appends_share_a_transaction,
    a_conflict_leaves_the_transaction_usable,
    an_append_is_not_seen_before_the_commit,
    a_command_after_the_commit_sees_the_events,
    a_rollback_leaves_no_trace_in_memory,
    a_repeated_append_in_a_transaction_is_seen,
    a_transaction_of_a_pool_of_the_callers_own_carries_appends,
];

async fn with_table(database: &Database) -> Store {
    let store = database.store().await;
    database
        .sql("CREATE TABLE audit (note text NOT NULL)")
        .await;
    store
}

async fn note(tx: &mut Tx, text: &'static str) {
    if let Some(connection) = tx.as_postgres() {
        sqlx::query("INSERT INTO audit VALUES ($1)")
            .bind(text)
            .execute(connection)
            .await
            .expect("the row goes in");
    } else {
        let connection = tx.as_sqlite().expect("one of the two");
        sqlx::query("INSERT INTO audit VALUES ($1)")
            .bind(text)
            .execute(connection)
            .await
            .expect("the row goes in");
    }
}

fn deposit(id: &str, expected: Expected, cents: i64) -> Append {
    Append::to(&account(id), expected, [deposited(cents)])
}

async fn notes(database: &Database) -> i64 {
    database.number("SELECT count(*) FROM audit").await
}

async fn a_commit_stores_the_append(database: &Database) {
    let store = database.store().await;
    let mut tx = store.begin().await.expect("a transaction");
    let receipt = store
        .append_in(&mut tx, deposit("1", Expected::NoStream, 1))
        .await
        .expect("stored");
    tx.commit().await.expect("committed");
    assert_eq!(receipt.version(), Version::new(1));
    let events = store.stream(&account("1")).all().await.expect("readable");
    assert_eq!(Some(events[0].recorded().position()), receipt.position());
}

async fn a_rollback_stores_nothing(database: &Database) {
    let store = database.store().await;
    let mut tx = store.begin().await.expect("a transaction");
    store
        .append_in(&mut tx, deposit("1", Expected::NoStream, 1))
        .await
        .expect("stored");
    tx.rollback().await.expect("rolled back");
    assert_eq!(database.events().await, 0);
    assert_eq!(database.number("SELECT count(*) FROM {streams}").await, 0);
    store
        .append(deposit("1", Expected::NoStream, 2))
        .await
        .expect("the stream was never made");
}

async fn a_dropped_transaction_stores_nothing(database: &Database) {
    let store = database.store().await;
    {
        let mut tx = store.begin().await.expect("a transaction");
        store
            .append_in(&mut tx, deposit("1", Expected::NoStream, 1))
            .await
            .expect("stored");
    }
    store
        .append(deposit("1", Expected::NoStream, 2))
        .await
        .expect("the stream was never made");
    assert_eq!(deposits(&store, &account("1")).await, [2]);
}

async fn a_table_of_the_caller_commits_with_the_events(database: &Database) {
    let store = with_table(database).await;
    let mut tx = store.begin().await.expect("a transaction");
    note(&mut tx, "before").await;
    store
        .append_in(&mut tx, deposit("1", Expected::NoStream, 1))
        .await
        .expect("stored");
    note(&mut tx, "after").await;
    tx.commit().await.expect("committed");
    assert_eq!(notes(database).await, 2);
    assert_eq!(database.events().await, 1);
}

async fn a_table_of_the_caller_rolls_back_with_the_events(database: &Database) {
    let store = with_table(database).await;
    let mut tx = store.begin().await.expect("a transaction");
    note(&mut tx, "before").await;
    store
        .append_in(&mut tx, deposit("1", Expected::NoStream, 1))
        .await
        .expect("stored");
    tx.rollback().await.expect("rolled back");
    assert_eq!(notes(database).await, 0);
    assert_eq!(database.events().await, 0);
}

async fn several_appends_share_a_transaction(database: &Database) {
    let store = database.store().await;
    let mut tx = store.begin().await.expect("a transaction");
    for (id, expected, cents) in [
        ("1", Expected::NoStream, 1),
        ("2", Expected::NoStream, 2),
        ("1", exact(1), 3),
        ("1", Expected::Exists, 4),
    ] {
        store
            .append_in(&mut tx, deposit(id, expected, cents))
            .await
            .expect("stored");
    }
    tx.commit().await.expect("committed");
    assert_eq!(deposits(&store, &account("1")).await, [1, 3, 4]);
    assert_eq!(deposits(&store, &account("2")).await, [2]);
}

async fn a_conflict_leaves_the_transaction_usable(database: &Database) {
    let store = with_table(database).await;
    let mut tx = store.begin().await.expect("a transaction");
    note(&mut tx, "before").await;
    store
        .append_in(&mut tx, deposit("1", Expected::NoStream, 1))
        .await
        .expect("stored");
    let lost = deposit("1", exact(7), 2).and(&account("2"), Expected::NoStream, [deposited(2)]);
    let error = store
        .append_in(&mut tx, lost)
        .await
        .expect_err("a conflict");
    assert!(error.is_conflict(), "{error:?}");
    note(&mut tx, "after").await;
    store
        .append_in(&mut tx, deposit("1", exact(1), 3))
        .await
        .expect("stored");
    tx.commit().await.expect("committed");
    assert_eq!(notes(database).await, 2);
    assert_eq!(deposits(&store, &account("1")).await, [1, 3]);
    assert_eq!(deposits(&store, &account("2")).await, [0; 0]);
}

async fn an_append_is_not_seen_before_the_commit(database: &Database) {
    let store = database.store().await;
    let mut tx = store.begin().await.expect("a transaction");
    store
        .append_in(&mut tx, deposit("1", Expected::NoStream, 1))
        .await
        .expect("stored");
    assert_eq!(deposits(&store, &account("1")).await, [0; 0]);
    let loaded = store.aggregate::<Account>("1").load().await.expect("loads");
    assert_eq!(loaded.version(), Version::new(0));
    tx.commit().await.expect("committed");
    assert_eq!(deposits(&store, &account("1")).await, [1]);
}

async fn a_command_after_the_commit_sees_the_events(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1)).await.expect("stored");
    let mut tx = store.begin().await.expect("a transaction");
    store
        .append_in(&mut tx, deposit("1", exact(1), 10))
        .await
        .expect("stored");
    tx.commit().await.expect("committed");
    let receipt = root.execute(Deposit(100)).await.expect("stored");
    assert_eq!(receipt.version(), Version::new(3));
    assert_eq!(root.load().await.expect("loads").balance, 111);
}

async fn a_rollback_leaves_no_trace_in_memory(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1)).await.expect("stored");
    let mut tx = store.begin().await.expect("a transaction");
    store
        .append_in(&mut tx, deposit("1", exact(1), 10))
        .await
        .expect("stored");
    tx.rollback().await.expect("rolled back");
    assert_eq!(root.load().await.expect("loads").balance, 1);
    let receipt = root.execute(Deposit(100)).await.expect("stored");
    assert_eq!(receipt.version(), Version::new(2));
    assert_eq!(root.load().await.expect("loads").balance, 101);
}

async fn a_repeated_append_in_a_transaction_is_seen(database: &Database) {
    let store = database.store().await;
    let id = uuid::Uuid::now_v7();
    let append = || Append::to(&account("1"), Expected::NoStream, [deposited(1).id(id)]);
    store.append(append()).await.expect("stored");
    let mut tx = store.begin().await.expect("a transaction");
    let receipt = store
        .append_in(&mut tx, append())
        .await
        .expect("a repetition");
    tx.commit().await.expect("committed");
    assert!(receipt.is_repeated());
    assert_eq!(database.events().await, 1);
}

async fn a_transaction_of_a_pool_of_the_callers_own_carries_appends(database: &Database) {
    let store = with_table(database).await;
    for (n, commits) in [(0, true), (1, false)] {
        let mut tx: Tx = if database.is_postgres() {
            let pool = sqlx::PgPool::connect(database.url()).await;
            let pool = pool.expect("the database lets us in");
            pool.begin().await.expect("a transaction").into()
        } else {
            let pool = sqlx::SqlitePool::connect(database.url()).await;
            let pool = pool.expect("the file opens");
            pool.begin().await.expect("a transaction").into()
        };
        note(&mut tx, "before").await;
        let append = deposit("1", exact(n), 1);
        store.append_in(&mut tx, append).await.expect("stored");
        if commits {
            tx.commit().await.expect("committed");
        } else {
            drop(tx);
        }
    }
    assert_eq!(notes(database).await, 1);
    assert_eq!(deposits(&store, &account("1")).await, [1]);
}
