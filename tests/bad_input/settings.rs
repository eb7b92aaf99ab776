//! Settings of a server that are not the usual ones: nothing changes by them.

use std::sync::Arc;
use std::time::Duration;

use annals::{Append, AsOf, CommandError, Expected, Version};
use annals_tests::domain::{Account, Deposit, Ledger, Refusal, Withdraw, account, deposited};
use annals_tests::{Database, postgres};
use chrono::{DateTime, Utc};
use tokio::sync::Barrier;

use crate::one;

/// What every program does with a store.
async fn works(database: &Database) {
    let store = database.store().await;
    let when: DateTime<Utc> = "2024-02-03T04:05:06.789012Z".parse().expect("a time");
    let root = store.aggregate::<Ledger>("1");
    for n in 0..4 {
        let deposit = root.execute(Deposit(100)).key(n.to_string());
        deposit.occurred_at(when).await.expect("stored");
    }
    let again = root.execute(Deposit(100)).key("0").await;
    assert!(again.expect("repeated").is_repeated());
    let refused = root.execute(Withdraw(500)).key("r").await;
    assert!(
        matches!(
            refused,
            Err(CommandError::Rejected(Refusal::Insufficient {
                missing: 100
            }))
        ),
        "{refused:?}"
    );
    let then = root.state_at(AsOf::occurred(when)).await;
    assert_eq!(then.expect("a state").balance, 400);
    let error = store
        .append(Append::to(
            root.stream(),
            Expected::NoStream,
            [deposited(1)],
        ))
        .await
        .expect_err("it exists");
    assert_eq!(error.conflict().map(|it| it.found), Some(Version::new(4)));
    let events = store.stream(root.stream()).all().await.expect("readable");
    assert!(events.iter().all(|it| it.recorded().occurred_at() == when));
    let mut tx = store.begin().await.expect("a transaction");
    store.append_in(&mut tx, one("2")).await.expect("stored");
    tx.commit().await.expect("committed");
    store.close().await;
    let loaded = database.store().await;
    let loaded = loaded.aggregate::<Ledger>("1").load().await;
    assert_eq!(loaded.expect("loads").entries, [100; 4]);
}

#[tokio::test]
async fn unusual_settings_change_nothing() {
    for setting in [
        "DateStyle = 'SQL, DMY'",
        "IntervalStyle = 'sql_standard'",
        "TimeZone = 'Asia/Kathmandu'",
        "search_path = ''",
        "standard_conforming_strings = off",
        "default_transaction_deferrable = on",
        "default_transaction_isolation = 'serializable'",
        "default_transaction_isolation = 'repeatable read'",
        "bytea_output = 'escape'",
        "extra_float_digits = 0",
        "plan_cache_mode = 'force_generic_plan'",
        "plan_cache_mode = 'force_custom_plan'",
        "enable_indexscan = off",
        "enable_hashjoin = off",
        "enable_nestloop = off",
        "enable_material = off",
        "synchronous_commit = off",
        "jit_above_cost = 0",
        "debug_parallel_query = on",
        "min_parallel_table_scan_size = 0",
        "row_security = off",
        "client_min_messages = 'debug5'",
    ] {
        let database = postgres().await;
        let name = database.text("SELECT current_database()").await;
        // A release of PostgreSQL may call it otherwise.
        let setting = match setting.strip_prefix("debug_parallel_query") {
            Some(rest) if !knows(&database, "debug_parallel_query").await => {
                format!("force_parallel_mode{rest}")
            }
            _ => setting.to_owned(),
        };
        let set = format!("ALTER DATABASE {name} SET {setting}");
        database.sql(&set).await;
        eprintln!("{setting}");
        works(&database).await;
    }
}

async fn knows(database: &Database, setting: &str) -> bool {
    let known = format!("SELECT count(*) FROM pg_settings WHERE name = '{setting}'");
    database.number(&known).await > 0
}

/// Where transactions are stricter than the usual ones, writers who are too late lose all the same, and are told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn strict_isolation_loses_no_update() {
    for isolation in ["serializable", "repeatable read"] {
        let database = postgres().await;
        let name = database.text("SELECT current_database()").await;
        let set =
            format!("ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'");
        database.sql(&set).await;
        let stores = [database.store().await, database.store().await];
        let barrier = Arc::new(Barrier::new(8));
        let mut tasks = tokio::task::JoinSet::new();
        for writer in 0..8 {
            let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
            tasks.spawn(async move {
                barrier.wait().await;
                let (mut won, mut version) = (0, 0);
                while won < 5 {
                    let expected = Expected::Exact(Version::new(version));
                    let append = Append::to(&account("1"), expected, [deposited(1)]);
                    match store.append(append).await {
                        Ok(_) => {
                            won += 1;
                            version += 1;
                        }
                        Err(error) => {
                            let conflict = error.conflict().unwrap_or_else(|| panic!("{error:?}"));
                            version = conflict.found.get();
                        }
                    }
                }
            });
        }
        let finish = async {
            while tasks
                .join_next()
                .await
                .transpose()
                .expect("no panic")
                .is_some()
            {}
        };
        tokio::time::timeout(Duration::from_secs(60), finish)
            .await
            .expect("nobody waits for ever");
        let loaded = stores[0].aggregate::<Account>("1").load().await;
        assert_eq!(loaded.expect("loads").balance, 40);
    }
}

#[tokio::test]
async fn a_statement_timeout_is_told() {
    let database = postgres().await;
    let name = database.text("SELECT current_database()").await;
    let set = format!("ALTER DATABASE {name} SET statement_timeout = '100ms'");
    database.sql(&set).await;
    let store = database.store().await;
    store.append(one("1")).await.expect("stored");
    let mut tx = store.begin().await.expect("a transaction");
    store.append_in(&mut tx, one("1")).await.expect("stored");
    let error = store.append(one("1")).await.expect_err("it is held");
    assert_eq!(error.kind(), annals::ErrorKind::Busy, "{error:?}");
    assert!(error.hint().is_some(), "{error:?}");
    tx.rollback().await.expect("rolled back");
    store.append(one("1")).await.expect("stored");
    assert_eq!(database.events().await, 2);
}

/// Whatever is the default of the file's library.
#[tokio::test]
async fn a_commit_to_a_file_is_flushed() {
    let database = annals_tests::sqlite().await;
    let store = database.store().await;
    let mut tx = store.begin().await.expect("a transaction");
    let connection = tx.as_sqlite().expect("SQLite");
    for (setting, expected) in [("synchronous", "2"), ("journal_mode", "wal")] {
        let sql = format!("select cast({setting} as text) from pragma_{setting}");
        let found: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut *connection)
            .await
            .expect("a setting");
        assert_eq!(found, expected, "{setting}");
    }
}
