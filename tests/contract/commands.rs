//! Commands: decided on the current state, again after a conflict, and stored once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use annals::{Append, CommandError, ErrorKind, Expected, Store, Version};
use annals_tests::domain::{
    Account, Deposit, Double, Look, Open, Refusal, Withdraw, account, deposited, deposits,
};
use annals_tests::{Database, contract};

contract![
    a_command_stores_its_events,
    a_refusal_is_typed_and_stores_nothing,
    a_refusal_reads_as_the_domain_says_it,
    a_command_without_events_stores_nothing,
    a_command_that_stores_nothing_makes_no_stream,
    a_conflict_is_decided_again_on_the_newer_state,
    attempts_that_are_used_up_report_the_conflict,
    one_attempt_decides_once,
    an_expected_version_that_holds,
    an_expected_version_that_does_not_hold_decides_nothing,
    an_expected_version_is_not_tried_again,
    a_refusal_is_given_on_the_current_state_only,
    an_answer_without_events_is_given_on_the_current_state,
    commands_at_the_same_time_all_take_effect,
    commands_and_refusals_at_the_same_time_are_decided_in_order,
];

/// A command during whose decision another writer stores something, so often as told.
fn meddled_with(other: &Store, times: u32) -> (Double, Arc<AtomicU32>) {
    let decided = Arc::new(AtomicU32::new(0));
    let (count, other) = (Arc::clone(&decided), other.clone());
    let command = Double(Arc::new(move |_| {
        if count.fetch_add(1, Ordering::SeqCst) < times {
            let append = Append::to(&account("1"), Expected::Exists, [deposited(5)]);
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current()
                    .block_on(other.append(append))
                    .expect("the other writer stores");
            });
        }
    }));
    (command, decided)
}

async fn opened(database: &Database, cents: i64) -> Store {
    let store = database.store().await;
    store
        .aggregate::<Account>("1")
        .execute(Deposit(cents))
        .await
        .expect("stored");
    store
}

