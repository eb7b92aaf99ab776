//! What a measurement finds in a store is what appends would have stored.

use alone::accounts::{SHORT, account, balance, check, check_after, events};
use alone::domain::{Account, Withdraw};
use alone::seed::Seed;
use annals::{Append, Expected, RecordedEvent, Store, StreamId, Version};
use annals_tests::{Database, contract};

const SEED: Seed = Seed {
    accounts: 30,
    length: SHORT,
};

async fn seeded(database: &Database) -> Store {
    // A SQLite file has its tables once it was opened.
    database.store().await.close().await;
    SEED.sow(database).await;
    database.store().await
}

async fn read(store: &Store, stream: &StreamId) -> Vec<RecordedEvent> {
    store.stream(stream).all().await.expect("readable")
}

async fn events_are_those_that_are_appended(database: &Database) {
    let store = seeded(database).await;
    let new = account("appended");
    let append = Append::to(&new, Expected::NoStream, events(1..=SHORT));
    store.append(append).await.expect("stored");
    let appended = read(&store, &new).await;
    for id in ["0", "17", "29"] {
        let seeded = read(&store, &account(id)).await;
        assert_eq!(seeded.len(), appended.len());
        for (seeded, appended) in seeded.iter().zip(&appended) {
            let (one, other) = (seeded.recorded(), appended.recorded());
            assert_eq!(one.version(), other.version());
            assert_eq!(one.event_type(), other.event_type());
            assert_eq!(one.schema_version(), other.schema_version());
            assert_eq!(seeded.payload(), appended.payload());
        }
    }
}

async fn positions_have_no_holes_and_streams_take_turns(database: &Database) {
    let store = seeded(database).await;
    let page = store.feed().page(10_000).read().await.expect("readable");
    let events = page.events();
    assert_eq!(events.len() as u64, SEED.events());
    for (n, event) in (0..).zip(events) {
        let recorded = event.recorded();
        assert_eq!(recorded.position().get(), n + 1);
        assert_eq!(
            recorded.stream(),
            &account(&(n % SEED.accounts).to_string())
        );
    }
    assert_eq!(SEED.total(), SEED.accounts.cast_signed() * balance(SHORT));
}

async fn accounts_go_on(database: &Database) {
    let store = seeded(database).await;
    for n in 0..SEED.accounts {
        check(&store, &n.to_string(), SHORT).await;
    }
    let root = store.aggregate::<Account>("3");
    root.execute(Withdraw { cents: 1 }).await.expect("accepted");
    check_after(&store, "3", SHORT, 1).await;
    let expected = Expected::Exact(Version::new(SHORT));
    let append = Append::to(&account("4"), expected, events(SHORT + 1..=SHORT + 1));
    store.append(append).await.expect("stored");
    check(&store, "4", SHORT + 1).await;
    let refused = Append::to(&account("5"), Expected::NoStream, events(1..=1));
    let error = store.append(refused).await.expect_err("it is there");
    assert!(error.is_conflict(), "{error}");
}

contract!(
    events_are_those_that_are_appended,
    positions_have_no_holes_and_streams_take_turns,
    accounts_go_on,
);
