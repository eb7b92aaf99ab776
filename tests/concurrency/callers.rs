//! Callers whose appends are gathered: none of them feels what happens to another.

use std::sync::Arc;
use std::time::Duration;

use annals::{Append, ErrorKind, Expected, Version};
use annals_tests::domain::{Account, Deposit, account, deposited, deposits};
use annals_tests::{Database, contract};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::{WRITERS, all, exact, in_time, whole};

contract![
    an_error_reaches_only_its_caller,
    who_gives_up_takes_nobody_along,
    commands_that_are_given_up_take_nobody_along,
    a_decision_that_panics_takes_nobody_along,
    what_is_under_way_when_the_store_closes_is_stored_or_told,
];

async fn an_error_reaches_only_its_caller(database: &Database) {
    let store = database.store().await;
    let damaged = Append::to(&account("damaged"), Expected::NoStream, [deposited(1)]);
    store.append(damaged).await.expect("stored");
    let removed = "DELETE FROM {streams} WHERE stream = 'account-damaged'";
    assert_eq!(database.sql(removed).await, 1);
    for round in 0..10_u64 {
        let barrier = Arc::new(Barrier::new(WRITERS));
        let mut tasks = JoinSet::new();
        for writer in 0..WRITERS {
            let (store, barrier) = (store.clone(), Arc::clone(&barrier));
            tasks.spawn(async move {
                let (id, expected) = match writer % 4 {
                    0 => ("damaged".to_owned(), Expected::NoStream),
                    1 => (format!("lost-{writer}"), Expected::Exact(Version::new(99))),
                    2 => (String::new(), Expected::Any),
                    _ => (writer.to_string(), exact(round)),
                };
                let append = Append::to(&account(&id), expected, [deposited(1)]);
                barrier.wait().await;
                let result = store.append(append).await;
                (writer % 4, result.err().map(|error| error.kind()))
            });
        }
        for (kind, error) in all(tasks).await {
            let expected = match kind {
                0 => Some(ErrorKind::Corrupt),
                1 => Some(ErrorKind::Conflict),
                2 => Some(ErrorKind::Name),
                _ => None,
            };
            assert_eq!(error, expected);
        }
    }
    assert_eq!(database.events().await, 1 + 10 * WRITERS as i64 / 4);
}

async fn who_gives_up_takes_nobody_along(database: &Database) {
    let store = database.store().await;
    let mut patient = JoinSet::new();
    let mut hasty = JoinSet::new();
    for n in 0..60_i64 {
        let store = store.clone();
        let append = async move {
            let append = Append::to(&account("1"), Expected::Any, [deposited(n)]);
            store.append(append).await.map(|_| n)
        };
        if n % 2 == 0 {
            patient.spawn(append);
        } else {
            let after = Duration::from_micros(50 * n.unsigned_abs());
            hasty.spawn(async move { tokio::time::timeout(after, append).await.is_ok() });
        }
    }
    let mut told = Vec::new();
    for result in all(patient).await {
        told.push(result.expect("stored"));
    }
    all(hasty).await;
    let last = Append::to(&account("1"), Expected::Any, [deposited(100)]);
    in_time(store.append(last)).await.expect("it goes on");
    let stored = deposits(&store, &account("1")).await;
    for mark in told {
        assert_eq!(stored.iter().filter(|it| **it == mark).count(), 1, "{mark}");
    }
    whole(database).await;
}

async fn commands_that_are_given_up_take_nobody_along(database: &Database) {
    let store = database.store().await;
    let mut patient = JoinSet::new();
    let mut hasty = JoinSet::new();
    for n in 0..60_u64 {
        let root = store.aggregate::<Account>("1");
        if n % 2 == 0 {
            patient.spawn(async move { root.execute(Deposit(1)).await.map(|_| ()) });
        } else {
            let after = Duration::from_micros(50 * n);
            hasty.spawn(async move {
                let command = root.execute(Deposit(1_000)).into_future();
                tokio::time::timeout(after, command).await.is_ok()
            });
        }
    }
    for result in all(patient).await {
        result.expect("stored");
    }
    all(hasty).await;
    let root = store.aggregate::<Account>("1");
    in_time(root.execute(Deposit(1)).into_future())
        .await
        .expect("it goes on");
    let balance = root.load().await.expect("loads").balance;
    assert_eq!(balance % 1_000, 31);
    whole(database).await;
}

async fn a_decision_that_panics_takes_nobody_along(database: &Database) {
    use annals_tests::domain::Double;
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1)).await.expect("stored");
    let mut tasks = JoinSet::new();
    for n in 0..20 {
        let root = store.aggregate::<Account>("1");
        tasks.spawn(async move {
            if n % 4 > 0 {
                root.execute(Deposit(1)).await.expect("stored");
                return;
            }
            let command = Double(Arc::new(|_| panic!("a mistake in a decision")));
            let panics = tokio::spawn(async move { root.execute(command).await.map(|_| ()) });
            match panics.await {
                Err(error) => assert!(error.is_panic()),
                Ok(result) => assert!(result.is_err(), "it cannot have been decided"),
            }
        });
    }
    all(tasks).await;
    in_time(root.execute(Deposit(1)).into_future())
        .await
        .expect("it goes on");
    let loaded = root.load().await.expect("loads");
    assert_eq!((loaded.balance, loaded.version().get()), (17, 17));
}

async fn what_is_under_way_when_the_store_closes_is_stored_or_told(database: &Database) {
    let store = database.store().await;
    let mut tasks = JoinSet::new();
    for n in 0..40_i64 {
        let store = store.clone();
        tasks.spawn(async move {
            let append = Append::to(&account(&n.to_string()), Expected::NoStream, [deposited(n)]);
            match store.append(append).await {
                Ok(_) => Some(n),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Closed, "{error:?}");
                    None
                }
            }
        });
    }
    tokio::task::yield_now().await;
    in_time(store.close()).await;
    let told: Vec<i64> = all(tasks).await.into_iter().flatten().collect();
    let store = database.store().await;
    for n in told {
        assert_eq!(deposits(&store, &account(&n.to_string())).await, [n]);
    }
    whole(database).await;
}
