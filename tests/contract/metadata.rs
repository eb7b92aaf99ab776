//! What is kept beside an event.

use annals::{Append, CommandError, ErrorKind, Expected, Metadata, RecordedEvent, Store};
use annals_tests::domain::{Account, Deposit, account, deposited};
use annals_tests::{Database, contract};
use chrono::{DateTime, Utc};
use serde_json::json;

contract![
    metadata_comes_back_as_it_went_in,
    no_metadata_is_stored_as_nothing,
    each_event_has_its_own,
    free_entries_come_back_as_a_type,
    a_command_hands_its_metadata_to_its_events,
    single_words_are_added_to_the_metadata_of_a_command,
    names_that_belong_to_annals_are_refused,
    the_correlation_can_be_queried,
    metadata_that_no_database_can_keep_is_refused,
];

async fn stored(store: &Store, metadata: Metadata) -> RecordedEvent {
    store
        .append(Append::to(
            &account("1"),
            Expected::NoStream,
            [deposited(1).metadata(metadata)],
        ))
        .await
        .expect("stored");
    last(store).await
}

async fn last(store: &Store) -> RecordedEvent {
    let mut events = store.stream(&account("1")).all().await.expect("readable");
    events.pop().expect("an event")
}

fn full() -> Metadata {
    Metadata::new()
        .with_correlation("request-1")
        .with_causation("command-2")
        .with_actor("ann@example.org")
        .with("tags", json!(["a", {"b": null}]))
        .with("ratio", 0.1)
        .with("größe", "ß\"\\\n\u{1F511}")
        .with("", false)
}

async fn metadata_comes_back_as_it_went_in(database: &Database) {
    let store = database.store().await;
    let event = stored(&store, full()).await;
    let metadata = event.recorded().metadata();
    assert_eq!(metadata, &full());
    assert_eq!(metadata.correlation(), Some("request-1"));
    assert_eq!(metadata.causation(), Some("command-2"));
    assert_eq!(metadata.actor(), Some("ann@example.org"));
    assert_eq!(metadata.get("tags"), Some(&json!(["a", {"b": null}])));
    assert_eq!(metadata.get("$actor"), None);
    assert_eq!(metadata.get("else"), None);
}

async fn no_metadata_is_stored_as_nothing(database: &Database) {
    let store = database.store().await;
    let event = stored(&store, Metadata::new()).await;
    assert_eq!(event.recorded().metadata(), &Metadata::new());
    let nulls = "SELECT count(*) FROM {events} WHERE metadata IS NULL AND correlation IS NULL";
    assert_eq!(database.number(nulls).await, 1);
}

async fn each_event_has_its_own(database: &Database) {
    let store = database.store().await;
    let who = ["ann", "bob", "cid"];
    let events = who.map(|who| deposited(1).metadata(Metadata::new().with_actor(who)));
    store
        .append(Append::to(&account("1"), Expected::NoStream, events))
        .await
        .expect("stored");
    let events = store.stream(&account("1")).all().await.expect("readable");
    let actors: Vec<_> = events
        .iter()
        .filter_map(|event| event.recorded().metadata().actor())
        .collect();
    assert_eq!(actors, who);
}

async fn free_entries_come_back_as_a_type(database: &Database) {
    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Entries {
        ip: String,
        attempt: u32,
    }
    let store = database.store().await;
    let metadata = Metadata::new()
        .with("ip", "::1")
        .with("attempt", 3)
        .with_actor("ann");
    let event = stored(&store, metadata).await;
    let entries: Entries = event.recorded().metadata().entries().expect("they fit");
    let expected = Entries {
        ip: "::1".into(),
        attempt: 3,
    };
    assert_eq!(entries, expected);
}

async fn a_command_hands_its_metadata_to_its_events(database: &Database) {
    let store = database.store().await;
    let when: DateTime<Utc> = "2020-02-29T23:59:59.5Z".parse().expect("a time");
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1))
        .metadata(full())
        .occurred_at(when)
        .await
        .expect("stored");
    let event = last(&store).await;
    assert_eq!(event.recorded().metadata(), &full());
    assert_eq!(event.recorded().occurred_at(), when);
    assert!(event.recorded().recorded_at() > when);
}

async fn single_words_are_added_to_the_metadata_of_a_command(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(1))
        .actor("ann")
        .correlation("request-1")
        .causation("command-2")
        .with("ip", "::1")
        .await
        .expect("stored");
    let expected = Metadata::new()
        .with_actor("ann")
        .with_correlation("request-1")
        .with_causation("command-2")
        .with("ip", "::1");
    assert_eq!(last(&store).await.recorded().metadata(), &expected);
}

async fn names_that_belong_to_annals_are_refused(database: &Database) {
    let store = database.store().await;
    let event = deposited(1).metadata(Metadata::new().with("$actor", "mallory"));
    let error = store
        .append(Append::to(&account("1"), Expected::NoStream, [event]))
        .await
        .expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unstorable);
    assert!(error.to_string().contains("$actor"), "{error}");
    let root = store.aggregate::<Account>("1");
    let error = root.execute(Deposit(1)).with("$mine", 1).await;
    assert!(
        matches!(&error, Err(CommandError::Store(error))
            if error.kind() == ErrorKind::Unstorable && error.to_string().contains("$mine")),
        "{error:?}"
    );
    assert_eq!(database.events().await, 0);
}

async fn the_correlation_can_be_queried(database: &Database) {
    let store = database.store().await;
    stored(&store, full()).await;
    let found = "SELECT count(*) FROM {events} WHERE correlation = 'request-1'";
    assert_eq!(database.number(found).await, 1);
}

async fn metadata_that_no_database_can_keep_is_refused(database: &Database) {
    let store = database.store().await;
    let event = deposited(1).metadata(Metadata::new().with_correlation("a\0b"));
    let error = store
        .append(Append::to(&account("1"), Expected::NoStream, [event]))
        .await
        .expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unstorable, "{error:?}");
    let too_long = Metadata::new().with_correlation("c".repeat(501));
    let event = deposited(1).metadata(too_long);
    let error = store
        .append(Append::to(&account("1"), Expected::NoStream, [event]))
        .await
        .expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unstorable, "{error:?}");
    assert!(error.to_string().contains("500"), "{error}");
    // In JSON it is escaped, and kept.
    let metadata = Metadata::new().with_actor("a\0b");
    let event = stored(&store, metadata.clone()).await;
    assert_eq!(event.recorded().metadata(), &metadata);
}
