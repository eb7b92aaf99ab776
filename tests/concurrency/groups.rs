//! Groups over several streams: whole or not at all, in whatever order they name them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use annals::{Append, Expected, Store};
use annals_tests::domain::{account, deposited, deposits};
use annals_tests::{Database, contract};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::{WRITERS, all, exact, found, two_stores, whole};

contract![
    groups_in_opposite_orders_all_win,
    groups_that_expect_versions_are_never_torn,
    groups_that_race_for_new_streams_are_never_torn,
    batches_of_groups_are_never_torn,
    two_groups_cannot_each_make_what_the_other_demands_absent,
];

const STREAMS: usize = 5;

fn id(n: usize) -> String {
    n.to_string()
}

/// The streams that a writer names, in an order of its own.
fn order(writer: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..STREAMS).collect();
    order.rotate_left(writer % STREAMS);
    if writer % 2 == 1 {
        order.reverse();
    }
    order
}

/// The marks of each stream: a group leaves its mark in all of its streams or in none.
async fn marks(store: &Store) -> Vec<Vec<i64>> {
    let mut marks = Vec::new();
    for n in 0..STREAMS {
        marks.push(deposits(store, &account(&id(n))).await);
    }
    marks
}

async fn groups_in_opposite_orders_all_win(database: &Database) {
    let stores = two_stores(database).await;
    let barrier = Arc::new(Barrier::new(WRITERS));
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            for round in 0..10 {
                let mark = (writer * 10 + round) as i64;
                let order = order(writer);
                let first = account(&id(order[0]));
                let mut group = Append::to(&first, Expected::Any, [deposited(mark)]);
                for n in &order[1..] {
                    group = group.and(&account(&id(*n)), Expected::Any, [deposited(mark)]);
                }
                store.append(group).await.expect("anything goes");
            }
        });
    }
    all(tasks).await;
    let marks = marks(&stores[0]).await;
    let expected: HashSet<i64> = (0..WRITERS as i64 * 10).collect();
    for stream in &marks {
        assert_eq!(stream.len(), expected.len());
        assert_eq!(stream.iter().copied().collect::<HashSet<_>>(), expected);
        // Groups that name the same streams are in one order in all of them.
        assert_eq!(stream, &marks[0]);
    }
    whole(database).await;
}

async fn groups_that_expect_versions_are_never_torn(database: &Database) {
    let stores = two_stores(database).await;
    let barrier = Arc::new(Barrier::new(WRITERS));
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            let mut versions = [0_u64; STREAMS];
            let mut told = Vec::new();
            for attempt in 0..60 {
                let mark = writer as i64 * 1_000 + attempt;
                let pair = &order(writer + attempt as usize)[..2];
                let (a, b) = (account(&id(pair[0])), account(&id(pair[1])));
                let group = Append::to(&a, exact(versions[pair[0]]), [deposited(mark)]).and(
                    &b,
                    exact(versions[pair[1]]),
                    [deposited(mark)],
                );
                match store.append(group).await {
                    Ok(_) => {
                        pair.iter().for_each(|n| versions[*n] += 1);
                        told.push((mark, true));
                    }
                    Err(error) => {
                        let conflict = error.conflict().unwrap_or_else(|| panic!("{error:?}"));
                        let n = if conflict.stream == a {
                            pair[0]
                        } else {
                            pair[1]
                        };
                        versions[n] = found(&error, &account(&id(n)));
                        told.push((mark, false));
                    }
                }
            }
            told
        });
    }
    let told: HashMap<i64, bool> = all(tasks).await.into_iter().flatten().collect();
    let mut count: HashMap<i64, usize> = HashMap::new();
    for mark in marks(&stores[0]).await.into_iter().flatten() {
        *count.entry(mark).or_default() += 1;
    }
    for (mark, won) in &told {
        let stored = count.get(mark).copied().unwrap_or_default();
        assert_eq!(stored, if *won { 2 } else { 0 }, "mark {mark}");
    }
    assert!(told.values().any(|won| *won) && told.values().any(|won| !won));
    whole(database).await;
}

