//! A command that is sent again with its key gives the first outcome, and takes effect once.

use std::sync::Arc;

use annals::{CommandError, ErrorKind, Receipt, Version};
use annals_tests::domain::{Account, Deposit, Look, Open, Refusal, Withdraw};
use annals_tests::{Database, contract};
use tokio::sync::Barrier;

contract![
    a_repeated_key_gives_the_first_receipt,
    a_repeated_key_gives_the_first_refusal,
    a_repeated_key_gives_the_first_answer_without_events,
    a_key_is_remembered_by_another_store,
    a_key_decides_whatever_the_command_is,
    a_key_is_of_one_stream,
    other_keys_are_other_commands,
    a_key_and_an_expected_version_give_the_first_receipt,
    a_key_sent_by_many_at_once_takes_effect_once,
    a_refused_key_sent_by_many_at_once_is_refused_once,
    a_key_is_any_text_that_can_be_kept,
    a_refusal_that_is_null_stays_a_refusal,
];

fn same(one: &Receipt, other: &Receipt) {
    assert_eq!(one.version(), other.version());
    assert_eq!(one.position(), other.position());
}

async fn a_repeated_key_gives_the_first_receipt(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    let first = root.execute(Deposit(10)).key("a").await.expect("stored");
    root.execute(Deposit(1)).await.expect("stored");
    for _ in 0..2 {
        let again = root.execute(Deposit(10)).key("a").await.expect("repeated");
        assert!(again.is_repeated());
        same(&again, &first);
    }
    assert!(!first.is_repeated());
    assert_eq!(root.load().await.expect("loads").balance, 11);
}

async fn a_repeated_key_gives_the_first_refusal(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(10)).await.expect("stored");
    root.execute(Withdraw(15))
        .key("a")
        .await
        .expect_err("refused");
    // By now there would be enough.
    root.execute(Deposit(100)).await.expect("stored");
    let again = root.execute(Withdraw(15)).key("a").await;
    assert!(
        matches!(
            again,
            Err(CommandError::Rejected(Refusal::Insufficient { missing: 5 }))
        ),
        "{again:?}"
    );
    root.execute(Withdraw(15)).key("b").await.expect("stored");
    assert_eq!(root.load().await.expect("loads").balance, 95);
}

async fn a_repeated_key_gives_the_first_answer_without_events(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(10)).await.expect("stored");
    let first = root.execute(Look).key("a").await.expect("accepted");
    root.execute(Deposit(10)).await.expect("stored");
    let again = root.execute(Look).key("a").await.expect("repeated");
    assert!(again.is_repeated());
    same(&again, &first);
    assert_eq!(again.version(), Version::new(1));
    assert_eq!(again.position(), None);
}

async fn a_key_is_remembered_by_another_store(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    let first = root.execute(Deposit(10)).key("a").await.expect("stored");
    root.execute(Withdraw(99))
        .key("b")
        .await
        .expect_err("refused");
    // By now there would be enough.
    root.execute(Deposit(100)).await.expect("stored");
    store.close().await;

    let root = database.store().await.aggregate::<Account>("1");
    let again = root.execute(Deposit(10)).key("a").await.expect("repeated");
    assert!(again.is_repeated());
    same(&again, &first);
    let again = root.execute(Withdraw(99)).key("b").await;
    assert!(
        matches!(
            again,
            Err(CommandError::Rejected(Refusal::Insufficient {
                missing: 89
            }))
        ),
        "{again:?}"
    );
    assert_eq!(database.events().await, 2);
}

async fn a_key_decides_whatever_the_command_is(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    let first = root.execute(Deposit(10)).key("a").await.expect("stored");
    let again = root.execute(Open("Ann")).key("a").await.expect("repeated");
    assert!(again.is_repeated());
    same(&again, &first);
    assert_eq!(root.load().await.expect("loads").owner, "");
}

async fn a_key_is_of_one_stream(database: &Database) {
    let store = database.store().await;
    for id in ["1", "2"] {
        let root = store.aggregate::<Account>(id);
        let receipt = root.execute(Deposit(10)).key("a").await.expect("stored");
        assert!(!receipt.is_repeated());
    }
    assert_eq!(database.events().await, 2);
}

