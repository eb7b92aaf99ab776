//! Reading a stream's events as they lie in the database.

use annals::{Append, Expected, Store, StreamId, Version};
use annals_tests::domain::{Deposited, Opened, account, deposited};
use annals_tests::{Database, contract};

contract![
    a_stream_that_does_not_exist_is_empty,
    forwards_from_the_first,
    backwards_from_the_last,
    a_range_includes_both_ends,
    a_range_backwards_is_the_same_range,
    ranges_beyond_the_stream_are_cut,
    a_limit_ends_the_reading,
    more_than_a_page_is_read_in_order,
    one_at_a_time_gives_what_all_gives,
    events_of_one_stream_only,
    streams_whose_names_resemble_each_other_are_apart,
    an_event_knows_its_type,
    events_added_while_reading_do_no_harm,
];

async fn filled(database: &Database, events: u64) -> Store {
    let store = database.store().await;
    for first in (0..events).step_by(500) {
        let last = events.min(first + 500);
        let amounts = first + 1..=last;
        store
            .append(Append::to(
                &account("1"),
                Expected::Exact(Version::new(first)),
                amounts.map(|n| deposited(n as i64)),
            ))
            .await
            .expect("stored");
    }
    store
}

fn versions(events: &[annals::RecordedEvent]) -> Vec<u64> {
    events
        .iter()
        .map(|event| event.recorded().version().get())
        .collect()
}

fn v(version: u64) -> Version {
    Version::new(version)
}

async fn a_stream_that_does_not_exist_is_empty(database: &Database) {
    let store = database.store().await;
    let stream = account("1");
    assert!(
        store
            .stream(&stream)
            .all()
            .await
            .expect("readable")
            .is_empty()
    );
    let mut reader = store.stream(&stream).backwards();
    assert!(reader.next().await.expect("readable").is_none());
    assert!(reader.next().await.expect("readable").is_none());
}

async fn forwards_from_the_first(database: &Database) {
    let store = filled(database, 5).await;
    let events = store.stream(&account("1")).all().await.expect("readable");
    assert_eq!(versions(&events), [1, 2, 3, 4, 5]);
    let amounts: Vec<_> = events
        .iter()
        .map(|event| event.json::<Deposited>().expect("fits").cents)
        .collect();
    assert_eq!(amounts, [1, 2, 3, 4, 5]);
}

async fn backwards_from_the_last(database: &Database) {
    let store = filled(database, 5).await;
    let stream = account("1");
    let events = store.stream(&stream).backwards().all().await;
    assert_eq!(versions(&events.expect("readable")), [5, 4, 3, 2, 1]);
}

async fn a_range_includes_both_ends(database: &Database) {
    let store = filled(database, 9).await;
    let stream = account("1");
    let events = store.stream(&stream).from(v(3)).to(v(5)).all().await;
    assert_eq!(versions(&events.expect("readable")), [3, 4, 5]);
    let events = store.stream(&stream).from(v(7)).all().await;
    assert_eq!(versions(&events.expect("readable")), [7, 8, 9]);
    let events = store.stream(&stream).to(v(2)).all().await;
    assert_eq!(versions(&events.expect("readable")), [1, 2]);
}

async fn a_range_backwards_is_the_same_range(database: &Database) {
    let store = filled(database, 9).await;
    let stream = account("1");
    let reader = store.stream(&stream).from(v(3)).to(v(5)).backwards();
    assert_eq!(versions(&reader.all().await.expect("readable")), [5, 4, 3]);
}

async fn ranges_beyond_the_stream_are_cut(database: &Database) {
    let store = filled(database, 3).await;
    let stream = account("1");
    let events = store.stream(&stream).from(v(0)).to(v(u64::MAX)).all().await;
    assert_eq!(versions(&events.expect("readable")), [1, 2, 3]);
    let events = store.stream(&stream).from(v(4)).all().await;
    assert!(events.expect("readable").is_empty());
    let events = store.stream(&stream).from(v(3)).to(v(2)).all().await;
    assert!(events.expect("readable").is_empty());
    let events = store
        .stream(&stream)
        .from(v(u64::MAX))
        .backwards()
        .all()
        .await;
    assert!(events.expect("readable").is_empty());
    let events = store.stream(&stream).to(v(0)).all().await;
    assert!(events.expect("readable").is_empty());
}