async fn groups_that_race_for_new_streams_are_never_torn(database: &Database) {
    let stores = two_stores(database).await;
    for round in 0..10 {
        let barrier = Arc::new(Barrier::new(WRITERS));
        let mut tasks = JoinSet::new();
        for writer in 0..WRITERS {
            let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
            tasks.spawn(async move {
                // Writers with neighbouring numbers want a stream in common.
                let mark = writer as i64;
                let new = |n: usize| account(&format!("{round}-{}", n % WRITERS));
                let (a, b) = (new(writer), new(writer + 1));
                let (a, b) = if writer % 2 == 0 { (a, b) } else { (b, a) };
                let group = Append::to(&a, Expected::NoStream, [deposited(mark)]).and(
                    &b,
                    Expected::NoStream,
                    [deposited(mark)],
                );
                barrier.wait().await;
                match store.append(group).await {
                    Ok(_) => Some(mark),
                    Err(error) => {
                        assert!(error.is_conflict(), "{error:?}");
                        None
                    }
                }
            });
        }
        let winners: HashSet<i64> = all(tasks).await.into_iter().flatten().collect();
        assert!(!winners.is_empty());
        let mut stored = HashMap::<i64, usize>::new();
        for n in 0..WRITERS {
            for mark in deposits(&stores[0], &account(&format!("{round}-{n}"))).await {
                *stored.entry(mark).or_default() += 1;
            }
        }
        assert!(stored.values().all(|count| *count == 2), "{stored:?}");
        assert_eq!(stored.into_keys().collect::<HashSet<_>>(), winners);
    }
    whole(database).await;
}

async fn batches_of_groups_are_never_torn(database: &Database) {
    let stores = two_stores(database).await;
    let barrier = Arc::new(Barrier::new(8));
    let mut tasks = JoinSet::new();
    for writer in 0..8 {
        let (store, barrier) = (stores[writer % 2].clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            let mut won = 0;
            for round in 0..5 {
                let groups =
                    order(writer)
                        .windows(2)
                        .enumerate()
                        .map(|(n, pair)| {
                            let mark = (writer * 1_000 + round * 10 + n) as i64;
                            Append::to(&account(&id(pair[0])), Expected::Any, [deposited(mark)])
                                .and(&account(&id(pair[1])), Expected::Any, [deposited(mark)])
                        })
                        .collect();
                for result in store.append_many(groups).await {
                    result.expect("anything goes");
                    won += 1;
                }
            }
            won
        });
    }
    let won: usize = all(tasks).await.iter().sum();
    let mut count = HashMap::<i64, usize>::new();
    for mark in marks(&stores[0]).await.into_iter().flatten() {
        *count.entry(mark).or_default() += 1;
    }
    assert_eq!(count.len(), won);
    assert!(count.values().all(|count| *count == 2), "{count:?}");
    whole(database).await;
}

async fn two_groups_cannot_each_make_what_the_other_demands_absent(database: &Database) {
    let stores = two_stores(database).await;
    for round in 0..40 {
        let names = [format!("{round}-left"), format!("{round}-right")];
        let barrier = Arc::new(Barrier::new(2));
        let mut tasks = JoinSet::new();
        for side in 0..2 {
            let (store, barrier) = (stores[side].clone(), Arc::clone(&barrier));
            let (made, absent) = (account(&names[side]), account(&names[1 - side]));
            tasks.spawn(async move {
                let group = Append::to(&made, Expected::NoStream, [deposited(1)])
                    .guard(&absent, Expected::NoStream);
                barrier.wait().await;
                store.append(group).await
            });
        }
        let mut won = 0;
        for answer in all(tasks).await {
            match answer {
                Ok(_) => won += 1,
                Err(error) => assert!(error.is_conflict(), "{error:?}"),
            }
        }
        assert_eq!(won, 1, "round {round}");
        let mut made = 0;
        for name in &names {
            made += deposits(&stores[0], &account(name)).await.len();
        }
        assert_eq!(made, 1, "round {round}");
    }
}
