//! An append to one stream, and what it expects of it.

use annals::{Append, Error, ErrorKind, Expected, Receipt, Store, Version};
use annals_tests::domain::{account, deposited, deposits, exact};
use annals_tests::{Database, contract};

contract![
    a_new_stream_starts_at_version_one,
    a_receipt_says_what_was_stored,
    an_exact_version_that_is_right_wins,
    an_exact_version_that_is_wrong_loses,
    an_exact_version_of_a_stream_that_does_not_exist_loses,
    exactly_version_zero_is_no_stream,
    no_stream_loses_on_one_that_exists,
    exists_wins_on_a_stream_that_exists,
    exists_loses_on_one_that_does_not,
    any_wins_on_every_stream,
    a_conflict_names_stream_expectation_and_what_was_found,
    a_conflict_stores_nothing,
    positions_rise_in_the_order_of_the_events,
    what_was_stored_is_read_again_in_order,
    an_append_without_events_stores_nothing,
    a_large_append_is_stored_whole,
    versions_and_positions_have_64_bits,
];

async fn append(
    store: &Store,
    id: &str,
    expected: Expected,
    amounts: &[i64],
) -> Result<Receipt, Error> {
    let events = amounts.iter().map(|&cents| deposited(cents));
    store
        .append(Append::to(&account(id), expected, events))
        .await
}

async fn with_two_events(database: &Database) -> Store {
    let store = database.store().await;
    append(&store, "1", Expected::NoStream, &[10, 20])
        .await
        .expect("a new stream");
    store
}

fn conflict(result: Result<Receipt, Error>) -> annals::Conflict {
    let error = result.expect_err("a conflict");
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}");
    assert!(error.is_conflict());
    assert!(error.hint().is_some());
    error.conflict().expect("it says which").clone()
}

async fn a_new_stream_starts_at_version_one(database: &Database) {
    let store = database.store().await;
    append(&store, "1", Expected::NoStream, &[10])
        .await
        .expect("a new stream");
    let events = store.stream(&account("1")).all().await.expect("readable");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].recorded().version(), Version::new(1));
    assert_eq!(events[0].recorded().event_type(), "money.deposited");
    assert_eq!(events[0].recorded().schema_version(), 1);
    assert_eq!(events[0].payload(), br#"{"cents":10}"#);
}

async fn a_receipt_says_what_was_stored(database: &Database) {
    let store = with_two_events(database).await;
    let receipt = append(&store, "1", exact(2), &[30, 40, 50])
        .await
        .expect("stored");
    let events = store.stream(&account("1")).all().await.expect("readable");
    let stored: Vec<_> = events[2..]
        .iter()
        .map(|event| event.recorded().position())
        .collect();
    assert_eq!(receipt.version(), Version::new(5));
    assert_eq!(receipt.position(), stored.last().copied());
    assert!(!receipt.is_repeated());
    let [appended] = receipt.streams() else {
        panic!("one stream: {receipt:?}")
    };
    assert_eq!(appended.stream(), &account("1"));
    assert_eq!(appended.version(), Version::new(5));
    assert_eq!(appended.positions(), stored);
    assert_eq!(
        appended.recorded_at(),
        Some(events[4].recorded().recorded_at())
    );
}

async fn an_exact_version_that_is_right_wins(database: &Database) {
    let store = with_two_events(database).await;
    let receipt = append(&store, "1", exact(2), &[30]).await.expect("stored");
    assert_eq!(receipt.version(), Version::new(3));
    assert_eq!(deposits(&store, &account("1")).await, [10, 20, 30]);
}

async fn an_exact_version_that_is_wrong_loses(database: &Database) {
    let store = with_two_events(database).await;
    for wrong in [1, 3, 1 << 40, u64::MAX >> 1, u64::MAX] {
        let conflict = conflict(append(&store, "1", exact(wrong), &[30]).await);
        assert_eq!(conflict.found, Version::new(2));
    }
    assert_eq!(deposits(&store, &account("1")).await, [10, 20]);
}

async fn an_exact_version_of_a_stream_that_does_not_exist_loses(database: &Database) {
    let store = database.store().await;
    let conflict = conflict(append(&store, "1", exact(1), &[30]).await);
    assert_eq!(conflict.found, Version::new(0));
    assert_eq!(database.number("SELECT count(*) FROM {streams}").await, 0);
}

async fn exactly_version_zero_is_no_stream(database: &Database) {
    let store = database.store().await;
    append(&store, "1", exact(0), &[10])
        .await
        .expect("it does not exist");
    conflict(append(&store, "1", exact(0), &[10]).await);
}

async fn no_stream_loses_on_one_that_exists(database: &Database) {
    let store = with_two_events(database).await;
    let conflict = conflict(append(&store, "1", Expected::NoStream, &[30]).await);
    assert_eq!(conflict.found, Version::new(2));
}

async fn exists_wins_on_a_stream_that_exists(database: &Database) {
    let store = with_two_events(database).await;
    let receipt = append(&store, "1", Expected::Exists, &[30])
        .await
        .expect("it exists");
    assert_eq!(receipt.version(), Version::new(3));
}

async fn exists_loses_on_one_that_does_not(database: &Database) {
    let store = with_two_events(database).await;
    let conflict = conflict(append(&store, "2", Expected::Exists, &[30]).await);
    assert_eq!(conflict.found, Version::new(0));
    assert_eq!(database.events().await, 2);
    assert_eq!(database.number("SELECT count(*) FROM {streams}").await, 1);
}

