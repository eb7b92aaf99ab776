//! Writers beside transactions that their callers hold open.

use std::sync::Arc;
use std::time::Duration;

use annals::{Append, CommandError, ErrorKind, Expected, Store};
use annals_tests::domain::{Account, Deposit, account, deposited, deposits};
use annals_tests::{Database, contract};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::{all, exact, in_time, two_stores, whole};

contract![
    transactions_in_opposite_orders_all_end,
    an_append_waits_for_the_transaction_that_holds_its_stream,
    commands_and_transactions_on_one_stream_lose_no_update,
    commands_do_not_wait_for_the_patience_of_others,
    who_holds_a_stream_and_sends_it_a_command_is_told,
    few_connections_serve_many_callers,
];

/// Not many: the server takes a second to notice each deadlock.
const DEADLOCKED: usize = 4;

fn any(id: &str, cents: i64) -> Append {
    Append::to(&account(id), Expected::Any, [deposited(cents)])
}

/// Transactions that take streams in opposite orders can block each other for good; the database ends one of them.
async fn transactions_in_opposite_orders_all_end(database: &Database) {
    let stores = two_stores(database).await;
    let barrier = Arc::new(Barrier::new(DEADLOCKED));
    let mut tasks = JoinSet::new();
    for writer in 0..DEADLOCKED {
        let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            let ids = if writer % 2 == 0 {
                ["a", "b"]
            } else {
                ["b", "a"]
            };
            let mark = writer as i64;
            loop {
                match both(&store, ids, mark).await {
                    Ok(()) => return,
                    Err(error) => assert!(error.is_retryable(), "{error:?}"),
                }
            }
        });
    }
    all(tasks).await;
    for id in ["a", "b"] {
        let mut marks = deposits(&stores[0], &account(id)).await;
        marks.sort_unstable();
        assert_eq!(marks, (0..DEADLOCKED as i64).collect::<Vec<_>>());
    }
    whole(database).await;
}

async fn both(store: &Store, ids: [&str; 2], mark: i64) -> Result<(), annals::Error> {
    let mut tx = store.begin().await?;
    for id in ids {
        store.append_in(&mut tx, any(id, mark)).await?;
    }
    tx.commit().await
}

async fn an_append_waits_for_the_transaction_that_holds_its_stream(database: &Database) {
    let store = database.store().await;
    let mut tx = store.begin().await.expect("a transaction");
    store.append_in(&mut tx, any("1", 1)).await.expect("stored");
    let waiting = {
        let store = store.clone();
        tokio::spawn(async move { store.append(any("1", 2)).await })
    };
    // It cannot be done, however long it is given.
    let early = tokio::time::timeout(Duration::from_millis(300), async {
        while !waiting.is_finished() {
            tokio::task::yield_now().await;
        }
    });
    assert!(early.await.is_err(), "the stream is held");
    tx.commit().await.expect("committed");
    let receipt = in_time(waiting).await.expect("no panic").expect("stored");
    assert_eq!(receipt.version().get(), 2);
    assert_eq!(deposits(&store, &account("1")).await, [1, 2]);
}

async fn commands_and_transactions_on_one_stream_lose_no_update(database: &Database) {
    let options = || annals_tests::options().command_attempts(10_000);
    let stores = [
        database.open(options()).await,
        database.open(options()).await,
    ];
    let barrier = Arc::new(Barrier::new(8));
    let mut tasks = JoinSet::new();
    for writer in 0..8 {
        let (store, barrier) = (stores[writer / 4].clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            let root = store.aggregate::<Account>("1");
            for round in 0..10 {
                if writer % 2 == 0 {
                    root.execute(Deposit(1)).await.expect("stored");
                    continue;
                }
                let mut tx = store.begin().await.expect("a transaction");
                store.append_in(&mut tx, any("1", 1)).await.expect("stored");
                if round % 2 == 0 {
                    tx.commit().await.expect("committed");
                } else {
                    tx.rollback().await.expect("rolled back");
                }
            }
        });
    }
    all(tasks).await;
    let loaded = stores[0].aggregate::<Account>("1").load().await;
    let loaded = loaded.expect("loads");
    assert_eq!(loaded.balance, 4 * 10 + 4 * 5);
    whole(database).await;
}

/// Each waits as long as it was told to, and not as long as all before it together.
async fn commands_do_not_wait_for_the_patience_of_others(database: &Database) {
    let options = annals_tests::options().lock_timeout(Duration::from_millis(500));
    let store = database.open(options).await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1)).await.expect("stored");
    let other = database.store().await;
    let mut tx = other.begin().await.expect("a transaction");
    other.append_in(&mut tx, any("1", 1)).await.expect("stored");
    let begun = std::time::Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..60 {
        let root = store.aggregate::<Account>("1");
        tasks.spawn(async move { root.execute(Deposit(1)).await });
    }
    for result in all(tasks).await {
        let Err(CommandError::Store(error)) = result else {
            panic!("{result:?}")
        };
        assert_eq!(error.kind(), ErrorKind::Busy, "{error:?}");
    }
    // In a row they would take 30 seconds.
    let waited = begun.elapsed();
    assert!(waited < Duration::from_secs(15), "{waited:?}");
    tx.commit().await.expect("committed");
    root.execute(Deposit(1)).await.expect("stored");
    assert_eq!(root.load().await.expect("loads").balance, 3);
}

