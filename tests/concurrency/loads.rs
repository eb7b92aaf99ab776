//! Loads that are gathered: each gets what it asks for, whatever the others do.

use std::sync::Arc;

use annals::prelude::*;
use annals::{Recorded, Version};
use annals_tests::domain::{Account, Deposit, Deposited, Ledger};
use annals_tests::{Database, contract};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::all;

contract![loads_of_all_kinds_that_come_together_get_what_they_ask_for];

/// Asks how its events were recorded.
#[derive(Aggregate, Default, Debug)]
#[aggregate(name = "watched", events(Deposited))]
struct Watched {
    recorded: Vec<Recorded>,
}

#[aggregate]
impl Watched {
    fn deposited(&mut self, _: Deposited, cx: &Recorded) {
        self.recorded.push(cx.clone());
    }

    fn deposit(&self, command: Deposit) -> Result<Deposited, std::convert::Infallible> {
        Ok(Deposited { cents: command.0 })
    }
}

const EACH: i64 = 8;

async fn loads_of_all_kinds_that_come_together_get_what_they_ask_for(database: &Database) {
    let store = database.store().await;
    for id in 0..EACH {
        for cents in 1..=4 {
            let deposit = Deposit(cents * (id + 1));
            let plain = store.aggregate::<Account>(id.to_string());
            plain.execute(deposit.clone()).await.expect("stored");
            let kept = store.aggregate::<Ledger>(id.to_string());
            kept.execute(deposit.clone()).await.expect("stored");
            let watched = store.aggregate::<Watched>(id.to_string());
            watched.execute(deposit).await.expect("stored");
        }
    }
    store.close().await;
    // What lies before a snapshot cannot be read any more.
    let forgotten = "UPDATE {events} SET event_type = 'forgotten' WHERE stream LIKE 'ledger-%' AND version <= 3";
    assert_eq!(database.edit(forgotten).await, 3 * EACH.unsigned_abs());
    let store = database.store().await;
    for _ in 0..10 {
        let barrier = Arc::new(Barrier::new(3 * EACH as usize));
        let mut tasks = JoinSet::new();
        for id in 0..EACH {
            let (sum, name) = (10 * (id + 1), id.to_string());
            let (of, wait) = (store.aggregate::<Account>(&name), Arc::clone(&barrier));
            tasks.spawn(async move {
                wait.wait().await;
                assert_eq!(of.load().await.expect("loads").balance, sum);
            });
            let (of, wait) = (store.aggregate::<Ledger>(&name), Arc::clone(&barrier));
            tasks.spawn(async move {
                wait.wait().await;
                assert_eq!(of.load().await.expect("loads").balance, sum);
            });
            let (of, wait) = (store.aggregate::<Watched>(&name), Arc::clone(&barrier));
            tasks.spawn(async move {
                wait.wait().await;
                let watched = of.load().await.expect("loads").into_state();
                let versions = watched.recorded.iter().map(Recorded::version);
                assert!(versions.eq((1..=4).map(Version::new)), "{watched:?}");
                assert!(watched.recorded.is_sorted_by_key(Recorded::recorded_at));
            });
        }
        all(tasks).await;
    }
}
