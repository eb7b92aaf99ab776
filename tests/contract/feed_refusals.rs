//! What the feed does not read, and says so.

use annals::{Error, ErrorKind};
use annals_tests::domain::account;
use annals_tests::{Database, contract};

use crate::feed::{all, append, filled, p};

contract![
    a_checkpoint_beyond_the_last_event_is_refused,
    a_stream_without_its_row_is_damage,
    two_events_at_one_position_are_damage,
    names_that_nothing_can_have_are_refused,
    a_closed_store_says_so,
];

async fn a_checkpoint_beyond_the_last_event_is_refused(database: &Database) {
    let store = filled(database).await;
    let last = all(&store).await.checkpoint();
    let page = store
        .feed()
        .after(last)
        .read()
        .await
        .expect("it is the last");
    assert!(page.events().is_empty() && page.is_end());
    for beyond in [last.get() + 1, u64::MAX] {
        let feed = store.feed().after(p(beyond));
        let errors = [
            feed.read().await.expect_err("refused"),
            feed.follow().next_page().await.expect_err("refused"),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Checkpoint, "{error:?}");
            let message = error.to_string();
            assert!(message.contains(&beyond.to_string()), "{message}");
            assert!(message.contains(&last.to_string()), "{message}");
            let hint = error.hint().expect("a hint");
            assert!(
                hint.contains("restore") && hint.contains("begin again"),
                "{hint}"
            );
            assert!(!error.is_retryable());
        }
    }
    // Not refused any more once it is an event.
    store
        .append(append(&account("1"), 31))
        .await
        .expect("stored");
    store
        .feed()
        .after(p(last.get() + 1))
        .read()
        .await
        .expect("it is the last");
}

async fn a_stream_without_its_row_is_damage(database: &Database) {
    let store = filled(database).await;
    database
        .sql("DELETE FROM {streams} WHERE stream = 'account-2'")
        .await;
    for feed in [
        store.feed(),
        store.feed().categories(["account"]),
        store.feed().categories(["ledger"]),
    ] {
        let error = feed.read().await.expect_err("damaged");
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
        assert!(error.to_string().contains("`account-2`"), "{error}");
        assert!(error.to_string().contains("no row"), "{error}");
    }
    let undamaged = store.tenant("acme").feed().read().await.expect("another's");
    assert!(undamaged.events().is_empty());
}

async fn two_events_at_one_position_are_damage(database: &Database) {
    if !database.is_postgres() {
        // The position is the key of the table.
        return;
    }
    let store = filled(database).await;
    database
        .edit("UPDATE {events} SET position = 7 WHERE position = 8")
        .await;
    let each = store.feed().each(|_| Ok::<_, Error>(()));
    for error in [
        store.feed().read().await.expect_err("damaged"),
        each.await.expect_err("damaged"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
        assert!(error.to_string().contains("position 7"), "{error}");
    }
}

async fn names_that_nothing_can_have_are_refused(database: &Database) {
    let store = filled(database).await;
    let feeds = [
        store.feed().events(["a\0b"]),
        store.feed().categories(["a\0b"]),
    ];
    for feed in feeds {
        let error = feed.read().await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
        assert!(error.to_string().contains("NUL"), "{error}");
    }
    let tenant = store.tenant("a\0b");
    let error = tenant.feed().read().await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
}

async fn a_closed_store_says_so(database: &Database) {
    let store = filled(database).await;
    let mut subscription = store.feed().follow();
    store.close().await;
    let errors = [
        store.feed().read().await.expect_err("closed"),
        subscription.next_page().await.expect_err("closed"),
        store.frontier().await.expect_err("closed"),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Closed, "{error:?}");
    }
}