async fn who_holds_a_stream_and_sends_it_a_command_is_told(database: &Database) {
    let options = annals_tests::options().lock_timeout(Duration::from_millis(100));
    let store = database.open(options).await;
    let root = store.aggregate::<Account>("1");
    let mut tx = store.begin().await.expect("a transaction");
    store.append_in(&mut tx, any("1", 1)).await.expect("stored");
    let result = in_time(root.execute(Deposit(1)).into_future()).await;
    let Err(CommandError::Store(error)) = result else {
        panic!("{result:?}")
    };
    assert_eq!(error.kind(), ErrorKind::Busy, "{error:?}");
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("transaction")),
        "{error:?}"
    );
    tx.commit().await.expect("committed");
    root.execute(Deposit(1)).await.expect("stored");
    assert_eq!(root.load().await.expect("loads").balance, 2);
}

async fn few_connections_serve_many_callers(database: &Database) {
    for connections in [1, 2] {
        let options = annals_tests::options().max_connections(connections);
        let store = database.open(options).await;
        let mut tasks = JoinSet::new();
        for n in 0..60 {
            let root = store.aggregate::<Account>((n % 12).to_string());
            tasks.spawn(async move {
                root.execute(Deposit(1)).await.expect("stored");
                root.load().await.expect("loads");
                let mut events = root.events();
                while events.next().await.expect("readable").is_some() {}
            });
        }
        all(tasks).await;
        store.close().await;
    }
    assert_eq!(database.events().await, 120);
    whole(database).await;
}

/// Who holds a transaction open and appends beside it must not wait for itself: not even where others, whose appends
/// gather with its own, wait for the streams that it holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_holds_streams_can_append_to_others() {
    let database = annals_tests::postgres().await;
    let store = database
        .open(annals_tests::options().lock_timeout(Duration::from_secs(60)))
        .await;
    let mut tx = store.begin().await.expect("a transaction");
    let held = |n: i64| any(&format!("held-{n}"), n);
    for n in 0..4 {
        store.append_in(&mut tx, held(n)).await.expect("stored");
    }
    let mut waiting = JoinSet::new();
    for n in 0..4 {
        let store = store.clone();
        waiting.spawn(async move { store.append(held(n)).await.map(|_| ()) });
    }
    // Until the server says that they wait.
    let blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                   AND datname = current_database()";
    in_time(async {
        while database.number(blocked).await < 4 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    for n in 0..20 {
        let append = store.append(any(&format!("free-{n}"), 1));
        let quick = tokio::time::timeout(Duration::from_secs(20), append).await;
        quick.expect("nobody holds it").expect("stored");
    }
    tx.commit().await.expect("committed");
    all(waiting)
        .await
        .into_iter()
        .for_each(|it| it.expect("stored"));
    for n in 0..4 {
        let deposits = deposits(&store, &account(&format!("held-{n}"))).await;
        assert_eq!(deposits, [n, n]);
    }
    whole(&database).await;
}

/// An append that has to wait for a stream that a transaction holds, or makes, does so alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_to_wait_holds_up_none_of_those_it_came_with() {
    let database = annals_tests::postgres().await;
    let store = database
        .open(annals_tests::options().lock_timeout(Duration::from_secs(600)))
        .await;
    // Each makes another statement take all of them.
    for (beside, is_stored) in [
        (None, None),
        (Some(Expected::NoStream), Some(false)),
        (Some(Expected::Any), Some(true)),
    ] {
        let name = |name: &str| account(&format!("{name}, beside {beside:?}"));
        for stream in ["held", "free"].map(name) {
            let begin = Append::to(&stream, Expected::NoStream, [deposited(1)]);
            store.append(begin).await.expect("stored");
        }
        let mut tx = store.begin().await.expect("a transaction");
        for stream in ["held", "made"].map(name) {
            let append = Append::to(&stream, Expected::Any, [deposited(2)]);
            store.append_in(&mut tx, append).await.expect("stored");
        }
        let known = |stream| Append::to(&name(stream), exact(1), [deposited(3)]);
        let mut appends = vec![known("held"), known("free")];
        appends.extend(beside.map(|expected| Append::to(&name("made"), expected, [deposited(3)])));
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { store.append_many(appends).await }
        });
        in_time(async {
            while deposits(&store, &name("free")).await != [1, 3] {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        assert!(!waiting.is_finished(), "beside {beside:?}");
        tx.commit().await.expect("committed");
        let told = waiting.await.expect("no panic");
        let told: Vec<_> = told.iter().map(Result::is_ok).collect();
        let expected = [Some(false), Some(true), is_stored];
        assert!(
            expected.iter().flatten().eq(&told),
            "{told:?}, beside {beside:?}"
        );
    }
    whole(&database).await;
}

#[tokio::test]
async fn a_stream_held_for_too_long_is_busy() {
    for database in [annals_tests::postgres().await, annals_tests::sqlite().await] {
        let options = annals_tests::options().lock_timeout(Duration::from_millis(200));
        let store = database.open(options).await;
        let mut tx = store.begin().await.expect("a transaction");
        store.append_in(&mut tx, any("1", 1)).await.expect("stored");
        let error = store.append(any("1", 2)).await.expect_err("it is held");
        assert_eq!(error.kind(), ErrorKind::Busy, "{error:?}");
        assert!(error.is_retryable());
        assert!(
            error.to_string().contains("account-1") || !database.is_postgres(),
            "{error}"
        );
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("transaction")),
            "{error:?}"
        );
        tx.rollback().await.expect("rolled back");
        store.append(any("1", 2)).await.expect("it is free");
        assert_eq!(deposits(&store, &account("1")).await, [2]);
    }
}
