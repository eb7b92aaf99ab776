//! Databases without tables, with older ones, and with newer ones.

use annals::{ErrorKind, Store};
use annals_tests::databases::empty_postgres;
use annals_tests::domain::Account;
use annals_tests::{Database, postgres, sqlite};

use crate::{one, refused, says};

async fn both() -> [Database; 2] {
    let sqlite = sqlite().await;
    sqlite.store().await.close().await;
    [postgres().await, sqlite]
}

#[tokio::test]
async fn a_database_without_tables_is_named() {
    let database = empty_postgres().await;
    let error = refused(database.url()).await;
    says(&error, ErrorKind::Unmigrated, &["`annals`"], &["migrate"]);
    let error = Store::options().read_only().connect(database.url()).await;
    assert_eq!(error.expect_err("no tables").kind(), ErrorKind::Unmigrated);
}

#[tokio::test]
async fn each_schema_is_a_store_of_its_own() {
    let database = postgres().await;
    let options = || annals_tests::options().schema("other");
    let error = options()
        .connect(database.url())
        .await
        .expect_err("no tables");
    says(&error, ErrorKind::Unmigrated, &["`other`"], &["migrate"]);
    options().migrate(database.url()).await.expect("migrated");
    let other = database.open(options()).await;
    other.append(one("1")).await.expect("stored");
    assert_eq!(database.events().await, 0);
    assert_eq!(
        database.number("SELECT count(*) FROM other.events").await,
        1
    );
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_left_alone() {
    for database in both().await {
        let store = database.store().await;
        store.append(one("1")).await.expect("stored");
        store.close().await;
        database
            .sql("INSERT INTO {migrations} (number, name) VALUES (999, '0999_future')")
            .await;
        let error = refused(database.url()).await;
        says(
            &error,
            ErrorKind::NewerDatabase,
            &["999"],
            &["newer release"],
        );
        let error = Store::migrate(database.url()).await.expect_err("newer");
        says(
            &error,
            ErrorKind::NewerDatabase,
            &["999"],
            &["newer release"],
        );
        let error = Store::options().read_only().connect(database.url()).await;
        assert_eq!(error.expect_err("newer").kind(), ErrorKind::NewerDatabase);
        for table in ["{events}", "{streams}"] {
            let count = format!("SELECT count(*) FROM {table}");
            assert_eq!(database.number(&count).await, 1, "{table}");
        }
    }
}

#[tokio::test]
async fn a_database_of_an_older_release_is_to_be_migrated() {
    let database = postgres().await;
    database
        .sql("UPDATE {migrations} SET number = number - 2")
        .await;
    let error = refused(database.url()).await;
    says(
        &error,
        ErrorKind::Unmigrated,
        &["older release"],
        &["migrate"],
    );
}

#[tokio::test]
async fn a_file_of_an_older_release_cannot_be_read_only() {
    let database = sqlite().await;
    let mut hand = database_file(&database).await;
    hand.sql("CREATE TABLE mine (n integer)").await;
    hand.close().await;
    let error = Store::options().read_only().connect(database.url()).await;
    let error = error.expect_err("no tables");
    says(
        &error,
        ErrorKind::Unmigrated,
        &["test.db"],
        &["for writing"],
    );
    // Which makes the tables, beside those that are there.
    database
        .store()
        .await
        .append(one("1"))
        .await
        .expect("stored");
    assert_eq!(database.number("SELECT count(*) FROM mine").await, 0);
}

async fn database_file(database: &Database) -> annals_tests::databases::Hand {
    std::fs::write(database.file(), b"").expect("an empty file");
    database.connection().await
}

#[tokio::test]
async fn migrations_run_once() {
    let names = [
        "0001_events",
        "0002_schemas",
        "0003_projections",
        "0004_processes",
        "0005_append_only",
        "0006_names",
    ];
    let database = empty_postgres().await;
    let first = Store::migrate(database.url()).await.expect("migrated");
    assert_eq!(first, names);
    let second = Store::migrate(database.url()).await.expect("nothing to do");
    assert!(second.is_empty(), "{second:?}");
    let database = sqlite().await;
    let first = Store::migrate(database.url()).await.expect("migrated");
    assert_eq!(first, names);
    let second = Store::migrate(database.url()).await.expect("nothing to do");
    assert!(second.is_empty(), "{second:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn migrations_that_run_at_the_same_time_run_once() {
    for database in [empty_postgres().await, sqlite().await] {
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let url = database.url().to_owned();
                tokio::spawn(async move { Store::migrate(&url).await })
            })
            .collect();
        let mut ran = 0;
        for task in tasks {
            let names = task.await.expect("no panic").expect("migrated");
            ran += usize::from(!names.is_empty());
        }
        assert_eq!(ran, 1);
        database
            .store()
            .await
            .append(one("1"))
            .await
            .expect("stored");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_file_opened_by_many_at_once_is_one_store() {
    let database = sqlite().await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let url = database.url().to_owned();
            tokio::spawn(async move { Store::connect(&url).await?.append(one("1")).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic").expect("stored");
    }
    assert_eq!(database.events().await, 8);
}

#[tokio::test]
async fn the_sql_of_the_migrations_makes_the_same_tables() {
    let database = empty_postgres().await;
    let sql = Store::options().migration_sql(database.url()).expect("sql");
    database.sql(&sql).await;
    let store = database.store().await;
    store.append(one("1")).await.expect("stored");
    let again = Store::migrate(database.url()).await.expect("nothing to do");
    assert!(again.is_empty(), "{again:?}");

    let database = sqlite().await;
    let sql = Store::options().migration_sql(database.url()).expect("sql");
    let mut hand = database_file(&database).await;
    hand.sql(&sql).await;
    hand.close().await;
    database
        .store()
        .await
        .append(one("1"))
        .await
        .expect("stored");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing() {
    // In the way of a table that is made late in a migration, and of one in a late migration.
    for table in ["commands", "instances"] {
        let database = empty_postgres().await;
        database
            .sql(&format!(
                "CREATE SCHEMA annals; CREATE TABLE annals.{table} (mine int)"
            ))
            .await;
        let error = Store::migrate(database.url())
            .await
            .expect_err("in the way");
        assert!(error.to_string().contains(table), "{error:?}");
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'annals'";
        assert_eq!(database.number(tables).await, 1);
        database.sql(&format!("DROP TABLE annals.{table}")).await;
        Store::migrate(database.url()).await.expect("migrated");
        let store = database.store().await;
        store.append(one("1")).await.expect("stored");
    }
}

/// The tables as the first migration made them, with an event in them.
async fn at_the_first_migration(database: &Database) {
    let (tables, migrations) = if database.is_postgres() {
        let tables = include_str!("../../runtime/src/store/postgres/migrations/0001_events.sql");
        let tables = tables
            .replace("{schema}", "annals")
            .replace("{payload}", "json");
        let migrations =
            "CREATE TABLE annals.migrations (number bigint PRIMARY KEY, name text NOT NULL,
                              run_at timestamptz NOT NULL DEFAULT clock_timestamp())";
        (format!("CREATE SCHEMA annals; {tables}"), migrations)
    } else {
        let tables = include_str!("../../runtime/src/store/sqlite/migrations/0001_events.sql");
        let migrations = "CREATE TABLE annals_migrations (number integer PRIMARY KEY, name text NOT NULL,
                              run_at text NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))) STRICT";
        (tables.to_owned(), migrations)
    };
    let mut hand = if database.is_postgres() {
        database.connection().await
    } else {
        database_file(database).await
    };
    for sql in [
        tables.as_str(),
        migrations,
        "INSERT INTO {migrations} (number, name) VALUES (1, '0001_events')",
        "INSERT INTO {streams} (stream, aggregate, version, recorded_at)
         VALUES ('account-1', 'account', 1, '2024-01-01T00:00:00.000000Z')",
        "INSERT INTO {events} (position, stream, version, event_id, event_type, schema_version, payload,
                               recorded_at, occurred_at)
         VALUES (1, 'account-1', 1, '018e0000-0000-7000-8000-000000000000', 'money.deposited', 1, '{\"cents\":7}',
                 '2024-01-01T00:00:00.000000Z', '2024-01-01T00:00:00.000000Z')",
    ] {
        hand.sql(sql).await;
    }
    hand.close().await;
}

#[tokio::test]
async fn a_database_of_the_first_migration_is_brought_up_to_date() {
    for database in [empty_postgres().await, sqlite().await] {
        at_the_first_migration(&database).await;
        let error = Store::options().read_only().connect(database.url()).await;
        let error = error.expect_err("of an older release");
        says(&error, ErrorKind::Unmigrated, &["older release"], &[]);
        if database.is_postgres() {
            let error = refused(database.url()).await;
            says(
                &error,
                ErrorKind::Unmigrated,
                &["migration 1"],
                &["migrate"],
            );
            let names = Store::migrate(database.url()).await.expect("migrated");
            assert_eq!(
                names,
                [
                    "0002_schemas",
                    "0003_projections",
                    "0004_processes",
                    "0005_append_only",
                    "0006_names",
                ]
            );
        }
        let store = database.store().await;
        let root = store.aggregate::<Account>("1");
        assert_eq!(root.load().await.expect("loads").balance, 7);
        assert_eq!(database.number("SELECT count(*) FROM {schemas}").await, 0);
    }
}