async fn other_keys_are_other_commands(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    for key in ["a", "A", "a ", " a", "ä"] {
        let receipt = root.execute(Deposit(1)).key(key).await.expect("stored");
        assert!(!receipt.is_repeated(), "{key:?}");
    }
    assert_eq!(root.load().await.expect("loads").balance, 5);
}

/// A form sent twice: the version it was made for has long gone by, and that is its own doing.
async fn a_key_and_an_expected_version_give_the_first_receipt(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    let send = || root.execute(Deposit(10)).key("a").expect(Version::new(0));
    let first = send().await.expect("stored");
    let again = send().await.expect("repeated");
    assert!(again.is_repeated());
    same(&again, &first);
    assert_eq!(database.events().await, 1);
}

async fn a_key_sent_by_many_at_once_takes_effect_once(database: &Database) {
    let stores = [database.store().await, database.store().await];
    for round in 0..10 {
        let barrier = Arc::new(Barrier::new(8));
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let root = stores[n % 2].aggregate::<Account>(round.to_string());
                let barrier = Arc::clone(&barrier);
                tokio::spawn(async move {
                    barrier.wait().await;
                    root.execute(Deposit(10)).key("a").await
                })
            })
            .collect();
        let mut first = 0;
        let mut receipts = Vec::new();
        for task in tasks {
            let receipt = task.await.expect("no panic").expect("an answer");
            first += u32::from(!receipt.is_repeated());
            receipts.push(receipt);
        }
        assert_eq!(first, 1, "one of them was the first");
        receipts.iter().for_each(|it| same(it, &receipts[0]));
    }
    assert_eq!(database.events().await, 10);
}

async fn a_refused_key_sent_by_many_at_once_is_refused_once(database: &Database) {
    let stores = [database.store().await, database.store().await];
    let barrier = Arc::new(Barrier::new(8));
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let root = stores[n % 2].aggregate::<Account>("1");
            let barrier = Arc::clone(&barrier);
            tokio::spawn(async move {
                barrier.wait().await;
                root.execute(Withdraw(10)).key("a").await
            })
        })
        .collect();
    for task in tasks {
        let result = task.await.expect("no panic");
        assert!(
            matches!(
                result,
                Err(CommandError::Rejected(Refusal::Insufficient {
                    missing: 10
                }))
            ),
            "{result:?}"
        );
    }
    assert_eq!(database.number("SELECT count(*) FROM {commands}").await, 1);
}

async fn a_key_is_any_text_that_can_be_kept(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    let long = "k".repeat(500);
    for key in ["'; DROP TABLE x; --", "%_\\", "ключ 🔑", long.as_str()] {
        let first = root.execute(Deposit(1)).key(key).await.expect("stored");
        let again = root.execute(Deposit(1)).key(key).await.expect("repeated");
        assert!(!first.is_repeated() && again.is_repeated(), "{key:?}");
    }
    let too_long = "k".repeat(501);
    for (key, what) in [("", "empty"), ("a\0b", "NUL"), (too_long.as_str(), "500")] {
        let result = root.execute(Deposit(1)).key(key).await;
        let Err(CommandError::Store(error)) = result else {
            panic!("{result:?}")
        };
        assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
        assert!(error.to_string().contains(what), "{error}");
    }
    assert_eq!(database.events().await, 4);
}

mod closed {
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event("shop.entered")]
    pub(super) struct Entered {}

    #[derive(Aggregate, Default)]
    #[aggregate(name = "shop", events(Entered))]
    pub(super) struct Shop {
        guests: u32,
    }

    #[derive(Clone)]
    pub(super) struct Enter;

    /// Its JSON is `null`.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    pub(super) struct Closed;

    #[aggregate]
    impl Shop {
        fn entered(&mut self, _: Entered) {
            self.guests += 1;
        }

        fn enter(&self, _: Enter) -> Result<Entered, Closed> {
            Err(Closed)
        }
    }
}

async fn a_refusal_that_is_null_stays_a_refusal(database: &Database) {
    let store = database.store().await;
    let shop = store.aggregate::<closed::Shop>("1");
    for _ in 0..3 {
        let answer = shop.execute(closed::Enter).key("a").await;
        assert!(
            matches!(answer, Err(CommandError::Rejected(closed::Closed))),
            "{answer:?}"
        );
    }
}
