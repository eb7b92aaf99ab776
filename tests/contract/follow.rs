//! Following the feed: what comes is handed out soon, whoever stored it, and all of it.

use std::process::Stdio;
use std::time::{Duration, Instant};

use annals::{Append, Expected, Position, Store, Subscription};
use annals_tests::domain::{Account, Deposit, Deposited, account, deposited, ledger};
use annals_tests::{Database, contract};
use tokio::process::Command;
use tokio::task::JoinSet;

contract![
    what_is_there_comes_first,
    an_append_of_this_process_wakes,
    a_command_wakes,
    a_committed_transaction_wakes,
    what_another_store_appends_is_seen,
    what_another_store_appends_is_seen_soon,
    what_another_process_appends_is_seen,
    every_subscription_gets_everything,
    a_call_that_is_cut_short_loses_nothing,
    events_of_others_move_the_checkpoint,
    many_writers_are_followed_in_order,
];

/// Nothing that is looked for from time to time would be found within the test.
const NEVER: Duration = Duration::from_secs(100_000);

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future)
        .await
        .expect("nobody waits for ever")
}

fn append(id: &str, cents: i64) -> Append {
    Append::to(&account(id), Expected::Any, [deposited(cents)])
}

async fn next(subscription: &mut Subscription) -> Vec<i64> {
    let page = in_time(subscription.next_page()).await.expect("readable");
    assert!(!page.events().is_empty());
    assert_eq!(page.checkpoint(), subscription.checkpoint());
    let cents = page
        .events()
        .iter()
        .map(|event| event.json::<Deposited>().expect("fits").cents);
    cents.collect()
}

async fn take(subscription: &mut Subscription, events: usize) -> Vec<i64> {
    let mut all = Vec::new();
    while all.len() < events {
        all.extend(next(subscription).await);
    }
    all
}

/// Lets a subscription wait for its next page before something is done.
async fn waiting(
    mut subscription: Subscription,
) -> tokio::task::JoinHandle<(Subscription, Vec<i64>)> {
    // It has looked once, found nothing, and waits.
    let nothing = tokio::time::timeout(Duration::from_millis(300), subscription.next_page()).await;
    assert!(nothing.is_err(), "{nothing:?}");
    tokio::spawn(async move {
        let cents = next(&mut subscription).await;
        (subscription, cents)
    })
}

async fn what_is_there_comes_first(database: &Database) {
    let store = database.store().await;
    for cents in 1..=5 {
        store.append(append("1", cents)).await.expect("stored");
    }
    let mut subscription = store.feed().page(2).poll(NEVER).follow();
    assert_eq!(next(&mut subscription).await, [1, 2]);
    assert_eq!(next(&mut subscription).await, [3, 4]);
    assert_eq!(next(&mut subscription).await, [5]);
    let mut later = store
        .feed()
        .after(subscription.checkpoint())
        .poll(NEVER)
        .follow();
    store.append(append("1", 6)).await.expect("stored");
    assert_eq!(next(&mut subscription).await, [6]);
    assert_eq!(next(&mut later).await, [6]);
}

async fn an_append_of_this_process_wakes(database: &Database) {
    let store = database.store().await;
    let mut woken = waiting(store.feed().poll(NEVER).follow()).await;
    for cents in 1..=5 {
        // A clone, of whatever tenant it was made, is the same store.
        let store = store.tenant("acme").tenant("");
        store.append(append("1", cents)).await.expect("stored");
        let (subscription, got) = in_time(woken).await.expect("no panic");
        assert_eq!(got, [cents]);
        woken = waiting(subscription).await;
    }
    let many = (6..=8).map(|cents| append(&cents.to_string(), cents));
    for result in store.append_many(many.collect()).await {
        result.expect("stored");
    }
    let (_, got) = in_time(woken).await.expect("no panic");
    assert_eq!(got, [6, 7, 8]);
}

async fn a_command_wakes(database: &Database) {
    let store = database.store().await;
    let woken = waiting(store.feed().poll(NEVER).follow()).await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(7)).await.expect("stored");
    assert_eq!(in_time(woken).await.expect("no panic").1, [7]);
}

async fn a_committed_transaction_wakes(database: &Database) {
    let store = database.store().await;
    let woken = waiting(store.feed().poll(NEVER).follow()).await;
    let mut tx = store.begin().await.expect("a transaction");
    store
        .append_in(&mut tx, append("1", 1))
        .await
        .expect("stored");
    store
        .append_in(&mut tx, append("2", 2))
        .await
        .expect("stored");
    assert!(!woken.is_finished());
    tx.commit().await.expect("committed");
    assert_eq!(in_time(woken).await.expect("no panic").1, [1, 2]);
}

async fn what_another_store_appends_is_seen(database: &Database) {
    let (store, other) = (database.store().await, database.store().await);
    let mut woken = waiting(store.feed().follow()).await;
    for cents in 1..=3 {
        other.append(append("1", cents)).await.expect("stored");
        let (subscription, got) = in_time(woken).await.expect("no panic");
        assert_eq!(got, [cents]);
        woken = waiting(subscription).await;
    }
    woken.abort();
}