async fn any_wins_on_every_stream(database: &Database) {
    let store = with_two_events(database).await;
    let old = append(&store, "1", Expected::Any, &[30])
        .await
        .expect("any");
    let new = append(&store, "2", Expected::Any, &[40])
        .await
        .expect("any");
    assert_eq!(old.version(), Version::new(3));
    assert_eq!(new.version(), Version::new(1));
    assert_eq!(deposits(&store, &account("1")).await, [10, 20, 30]);
    assert_eq!(deposits(&store, &account("2")).await, [40]);
}

async fn a_conflict_names_stream_expectation_and_what_was_found(database: &Database) {
    let store = with_two_events(database).await;
    let error = append(&store, "1", exact(7), &[30])
        .await
        .expect_err("a conflict");
    let message = error.to_string();
    for part in ["account-1", "version 7", "version 2"] {
        assert!(message.contains(part), "{message}");
    }
    let conflict = error.conflict().expect("it says which");
    assert_eq!(conflict.stream, account("1"));
    assert!(conflict.expected.contains('7'), "{conflict:?}");
    assert_eq!(conflict.found, Version::new(2));

    let message = append(&store, "2", Expected::Exists, &[30])
        .await
        .expect_err("a conflict")
        .to_string();
    assert!(message.contains("account-2"), "{message}");
    assert!(message.contains("not exist"), "{message}");
}

async fn a_conflict_stores_nothing(database: &Database) {
    let store = with_two_events(database).await;
    let tables =
        "SELECT (SELECT count(*) FROM {events}) * 1000 + (SELECT sum(version) FROM {streams})";
    // PostgreSQL sums to a decimal.
    let tables = format!("SELECT CAST(({tables}) AS bigint)");
    let before = database.number(&tables).await;
    conflict(append(&store, "1", exact(1), &[30]).await);
    conflict(append(&store, "1", Expected::NoStream, &[30]).await);
    conflict(append(&store, "2", Expected::Exists, &[30]).await);
    assert_eq!(database.number(&tables).await, before);
}

/// As they are stored, over two programs that append in turn: each has connections of its own.
async fn positions_rise_in_the_order_of_the_events(database: &Database) {
    let stores = [database.store().await, database.store().await];
    let mut positions = Vec::new();
    for round in 0..5 {
        for (place, store) in (0_u64..).zip(&stores) {
            for id in ["1", "2"] {
                let version = round * 4 + place * 2;
                append(store, id, exact(version), &[1, 2])
                    .await
                    .expect("stored");
                let events = store.stream(&account(id)).all().await.expect("readable");
                let new = events.iter().map(|event| event.recorded());
                let new = new.filter(|event| event.version() > Version::new(version));
                positions.extend(new.map(|event| event.position()));
            }
        }
    }
    assert_eq!(positions.len(), 40);
    assert!(
        positions.windows(2).all(|pair| pair[0] < pair[1]),
        "{positions:?}"
    );
}

async fn what_was_stored_is_read_again_in_order(database: &Database) {
    let store = database.store().await;
    let amounts: Vec<i64> = (0..50).collect();
    for (version, chunk) in amounts.chunks(7).enumerate() {
        append(&store, "1", exact(version as u64 * 7), chunk)
            .await
            .expect("stored");
    }
    let events = store.stream(&account("1")).all().await.expect("readable");
    let versions: Vec<u64> = events
        .iter()
        .map(|event| event.recorded().version().get())
        .collect();
    assert_eq!(versions, (1..=50).collect::<Vec<_>>());
    assert_eq!(deposits(&store, &account("1")).await, amounts);
}

async fn an_append_without_events_stores_nothing(database: &Database) {
    let store = with_two_events(database).await;
    let receipt = append(&store, "1", exact(2), &[]).await.expect("it holds");
    assert_eq!(receipt.position(), None);
    conflict(append(&store, "1", exact(1), &[]).await);
    append(&store, "2", Expected::NoStream, &[])
        .await
        .expect("it holds");
    assert_eq!(database.events().await, 2);
    assert_eq!(database.number("SELECT count(*) FROM {streams}").await, 1);
}

async fn a_large_append_is_stored_whole(database: &Database) {
    let store = database.store().await;
    let amounts: Vec<i64> = (0..3000).collect();
    let receipt = append(&store, "1", Expected::NoStream, &amounts)
        .await
        .expect("stored");
    assert_eq!(receipt.version(), Version::new(3000));
    assert_eq!(deposits(&store, &account("1")).await, amounts);
}

async fn versions_and_positions_have_64_bits(database: &Database) {
    let store = with_two_events(database).await;
    let far = 5_000_000_000;
    let advanced = if database.is_postgres() {
        format!("SELECT setval('annals.event_position', {far})")
    } else {
        format!("UPDATE sqlite_sequence SET seq = {far}")
    };
    database.sql(&advanced).await;
    let moved = format!("UPDATE {{streams}} SET version = {far}");
    assert_eq!(database.sql(&moved).await, 1);
    let receipt = append(&store, "1", exact(far), &[30, 40]).await;
    let receipt = receipt.expect("stored");
    assert_eq!(receipt.version(), Version::new(far + 2));
    let position = receipt.position().expect("two events").get();
    assert!(position > far, "{position}");
    let stream = account("1");
    let tail = store
        .stream(&stream)
        .from(Version::new(far + 1))
        .all()
        .await;
    let tail = tail.expect("readable");
    let last = tail[1].recorded();
    assert_eq!(tail.len(), 2);
    assert_eq!(
        (last.version().get(), last.position().get()),
        (far + 2, position)
    );
    let conflict = conflict(append(&store, "1", exact(far), &[50]).await);
    assert_eq!(conflict.found, Version::new(far + 2));
}
