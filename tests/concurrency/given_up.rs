//! Whoever gives up in the middle of something leaves nothing behind that others could lose by.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use annals::{Append, ErrorKind, Expected, Store};
use annals_tests::domain::{account, deposited};
use annals_tests::{Database, contract, options};
use futures_util::poll;

use crate::in_time;

contract![
    what_is_stored_after_a_transaction_was_given_up_as_it_began_is_stored,
    what_is_stored_after_a_reader_gave_up_is_stored,
    a_transaction_in_which_an_append_was_given_up_is_not_committed,
];

/// Up to so many steps of a call are taken before it is given up.
const STEPS: u32 = 12;

/// Long enough for the database to answer, mostly.
const PAUSE: Duration = Duration::from_millis(2);

/// How often, since not every time is as well chosen as another.
const ROUNDS: u32 = 4;

/// Takes some steps of a call, and gives it up. Answers whether it ended before.
async fn some_steps(call: impl Future, steps: u32) -> bool {
    let mut call = pin!(call);
    for _ in 0..steps {
        if poll!(&mut call).is_ready() {
            return true;
        }
        tokio::time::sleep(PAUSE).await;
    }
    false
}

async fn appended(store: &Store, stream: &str) {
    let append = Append::to(&account(stream), Expected::NoStream, [deposited(1)]);
    in_time(store.append(append)).await.expect("it is stored");
}

/// What is stored before and after something was given up is there.
async fn all_is_stored_beside(database: &Database, give_up: impl AsyncFn(&Store, u32)) {
    let mut stored = 0;
    for round in 0..ROUNDS * STEPS {
        let steps = 1 + round % STEPS;
        // With a connection alone: what is stored next goes through it.
        let store = database.open(options().max_connections(1)).await;
        appended(&store, &format!("before-{round}")).await;
        tokio::time::sleep(PAUSE).await;
        give_up(&store, steps).await;
        appended(&store, &format!("after-{round}")).await;
        stored += 2;
        assert_eq!(database.events().await, stored, "given up at step {steps}");
    }
}

async fn what_is_stored_after_a_transaction_was_given_up_as_it_began_is_stored(
    database: &Database,
) {
    all_is_stored_beside(database, async |store, steps| {
        some_steps(store.begin(), steps).await;
    })
    .await;
}

async fn what_is_stored_after_a_reader_gave_up_is_stored(database: &Database) {
    all_is_stored_beside(database, async |store, steps| {
        some_steps(store.feed().page(10_000).read(), steps).await;
        some_steps(store.feed().each(|_| Ok::<_, annals::Error>(())), steps).await;
    })
    .await;
}

async fn a_transaction_in_which_an_append_was_given_up_is_not_committed(database: &Database) {
    let store = database.store().await;
    let mut stored = 0;
    let mut given_up = 0;
    for steps in 1..STEPS {
        let mut tx = store.begin().await.expect("it begins");
        let first = Append::to(&account("1"), Expected::Any, [deposited(1)]);
        store.append_in(&mut tx, first).await.expect("it is taken");
        let second = Append::to(&account("2"), Expected::Any, [deposited(1)]);
        let has_ended = some_steps(store.append_in(&mut tx, second), steps).await;
        let committed = in_time(tx.commit()).await;
        if has_ended {
            committed.expect("it is committed");
            stored += 2;
        } else {
            let error = committed.expect_err("nobody knows what is in it");
            assert_eq!(error.kind(), ErrorKind::Database, "{error:?}");
            assert!(error.to_string().contains("given up on the way"), "{error}");
            given_up += 1;
        }
        assert_eq!(database.events().await, stored, "given up at step {steps}");
    }
    assert!(given_up > 0);
}