/// The bound is for machines that do much else beside the test.
async fn what_another_store_appends_is_seen_soon(database: &Database) {
    let (store, other) = (database.store().await, database.store().await);
    let mut subscription = store.feed().follow();
    let mut waits = Vec::new();
    for n in 0..15 {
        let writing = tokio::spawn({
            let other = other.clone();
            async move {
                // It has looked often enough to look seldom.
                tokio::time::sleep(Duration::from_millis(300)).await;
                other.append(append("1", n)).await.expect("stored");
                Instant::now()
            }
        });
        assert_eq!(next(&mut subscription).await, [n]);
        let seen = Instant::now();
        waits.push(seen.saturating_duration_since(writing.await.expect("no panic")));
    }
    waits.sort_unstable();
    assert!(waits[7] < Duration::from_millis(500), "{waits:?}");
}

async fn what_another_process_appends_is_seen(database: &Database) {
    let store = database.store().await;
    let shared = store.feed().categories(["account"]).follow();
    let mut subscription = shared;
    let mut writer = Command::new(env!("CARGO_BIN_EXE_writer"))
        .args([database.url(), "20", "1"])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the writer starts");
    // Four events in each round.
    assert_eq!(take(&mut subscription, 80).await.len(), 80);
    assert!(in_time(writer.wait()).await.expect("it ends").success());
    assert_eq!(database.events().await, 80);
}

async fn every_subscription_gets_everything(database: &Database) {
    let store = database.store().await;
    let mut followers = JoinSet::new();
    for n in 0..20 {
        let feed = store.feed().page(1 + n % 7);
        let mut subscription = feed.follow();
        followers.spawn(async move { take(&mut subscription, 60).await });
    }
    for cents in 1..=60 {
        store.append(append("1", cents)).await.expect("stored");
    }
    while let Some(got) = in_time(followers.join_next()).await {
        assert_eq!(got.expect("no panic"), (1..=60).collect::<Vec<_>>());
    }
}

async fn a_call_that_is_cut_short_loses_nothing(database: &Database) {
    let store = database.store().await;
    let writing = tokio::spawn({
        let other = database.store().await;
        async move {
            for cents in 1..=200 {
                other.append(append("1", cents)).await.expect("stored");
            }
        }
    });
    let mut subscription = store.feed().page(3).follow();
    let (mut got, mut patience) = (Vec::new(), 0);
    in_time(async {
        while got.len() < 200 {
            patience = (patience + 37) % 2_000;
            let page = subscription.next_page();
            let cut = Duration::from_micros(patience);
            if let Ok(page) = tokio::time::timeout(cut, page).await {
                for event in page.expect("readable").events() {
                    got.push(event.json::<Deposited>().expect("fits").cents);
                }
            }
        }
    })
    .await;
    assert_eq!(got, (1..=200).collect::<Vec<_>>());
    writing.await.expect("no panic");
}

async fn events_of_others_move_the_checkpoint(database: &Database) {
    let store = database.store().await;
    let mut subscription = store.feed().categories(["account"]).follow();
    for cents in 1..=3 {
        let append = Append::to(&ledger("1"), Expected::Any, [deposited(cents)]);
        store.append(append).await.expect("stored");
    }
    let last = store.frontier().await.expect("known");
    in_time(async {
        while subscription.checkpoint() < last {
            let page = subscription.next_page();
            let nothing = tokio::time::timeout(Duration::from_millis(50), page).await;
            assert!(nothing.is_err(), "{nothing:?}");
        }
    })
    .await;
    assert_eq!(subscription.checkpoint(), last);
    store.append(append("1", 4)).await.expect("stored");
    assert_eq!(next(&mut subscription).await, [4]);
    assert!(subscription.checkpoint() > last);
}

/// Each event once, each stream without a hole, the positions rising.
async fn many_writers_are_followed_in_order(database: &Database) {
    const WRITERS: u64 = 8;
    const EACH: u64 = 40;
    let store = database.store().await;
    let mut subscription = store.feed().page(50).follow();
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        // Some beside the store that follows, some in it.
        let by = if writer % 2 == 0 {
            store.clone()
        } else {
            database.store().await
        };
        writers.spawn(async move {
            for n in 0..EACH {
                if n % 5 == 4 {
                    let mut tx = by.begin().await.expect("a transaction");
                    let append = append(&writer.to_string(), n as i64);
                    by.append_in(&mut tx, append).await.expect("stored");
                    tokio::task::yield_now().await;
                    tx.commit().await.expect("committed");
                } else {
                    let append = append(&writer.to_string(), n as i64);
                    by.append(append).await.expect("stored");
                }
            }
        });
    }
    let (mut versions, mut last) = (vec![0; WRITERS as usize], Position::new(0));
    let all = async {
        while versions.iter().sum::<u64>() < WRITERS * EACH {
            let page = subscription.next_page().await.expect("readable");
            for event in page.events() {
                let recorded = event.recorded();
                assert!(recorded.position() > last);
                last = recorded.position();
                let writer: usize = recorded.stream().id().parse().expect("a writer");
                assert_eq!(
                    recorded.version().get(),
                    versions[writer] + 1,
                    "{recorded:?}"
                );
                versions[writer] += 1;
            }
        }
    };
    in_time(all).await;
    while let Some(written) = writers.join_next().await {
        written.expect("no panic");
    }
    assert_eq!(database.events().await as u64, WRITERS * EACH);
    let store: Store = database.store().await;
    assert!(
        store
            .feed()
            .after(last)
            .read()
            .await
            .expect("readable")
            .is_end()
    );
}