async fn a_command_stores_its_events(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    let receipt = root.execute(Open("Ann")).await.expect("stored");
    assert_eq!(receipt.version(), Version::new(1));
    let receipt = root.execute(Deposit(7)).await.expect("stored");
    assert_eq!(receipt.version(), Version::new(2));
    assert!(!receipt.is_repeated());
    let events = store.stream(root.stream()).all().await.expect("readable");
    let last = events.last().expect("two events");
    assert_eq!(receipt.position(), Some(last.recorded().position()));
    assert_eq!(receipt.streams()[0].stream(), root.stream());
    assert_eq!(events[0].payload(), br#"{"owner":"Ann"}"#);
    assert_eq!(events[1].payload(), br#"{"cents":7}"#);
    let category = database
        .text("SELECT DISTINCT aggregate FROM {streams}")
        .await;
    assert_eq!(category, "account");
}

async fn a_refusal_is_typed_and_stores_nothing(database: &Database) {
    let store = opened(database, 10).await;
    let root = store.aggregate::<Account>("1");
    match root.execute(Withdraw(15)).await {
        Err(CommandError::Rejected(refusal)) => {
            assert_eq!(refusal, Refusal::Insufficient { missing: 5 });
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(database.events().await, 1);
    assert_eq!(root.load().await.expect("loads").balance, 10);
}

async fn a_refusal_reads_as_the_domain_says_it(database: &Database) {
    let store = opened(database, 10).await;
    let error = store
        .aggregate::<Account>("1")
        .execute(Withdraw(15))
        .await
        .expect_err("refused");
    assert!(error.to_string().contains("5 cents are missing"), "{error}");
}

async fn a_command_without_events_stores_nothing(database: &Database) {
    let store = opened(database, 10).await;
    let root = store.aggregate::<Account>("1");
    let receipt = root.execute(Look).await.expect("accepted");
    assert_eq!(receipt.version(), Version::new(1));
    assert_eq!(receipt.position(), None);
    assert_eq!(database.events().await, 1);
}

async fn a_command_that_stores_nothing_makes_no_stream(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    let receipt = root.execute(Look).await.expect("accepted");
    assert_eq!(receipt.version(), Version::new(0));
    root.execute(Withdraw(1)).await.expect_err("refused");
    assert_eq!(database.number("SELECT count(*) FROM {streams}").await, 0);
}

async fn a_conflict_is_decided_again_on_the_newer_state(database: &Database) {
    let store = opened(database, 10).await;
    let (command, decided) = meddled_with(&database.store().await, 2);
    let root = store.aggregate::<Account>("1");
    let receipt = root.execute(command).await.expect("stored at last");
    assert_eq!(decided.load(Ordering::SeqCst), 3);
    assert_eq!(receipt.version(), Version::new(4));
    assert_eq!(deposits(&store, root.stream()).await, [10, 5, 5, 20]);
    assert_eq!(root.load().await.expect("loads").balance, 40);
}

async fn attempts_that_are_used_up_report_the_conflict(database: &Database) {
    opened(database, 10).await.close().await;
    let store = database
        .open(annals_tests::options().command_attempts(3))
        .await;
    let (command, decided) = meddled_with(&database.store().await, u32::MAX);
    let error = store
        .aggregate::<Account>("1")
        .execute(command)
        .await
        .expect_err("given up");
    let CommandError::Store(error) = error else {
        panic!("{error:?}")
    };
    assert!(error.is_conflict(), "{error:?}");
    let conflict = error.conflict().expect("it says which");
    assert_eq!(conflict.stream, account("1"));
    assert_eq!(decided.load(Ordering::SeqCst), 3);
    assert_eq!(deposits(&store, &account("1")).await, [10, 5, 5, 5]);
}

async fn one_attempt_decides_once(database: &Database) {
    opened(database, 10).await.close().await;
    let store = database
        .open(annals_tests::options().command_attempts(1))
        .await;
    let (command, decided) = meddled_with(&database.store().await, u32::MAX);
    let result = store.aggregate::<Account>("1").execute(command).await;
    assert!(
        matches!(&result, Err(CommandError::Store(error)) if error.is_conflict()),
        "{result:?}"
    );
    assert_eq!(decided.load(Ordering::SeqCst), 1);
}

async fn an_expected_version_that_holds(database: &Database) {
    let store = opened(database, 10).await;
    let root = store.aggregate::<Account>("1");
    let receipt = root
        .execute(Deposit(1))
        .expect(Version::new(1))
        .await
        .expect("it holds");
    assert_eq!(receipt.version(), Version::new(2));
    store
        .aggregate::<Account>("2")
        .execute(Deposit(1))
        .expect(Version::new(0))
        .await
        .expect("it does not exist");
}

async fn an_expected_version_that_does_not_hold_decides_nothing(database: &Database) {
    let store = opened(database, 10).await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1)).await.expect("stored");
    for wrong in [0, 1, 3, u64::MAX] {
        let (command, decided) = meddled_with(&store, 0);
        let error = root
            .execute(command)
            .expect(Version::new(wrong))
            .await
            .expect_err("somebody was faster");
        let CommandError::Store(error) = error else {
            panic!("{error:?}")
        };
        let conflict = error.conflict().unwrap_or_else(|| panic!("{error:?}"));
        assert_eq!(conflict.stream, account("1"));
        assert_eq!(conflict.found, Version::new(2));
        assert_eq!(decided.load(Ordering::SeqCst), 0);
    }
    assert_eq!(database.events().await, 2);
}

async fn an_expected_version_is_not_tried_again(database: &Database) {
    let store = opened(database, 10).await;
    let (command, decided) = meddled_with(&database.store().await, 1);
    let error = store
        .aggregate::<Account>("1")
        .execute(command)
        .expect(Version::new(1))
        .await
        .expect_err("somebody was faster");
    assert!(
        matches!(&error, CommandError::Store(error) if error.kind() == ErrorKind::Conflict),
        "{error:?}"
    );
    assert_eq!(decided.load(Ordering::SeqCst), 1);
    assert_eq!(deposits(&store, &account("1")).await, [10, 5]);
}

/// What a store remembers of an aggregate may be old: no refusal may come of that.
async fn a_refusal_is_given_on_the_current_state_only(database: &Database) {
    let ours = opened(database, 10).await;
    let theirs = database.store().await;
    theirs
        .aggregate::<Account>("1")
        .execute(Deposit(100))
        .await
        .expect("stored");
    let receipt = ours
        .aggregate::<Account>("1")
        .execute(Withdraw(50))
        .await
        .expect("there is enough");
    assert_eq!(receipt.version(), Version::new(3));
    theirs
        .aggregate::<Account>("1")
        .execute(Withdraw(60))
        .await
        .expect("there is enough");
    let refused = ours.aggregate::<Account>("1").execute(Withdraw(5)).await;
    assert!(
        matches!(
            refused,
            Err(CommandError::Rejected(Refusal::Insufficient { missing: 5 }))
        ),
        "{refused:?}"
    );
}

async fn an_answer_without_events_is_given_on_the_current_state(database: &Database) {
    let ours = opened(database, 10).await;
    let theirs = database.store().await;
    theirs
        .aggregate::<Account>("1")
        .execute(Deposit(100))
        .await
        .expect("stored");
    let receipt = ours.aggregate::<Account>("1").execute(Look).await;
    assert_eq!(receipt.expect("accepted").version(), Version::new(2));
}

async fn commands_at_the_same_time_all_take_effect(database: &Database) {
    let store = database.store().await;
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let root = store.aggregate::<Account>("1");
            tokio::spawn(async move { root.execute(Deposit(1 << n)).await })
        })
        .collect();
    let mut versions = Vec::new();
    for task in tasks {
        let receipt = task.await.expect("no panic").expect("stored");
        versions.push(receipt.version().get());
    }
    versions.sort_unstable();
    assert_eq!(versions, (1..=40).collect::<Vec<_>>());
    let loaded = store.aggregate::<Account>("1").load().await.expect("loads");
    assert_eq!(loaded.balance, (1 << 40) - 1);
}

async fn commands_and_refusals_at_the_same_time_are_decided_in_order(database: &Database) {
    let store = opened(database, 10).await;
    let tasks: Vec<_> = (0..30)
        .map(|_| {
            let root = store.aggregate::<Account>("1");
            tokio::spawn(async move { root.execute(Withdraw(1)).await })
        })
        .collect();
    let (mut taken, mut refused) = (0, 0);
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(_) => taken += 1,
            Err(CommandError::Rejected(Refusal::Insufficient { missing: 1 })) => refused += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((taken, refused), (10, 20));
    let loaded = store.aggregate::<Account>("1").load().await.expect("loads");
    assert_eq!((loaded.balance, loaded.version()), (0, Version::new(11)));
}
