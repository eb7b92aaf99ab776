//! Stored events that the program cannot read, each with all that is needed to find it.

use annals::{Append, Error, ErrorKind, Expected, Store};
use annals_tests::domain::{Account, account, deposited};
use annals_tests::{Database, contract};

contract![
    an_unknown_type_is_named,
    a_newer_version_is_named,
    a_payload_that_does_not_fit_is_named_with_its_path,
    a_payload_without_a_field_is_named,
    a_payload_that_is_something_else_is_named,
    version_zero_leads_nowhere,
    the_error_is_the_same_wherever_the_event_is_read,
    events_before_it_can_be_read,
    an_event_decoded_alone_says_the_same,
];

async fn tampered(database: &Database, change: &str) -> (Store, i64) {
    let store = database.store().await;
    store
        .append(Append::to(
            &account("1"),
            Expected::NoStream,
            [deposited(1), deposited(2), deposited(3)],
        ))
        .await
        .expect("stored");
    let changed = format!("UPDATE {{events}} SET {change} WHERE version = 2");
    assert_eq!(database.edit(&changed).await, 1);
    let position = "SELECT position FROM {events} WHERE version = 2";
    (store, database.number(position).await)
}

async fn error(store: &Store) -> Error {
    let root = store.aggregate::<Account>("1");
    root.load().await.expect_err("event 2 cannot be read")
}

#[track_caller]
fn says(error: &Error, position: i64, parts: &[&str]) {
    let message = error.to_string();
    let place = format!("position {position}");
    for part in ["event 2", "account-1", &place].iter().chain(parts) {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(!error.is_retryable());
    assert!(error.hint().is_some(), "{message}");
}

async fn an_unknown_type_is_named(database: &Database) {
    let (store, position) = tampered(database, "event_type = 'money.vanished'").await;
    let error = error(&store).await;
    assert_eq!(error.kind(), ErrorKind::UnknownEvent);
    says(
        &error,
        position,
        &["money.vanished", "version 1", "money.deposited"],
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("aliases")));
}

async fn a_newer_version_is_named(database: &Database) {
    let (store, position) = tampered(database, "schema_version = 9").await;
    let error = error(&store).await;
    assert_eq!(error.kind(), ErrorKind::NewerEvent);
    says(
        &error,
        position,
        &["money.deposited", "version 9", "version 1"],
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("release")));
}

async fn a_payload_that_does_not_fit_is_named_with_its_path(database: &Database) {
    let (store, position) = tampered(database, "payload = '{\"cents\":\"two\"}'").await;
    let error = error(&store).await;
    assert_eq!(error.kind(), ErrorKind::Misfit);
    says(
        &error,
        position,
        &["money.deposited", "version 1", "`cents`", "i64"],
    );
}

async fn a_payload_without_a_field_is_named(database: &Database) {
    let (store, position) = tampered(database, "payload = '{\"cent\":2}'").await;
    let error = error(&store).await;
    assert_eq!(error.kind(), ErrorKind::Misfit);
    says(
        &error,
        position,
        &["money.deposited", "missing field `cents`"],
    );
}

async fn a_payload_that_is_something_else_is_named(database: &Database) {
    let (store, position) = tampered(database, "payload = 'null'").await;
    let error = error(&store).await;
    assert_eq!(error.kind(), ErrorKind::Misfit);
    says(&error, position, &["money.deposited"]);
}

async fn version_zero_leads_nowhere(database: &Database) {
    let (store, position) = tampered(database, "schema_version = 0").await;
    let error = error(&store).await;
    assert_eq!(error.kind(), ErrorKind::Misfit);
    says(&error, position, &["money.deposited", "version 0"]);
}

async fn the_error_is_the_same_wherever_the_event_is_read(database: &Database) {
    let (store, _) = tampered(database, "event_type = 'money.vanished'").await;
    let expected = error(&store).await.to_string();
    let root = store.aggregate::<Account>("1");
    let from_state = root
        .state_at(annals::AsOf::version(annals::Version::new(2)))
        .await
        .expect_err("event 2 cannot be read");
    assert_eq!(from_state.to_string(), expected);

    let mut events = root.events();
    assert!(events.next().await.expect("event 1").is_some());
    let from_events = events.next().await.expect_err("event 2");
    assert_eq!(from_events.to_string(), expected);

    let mut history = root.history();
    assert!(history.next().await.expect("event 1").is_some());
    let from_history = history.next().await.expect_err("event 2");
    assert_eq!(from_history.to_string(), expected);

    let from_command = root
        .execute(annals_tests::domain::Deposit(1))
        .await
        .expect_err("event 2");
    let annals::CommandError::Store(from_command) = from_command else {
        panic!("{from_command:?}")
    };
    assert_eq!(from_command.to_string(), expected);
    assert_eq!(database.events().await, 3);
}

async fn events_before_it_can_be_read(database: &Database) {
    let (store, _) = tampered(database, "event_type = 'money.vanished'").await;
    let root = store.aggregate::<Account>("1");
    let before = root
        .state_at(annals::AsOf::version(annals::Version::new(1)))
        .await
        .expect("event 1 alone");
    assert_eq!(before.balance, 1);
    let raw = store.stream(&account("1")).all().await.expect("as it lies");
    assert_eq!(raw[1].recorded().event_type(), "money.vanished");
}

async fn an_event_decoded_alone_says_the_same(database: &Database) {
    let (store, position) = tampered(database, "payload = '{\"cents\":[]}'").await;
    let raw = store.stream(&account("1")).all().await.expect("as it lies");
    let error = raw[1]
        .decode::<annals_tests::domain::Deposited>()
        .expect_err("it does not fit");
    assert_eq!(error.kind(), ErrorKind::Misfit);
    says(&error, position, &["money.deposited", "`cents`"]);
    let handed_on = store.feed().event::<annals_tests::domain::Deposited>();
    let handed_on = handed_on.each(|event| {
        let decoded = event.decode::<annals_tests::domain::Deposited>();
        let raw = event.json::<annals_tests::domain::Deposited>();
        assert_eq!(
            decoded.as_ref().err().map(ToString::to_string),
            raw.err().map(|error| error.to_string())
        );
        decoded.map(|_| ())
    });
    let from_feed = handed_on.await.expect_err("it does not fit");
    assert_eq!(from_feed.to_string(), error.to_string());
}