async fn a_limit_ends_the_reading(database: &Database) {
    let store = filled(database, 5).await;
    let stream = account("1");
    let events = store.stream(&stream).limit(2).all().await;
    assert_eq!(versions(&events.expect("readable")), [1, 2]);
    let events = store.stream(&stream).backwards().limit(2).all().await;
    assert_eq!(versions(&events.expect("readable")), [5, 4]);
    let events = store.stream(&stream).from(v(4)).limit(9).all().await;
    assert_eq!(versions(&events.expect("readable")), [4, 5]);
    let events = store.stream(&stream).limit(0).all().await;
    assert!(events.expect("readable").is_empty());
}

async fn more_than_a_page_is_read_in_order(database: &Database) {
    let store = filled(database, 2_345).await;
    let stream = account("1");
    let all: Vec<u64> = (1..=2_345).collect();
    let events = store.stream(&stream).all().await.expect("readable");
    assert_eq!(versions(&events), all);
    let events = store.stream(&stream).backwards().all().await;
    let mut backwards = versions(&events.expect("readable"));
    backwards.reverse();
    assert_eq!(backwards, all);
    let events = store.stream(&stream).from(v(3)).to(v(2_222)).all().await;
    assert_eq!(versions(&events.expect("readable")), all[2..2_222]);
    let events = store.stream(&stream).backwards().limit(1_777).all().await;
    assert_eq!(events.expect("readable").len(), 1_777);
}

async fn one_at_a_time_gives_what_all_gives(database: &Database) {
    let store = filled(database, 1_234).await;
    let stream = account("1");
    let all = store.stream(&stream).all().await.expect("readable");
    let mut reader = store.stream(&stream);
    let mut one_by_one = Vec::new();
    while let Some(event) = reader.next().await.expect("readable") {
        one_by_one.push(event);
    }
    assert_eq!(one_by_one, all);
    assert!(reader.next().await.expect("readable").is_none());
}

async fn events_of_one_stream_only(database: &Database) {
    let store = database.store().await;
    for round in 0..3 {
        for id in ["1", "2", "3"] {
            store
                .append(Append::to(
                    &account(id),
                    Expected::Exact(v(round)),
                    [deposited(1)],
                ))
                .await
                .expect("stored");
        }
    }
    let events = store.stream(&account("2")).all().await.expect("readable");
    assert_eq!(versions(&events), [1, 2, 3]);
    assert!(
        events
            .iter()
            .all(|it| *it.recorded().stream() == account("2"))
    );
}

async fn streams_whose_names_resemble_each_other_are_apart(database: &Database) {
    let store = database.store().await;
    let names = [
        "a", "A", "ä", "a ", " a", "a%", "a_", "a-b", "á", "a\u{301}",
    ];
    for (n, id) in names.iter().enumerate() {
        store
            .append(Append::to(
                &account(id),
                Expected::NoStream,
                [deposited(n as i64)],
            ))
            .await
            .unwrap_or_else(|error| panic!("{id:?}: {error:?}"));
    }
    for (n, id) in names.iter().enumerate() {
        let events = store.stream(&account(id)).all().await.expect("readable");
        assert_eq!(events.len(), 1, "{id:?}");
        assert_eq!(events[0].json::<Deposited>().expect("fits").cents, n as i64);
        assert_eq!(events[0].recorded().stream().id(), *id);
        assert_eq!(events[0].recorded().stream().category(), "account");
    }
}

async fn an_event_knows_its_type(database: &Database) {
    let store = filled(database, 1).await;
    let stream: StreamId = account("1");
    let events = store.stream(&stream).all().await.expect("readable");
    let deposited = events[0].decode::<Deposited>().expect("fits");
    assert_eq!(deposited, Some(Deposited { cents: 1 }));
    assert_eq!(events[0].decode::<Opened>().expect("another type"), None);
}

async fn events_added_while_reading_do_no_harm(database: &Database) {
    let store = filled(database, 1_000).await;
    let stream = account("1");
    let mut reader = store.stream(&stream);
    let mut seen = Vec::new();
    while let Some(event) = reader.next().await.expect("readable") {
        let version = event.recorded().version().get();
        seen.push(version);
        if version == 500 {
            store
                .append(Append::to(&stream, Expected::Exists, [deposited(0)]))
                .await
                .expect("stored");
        }
    }
    let without_hole: Vec<u64> = (1..=seen.len() as u64).collect();
    assert_eq!(seen, without_hole);
    assert!(seen.len() >= 1_000);
}
