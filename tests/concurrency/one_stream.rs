//! Writers of single streams.

use std::sync::Arc;

use annals::{Append, CommandError, Expected, StoreOptions};
use annals_tests::domain::{Account, Deposit, Refusal, Withdraw, account, deposited, deposits};
use annals_tests::{Database, contract};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::{WRITERS, all, exact, found, two_stores, whole};

contract![
    writers_of_one_stream_lose_no_update,
    writers_of_different_streams_do_not_conflict,
    one_of_many_makes_a_new_stream,
    appends_that_expect_anything_all_win,
    commands_of_two_stores_lose_no_update,
    no_two_decisions_spend_the_same_money,
    the_same_append_sent_by_many_at_once_is_stored_once,
];

const ROUNDS: usize = 10;

fn patient() -> StoreOptions {
    annals_tests::options().command_attempts(10_000)
}

async fn writers_of_one_stream_lose_no_update(database: &Database) {
    let stores = two_stores(database).await;
    let barrier = Arc::new(Barrier::new(WRITERS));
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            let stream = account("1");
            let (mut version, mut attempts, mut conflicts) = (0, 0, 0);
            let mut won = Vec::new();
            while won.len() < ROUNDS {
                attempts += 1;
                let mark = (writer * ROUNDS + won.len()) as i64;
                let append = Append::to(&stream, exact(version), [deposited(mark)]);
                match store.append(append).await {
                    Ok(receipt) => {
                        assert!(!receipt.is_repeated());
                        assert_eq!(receipt.version().get(), version + 1);
                        version += 1;
                        won.push((version, mark));
                    }
                    Err(error) => {
                        let now = found(&error, &stream);
                        assert!(now > version, "{now} is no conflict with {version}");
                        version = now;
                        conflicts += 1;
                    }
                }
            }
            assert_eq!(won.len() + conflicts, attempts);
            won
        });
    }
    let mut won: Vec<_> = all(tasks).await.into_iter().flatten().collect();
    won.sort_unstable();
    let told: Vec<i64> = won.iter().map(|(_, mark)| *mark).collect();
    assert_eq!(deposits(&stores[0], &account("1")).await, told);
    assert_eq!(told.len(), WRITERS * ROUNDS);
    whole(database).await;
}

async fn writers_of_different_streams_do_not_conflict(database: &Database) {
    let stores = two_stores(database).await;
    let barrier = Arc::new(Barrier::new(WRITERS));
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            let stream = account(&writer.to_string());
            for version in 0..20 {
                let append = Append::to(&stream, exact(version), [deposited(version as i64)]);
                store.append(append).await.expect("nobody else is there");
            }
        });
    }
    all(tasks).await;
    let expected: Vec<i64> = (0..20).collect();
    for writer in 0..WRITERS {
        let stream = account(&writer.to_string());
        assert_eq!(deposits(&stores[0], &stream).await, expected);
    }
    whole(database).await;
}

async fn one_of_many_makes_a_new_stream(database: &Database) {
    let stores = two_stores(database).await;
    for round in 0..15 {
        let barrier = Arc::new(Barrier::new(WRITERS));
        let mut tasks = JoinSet::new();
        for writer in 0..WRITERS {
            let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
            tasks.spawn(async move {
                let stream = account(&round.to_string());
                let event = deposited(writer as i64);
                let append = Append::to(&stream, Expected::NoStream, [event]);
                barrier.wait().await;
                match store.append(append).await {
                    Ok(_) => Some(writer as i64),
                    Err(error) => {
                        assert_eq!(found(&error, &stream), 1);
                        None
                    }
                }
            });
        }
        let winners: Vec<i64> = all(tasks).await.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "{winners:?}");
        let stream = account(&round.to_string());
        assert_eq!(deposits(&stores[0], &stream).await, winners);
    }
    whole(database).await;
}

async fn appends_that_expect_anything_all_win(database: &Database) {
    let stores = two_stores(database).await;
    let barrier = Arc::new(Barrier::new(WRITERS));
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            for round in 0..ROUNDS {
                let mark = (writer * ROUNDS + round) as i64;
                let append = Append::to(&account("1"), Expected::Any, [deposited(mark)]);
                store.append(append).await.expect("anything goes");
            }
        });
    }
    all(tasks).await;
    let mut stored = deposits(&stores[0], &account("1")).await;
    stored.sort_unstable();
    assert_eq!(stored, (0..(WRITERS * ROUNDS) as i64).collect::<Vec<_>>());
    whole(database).await;
}

async fn commands_of_two_stores_lose_no_update(database: &Database) {
    let stores = [
        database.open(patient()).await,
        database.open(patient()).await,
    ];
    let barrier = Arc::new(Barrier::new(WRITERS));
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            let root = store.aggregate::<Account>("1");
            for _ in 0..ROUNDS {
                root.execute(Deposit(1)).await.expect("stored");
            }
        });
    }
    all(tasks).await;
    let root = stores[0].aggregate::<Account>("1");
    let loaded = root.load().await.expect("loads");
    assert_eq!(loaded.balance, (WRITERS * ROUNDS) as i64);
    assert_eq!(loaded.version().get(), (WRITERS * ROUNDS) as u64);
    whole(database).await;
}

async fn no_two_decisions_spend_the_same_money(database: &Database) {
    let stores = [
        database.open(patient()).await,
        database.open(patient()).await,
    ];
    let root = stores[0].aggregate::<Account>("1");
    root.execute(Deposit(50)).await.expect("stored");
    let barrier = Arc::new(Barrier::new(WRITERS));
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            let root = store.aggregate::<Account>("1");
            let mut taken = 0;
            loop {
                match root.execute(Withdraw(1)).await {
                    Ok(_) => taken += 1,
                    Err(CommandError::Rejected(Refusal::Insufficient { missing: 1 })) => {
                        return taken;
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
        });
    }
    assert_eq!(all(tasks).await.iter().sum::<i64>(), 50);
    assert_eq!(root.load().await.expect("loads").balance, 0);
    whole(database).await;
}

/// Who waited too long for an answer sends the same again, while the first is still under way.
async fn the_same_append_sent_by_many_at_once_is_stored_once(database: &Database) {
    let stores = two_stores(database).await;
    for round in 0..10_u64 {
        let barrier = Arc::new(Barrier::new(8));
        let events = [deposited(1), deposited(2)];
        // To one stream that is new in the first round, and to one that is new in each.
        let append = Append::to(&account("old"), exact(round * 2), events.clone()).and(
            &account(&format!("new-{round}")),
            Expected::NoStream,
            [deposited(3)],
        );
        let mut tasks = JoinSet::new();
        for sender in 0..8 {
            let (store, barrier) = (stores[sender % 2].clone(), Arc::clone(&barrier));
            let append = append.clone();
            tasks.spawn(async move {
                barrier.wait().await;
                store.append(append).await.expect("it is stored once")
            });
        }
        let receipts = all(tasks).await;
        let first = receipts.iter().filter(|it| !it.is_repeated()).count();
        assert_eq!(first, 1, "one of them was the first");
        for receipt in &receipts {
            assert_eq!(receipt.streams(), receipts[0].streams());
        }
    }
    assert_eq!(database.events().await, 30);
    whole(database).await;
}
