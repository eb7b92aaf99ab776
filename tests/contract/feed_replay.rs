//! The feed read to its end, ahead of whoever looks at it.

use annals::{ErrorKind, RecordedEvent, Replay};
use annals_tests::domain::account;
use annals_tests::{Database, contract};

use crate::feed::{all, append, filled};

contract![
    a_replay_gives_what_pages_give,
    a_replay_begins_after_a_position,
    a_replay_of_nothing_ends_at_once,
    what_was_committed_before_the_first_page_is_replayed,
    a_call_that_is_given_up_loses_nothing,
    a_replay_stops_before_damage_each_time,
    a_replay_of_a_closed_store_says_so,
];

async fn rest(replay: &mut Replay) -> Vec<RecordedEvent> {
    let mut events = Vec::new();
    while let Some(page) = replay.next_page().await.expect("readable") {
        assert!(!page.events().is_empty());
        events.extend(page.into_events());
    }
    events
}

async fn a_replay_gives_what_pages_give(database: &Database) {
    let store = filled(database).await;
    let whole = all(&store).await;
    for size in [1, 2, 7, 10, 29, 30, 31, 10_000] {
        let mut replay = store.feed().page(size).replay();
        assert_eq!(rest(&mut replay).await, whole.events(), "by {size}");
        let end = replay.next_page().await.expect("readable");
        assert!(end.is_none(), "the end stays the end");
    }
}

async fn a_replay_begins_after_a_position(database: &Database) {
    let store = filled(database).await;
    let whole = all(&store).await;
    let after = whole.events()[11].recorded().position();
    let mut replay = store.feed().page(5).after(after).replay();
    assert_eq!(rest(&mut replay).await, &whole.events()[12..]);
}

async fn a_replay_of_nothing_ends_at_once(database: &Database) {
    let store = database.store().await;
    assert!(rest(&mut store.feed().replay()).await.is_empty());
    let store = filled(database).await;
    let nothing = store.feed().events(["never.stored"]).page(3);
    assert!(rest(&mut nothing.replay()).await.is_empty());
}

async fn what_was_committed_before_the_first_page_is_replayed(database: &Database) {
    let (store, other) = (filled(database).await, database.store().await);
    for n in 31..=50 {
        let mut replay = store.feed().page(4).replay();
        let by = if n % 2 == 0 { &store } else { &other };
        by.append(append(&account("1"), n)).await.expect("stored");
        assert_eq!(rest(&mut replay).await.len() as i64, n);
    }
}

async fn a_call_that_is_given_up_loses_nothing(database: &Database) {
    let store = filled(database).await;
    let mut replay = store.feed().page(3).replay();
    let mut events = Vec::new();
    loop {
        let mut next = std::pin::pin!(replay.next_page());
        // Asked once, and dropped unless it was ready.
        let page = match futures_util::poll!(&mut next) {
            std::task::Poll::Ready(page) => page.expect("readable"),
            std::task::Poll::Pending => {
                tokio::task::yield_now().await;
                continue;
            }
        };
        match page {
            Some(page) => events.extend(page.into_events()),
            None => break,
        }
    }
    assert_eq!(events, all(&store).await.events());
}

async fn a_replay_stops_before_damage_each_time(database: &Database) {
    let store = filled(database).await;
    let whole = all(&store).await;
    let spoilt = whole.events()[20].recorded().position();
    let spoil = format!("UPDATE {{events}} SET stream = 'nobody-1' WHERE position = {spoilt}");
    database.edit(&spoil).await;
    let mut replay = store.feed().page(5).replay();
    let mut read = 0;
    let error = loop {
        match replay.next_page().await {
            Ok(Some(page)) => read += page.events().len(),
            Ok(None) => panic!("the damage was passed over"),
            Err(error) => break error,
        }
    };
    assert_eq!((read, error.kind()), (20, ErrorKind::Corrupt));
    let again = replay.next_page().await.expect_err("still damaged");
    assert_eq!(again.kind(), ErrorKind::Corrupt);
}

async fn a_replay_of_a_closed_store_says_so(database: &Database) {
    let store = filled(database).await;
    store.close().await;
    let error = store.feed().replay().next_page().await;
    assert_eq!(error.expect_err("closed").kind(), ErrorKind::Closed);
}
