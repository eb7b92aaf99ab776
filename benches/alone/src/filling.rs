//! Accounts that are appended, as everything is.

use annals::{Append, Expected, Store, StreamId, Version};
use annals_tests::databases::unique;

use crate::accounts::{SHORT, account, events};
use crate::places::Place;

/// How many appends are handed over together.
const AT_ONCE: usize = 500;

/// How many events a long stream gets at a time.
const PIECE: u64 = 1000;

/// How many accounts a store in use has.
const IN_USE: u64 = 500;

/// Opens a store that has been in use: it has accounts of 20 events, and the database knows its tables.
pub async fn in_use(place: &Place) -> Store {
    let store = place.store().await;
    new_accounts(&store, IN_USE, SHORT).await;
    place.settle().await;
    store
}

/// Makes so many new accounts of so many events, and answers their ids.
pub async fn new_accounts(store: &Store, count: u64, length: u64) -> Vec<String> {
    let series = unique();
    let ids: Vec<String> = (0..count).map(|n| format!("{series}-{n}")).collect();
    for ids in ids.chunks(AT_ONCE) {
        let appends = ids
            .iter()
            .map(|id| Append::to(&account(id), Expected::NoStream, events(1..=length)));
        for answer in store.append_many(appends.collect()).await {
            answer.expect("the account is new");
        }
    }
    ids
}

/// Appends the events after a version of a stream, up to another.
pub async fn extend(store: &Store, stream: &StreamId, from: u64, to: u64) {
    let mut at = from;
    while at < to {
        let until = to.min(at + PIECE);
        let expected = Expected::Exact(Version::new(at));
        let append = Append::to(stream, expected, events(at + 1..=until));
        store.append(append).await.expect("the stream is so long");
        at = until;
    }
}
