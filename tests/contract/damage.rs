//! Streams that somebody edited by hand: never read as if nothing had happened.

use annals::prelude::*;
use annals::{Append, AsOf, CommandError, Error, ErrorKind, Expected, Recorded, Store, Version};
use annals_tests::domain::{Account, Deposit, Deposited, account, deposited};
use annals_tests::{Database, contract};

contract![
    an_event_removed_from_the_middle_is_noticed,
    the_first_event_removed_is_noticed,
    the_last_event_removed_is_noticed,
    all_events_removed_are_noticed,
    a_removed_row_of_the_stream_is_noticed,
    a_row_set_back_is_noticed,
    a_row_set_forward_is_noticed,
    a_row_set_back_is_noticed_by_appends,
    damage_is_of_the_stream_that_has_it,
    a_hole_is_noticed_by_readers,
    a_hole_is_noticed_in_the_past,
    metadata_that_cannot_be_read_is_noticed_by_who_looks_at_it,
    a_missing_end_is_noticed_by_readers_and_in_the_past,
    a_row_below_nothing_is_noticed,
    behind_the_last_number_nothing_is_stored,
    a_value_that_no_event_has_is_named_by_its_place,
    a_time_beyond_all_years_hurts_nobody_else,
];

/// An account that looks at how its events were recorded.
#[derive(Aggregate, Default, Debug)]
#[aggregate(name = "account", events(Deposited))]
struct Looking {
    versions: Vec<Version>,
}

#[aggregate]
impl Looking {
    fn deposited(&mut self, _: Deposited, cx: &Recorded) {
        self.versions.push(cx.version());
    }
}

async fn stored(database: &Database) -> Store {
    let store = database.store().await;
    let events = (1..=5).map(deposited);
    store
        .append(Append::to(&account("1"), Expected::NoStream, events))
        .await
        .expect("stored");
    store
}

#[track_caller]
fn is_corrupt(error: &Error, parts: &[&str]) {
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
    let message = error.to_string();
    for part in ["account-1"].iter().chain(parts) {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(error.hint().is_some_and(|hint| hint.contains("backup")));
}

/// Neither loaded nor appended to by a command.
async fn is_noticed(database: &Database, store: &Store, parts: &[&str]) {
    let before = database.events().await;
    let root = store.aggregate::<Account>("1");
    is_corrupt(&root.load().await.expect_err("damaged"), parts);
    let result = root.execute(Deposit(1)).await;
    let Err(CommandError::Store(error)) = result else {
        panic!("{result:?}")
    };
    is_corrupt(&error, parts);
    assert_eq!(database.events().await, before);
}

async fn an_event_removed_from_the_middle_is_noticed(database: &Database) {
    let store = stored(database).await;
    database
        .edit("DELETE FROM {events} WHERE version = 3")
        .await;
    is_noticed(database, &store, &["3"]).await;
}

async fn the_first_event_removed_is_noticed(database: &Database) {
    let store = stored(database).await;
    database
        .edit("DELETE FROM {events} WHERE version = 1")
        .await;
    is_noticed(database, &store, &["1"]).await;
}

async fn the_last_event_removed_is_noticed(database: &Database) {
    let store = stored(database).await;
    database
        .edit("DELETE FROM {events} WHERE version = 5")
        .await;
    is_noticed(database, &store, &["5"]).await;
}

async fn all_events_removed_are_noticed(database: &Database) {
    let store = stored(database).await;
    database.edit("DELETE FROM {events}").await;
    is_noticed(database, &store, &["5"]).await;
}

async fn a_removed_row_of_the_stream_is_noticed(database: &Database) {
    let store = stored(database).await;
    database.sql("DELETE FROM {streams}").await;
    is_noticed(database, &store, &[]).await;
}

async fn a_row_set_back_is_noticed(database: &Database) {
    let store = stored(database).await;
    database.sql("UPDATE {streams} SET version = 4").await;
    is_noticed(database, &store, &["4"]).await;
}

async fn a_row_set_forward_is_noticed(database: &Database) {
    let store = stored(database).await;
    database.sql("UPDATE {streams} SET version = 6").await;
    is_noticed(database, &store, &["6"]).await;
}

async fn a_row_set_back_is_noticed_by_appends(database: &Database) {
    let store = stored(database).await;
    database.sql("UPDATE {streams} SET version = 3").await;
    let append = Append::to(
        &account("1"),
        Expected::Exact(Version::new(3)),
        [deposited(9)],
    );
    let error = store.append(append).await.expect_err("damaged");
    is_corrupt(&error, &[]);
    assert_eq!(database.events().await, 5);
}

/// Others in the same batch, and with similar names, go on.
async fn damage_is_of_the_stream_that_has_it(database: &Database) {
    let store = stored(database).await;
    let new = |id: &str| Append::to(&account(id), Expected::NoStream, [deposited(1)]);
    for id in ["11", "12", "2"] {
        store.append(new(id)).await.expect("stored");
    }
    let back = "UPDATE {streams} SET version = 0 WHERE stream = 'account-12'";
    // A row at version 0 is nothing that annals writes, and says that no event was stored.
    assert_eq!(database.sql(back).await, 1);
    let next = |id: &str, version| {
        Append::to(
            &account(id),
            Expected::Exact(Version::new(version)),
            [deposited(2)],
        )
    };
    let removed = "DELETE FROM {streams} WHERE stream = 'account-12'";
    assert_eq!(database.sql(removed).await, 1);
    let results = store
        .append_many(vec![next("1", 5), new("12"), next("11", 1), next("2", 1)])
        .await;
    let kinds: Vec<_> = results
        .iter()
        .map(|result| result.as_ref().err().map(Error::kind))
        .collect();
    assert_eq!(kinds, [None, Some(ErrorKind::Corrupt), None, None]);
    let message = results[1].as_ref().expect_err("damaged").to_string();
    assert!(message.contains("account-12"), "{message}");
}

async fn a_hole_is_noticed_by_readers(database: &Database) {
    let store = stored(database).await;
    database
        .edit("DELETE FROM {events} WHERE version = 3")
        .await;
    let stream = account("1");
    let mut forwards = store.stream(&stream);
    let mut seen = Vec::new();
    let error = loop {
        match forwards.next().await {
            Ok(Some(event)) => seen.push(event.recorded().version().get()),
            Ok(None) => panic!("the hole was not noticed: {seen:?}"),
            Err(error) => break error,
        }
    };
    is_corrupt(&error, &["3"]);
    assert!(seen.iter().all(|version| *version < 3), "{seen:?}");
    let backwards = store.stream(&stream).backwards().all().await;
    is_corrupt(&backwards.expect_err("damaged"), &["3"]);
    let root = store.aggregate::<Account>("1");
    let mut events = root.events();
    let error = loop {
        match events.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the hole was not noticed"),
            Err(error) => break error,
        }
    };
    is_corrupt(&error, &["3"]);
    // What lies before it can still be read.
    let before = store.stream(&stream).to(Version::new(2)).all().await;
    assert_eq!(before.expect("whole").len(), 2);
}

async fn a_hole_is_noticed_in_the_past(database: &Database) {
    let store = stored(database).await;
    database
        .edit("DELETE FROM {events} WHERE version = 3")
        .await;
    let root = store.aggregate::<Account>("1");
    let far = chrono::DateTime::<chrono::Utc>::MAX_UTC;
    for as_of in [
        AsOf::version(Version::new(3)),
        AsOf::version(Version::new(5)),
        AsOf::time(far),
        AsOf::occurred(far),
    ] {
        let error = root.state_at(as_of).await.expect_err("damaged");
        is_corrupt(&error, &["3"]);
    }
    let before = root.state_at(AsOf::version(Version::new(2))).await;
    assert_eq!(before.expect("whole").balance, 3);
}

async fn metadata_that_cannot_be_read_is_noticed_by_who_looks_at_it(database: &Database) {
    let store = stored(database).await;
    database
        .edit("UPDATE {events} SET metadata = '[1]' WHERE version = 2")
        .await;
    let root = store.aggregate::<Account>("1");
    assert_eq!(root.load().await.expect("it does not look").balance, 15);
    let looked = store.aggregate::<Looking>("1").load().await;
    is_corrupt(&looked.expect_err("damaged"), &["event 2"]);
    let occurred = AsOf::occurred(chrono::DateTime::<chrono::Utc>::MAX_UTC);
    let looked = root.state_at(occurred).await;
    is_corrupt(&looked.expect_err("damaged"), &["event 2"]);
    let looked = store.stream(&account("1")).all().await;
    is_corrupt(&looked.expect_err("damaged"), &["event 2"]);
}

/// SQLite checks no JSON.
#[tokio::test]
async fn a_payload_that_is_no_json_is_named() {
    let database = annals_tests::sqlite().await;
    let store = stored(&database).await;
    database
        .edit("UPDATE {events} SET payload = '{\"cents\":' WHERE version = 2")
        .await;
    let root = store.aggregate::<Account>("1");
    let error = root.load().await.expect_err("damaged");
    assert_eq!(error.kind(), ErrorKind::Misfit, "{error:?}");
    let message = error.to_string();
    for part in ["event 2", "account-1", "money.deposited"] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

async fn a_missing_end_is_noticed_by_readers_and_in_the_past(database: &Database) {
    let store = stored(database).await;
    database
        .edit("DELETE FROM {events} WHERE version > 3")
        .await;
    let stream = account("1");
    let forwards = store.stream(&stream).all().await;
    is_corrupt(&forwards.expect_err("damaged"), &["4"]);
    let backwards = store.stream(&stream).backwards().all().await;
    is_corrupt(&backwards.expect_err("damaged"), &["5"]);
    let root = store.aggregate::<Account>("1");
    let then = root
        .state_at(AsOf::time("2100-01-01T00:00:00Z".parse().expect("a time")))
        .await;
    is_corrupt(&then.expect_err("damaged"), &["4"]);
    let before = store.stream(&stream).to(Version::new(3)).all().await;
    assert_eq!(before.expect("whole").len(), 3);
    database.edit("DELETE FROM {events}").await;
    let nothing = store.stream(&stream).all().await;
    is_corrupt(&nothing.expect_err("damaged"), &["1"]);
}

/// The length is right, but for its sign.
async fn a_row_below_nothing_is_noticed(database: &Database) {
    let store = stored(database).await;
    database.sql("UPDATE {streams} SET version = -5").await;
    is_noticed(database, &store, &[]).await;
    let stream = account("1");
    let forwards = store.stream(&stream).all().await;
    is_corrupt(&forwards.expect_err("damaged"), &["-5"]);
    let backwards = store.stream(&stream).backwards().all().await;
    is_corrupt(&backwards.expect_err("damaged"), &["-5"]);
}

/// No version comes after it.
async fn behind_the_last_number_nothing_is_stored(database: &Database) {
    let store = stored(database).await;
    let edited = database
        .sql("UPDATE {streams} SET version = 9223372036854775807")
        .await;
    assert_eq!(edited, 1);
    is_noticed(database, &store, &["9223372036854775807"]).await;
    let append = Append::to(&account("1"), Expected::Any, [deposited(1)]);
    store.append(append).await.expect_err("damaged");
    assert_eq!(database.events().await, 5);
    let append = Append::to(&account("2"), Expected::Any, [deposited(1)]);
    store.append(append).await.expect("nobody else is");
}

async fn a_value_that_no_event_has_is_named_by_its_place(database: &Database) {
    let store = stored(database).await;
    let edited = match database.is_postgres() {
        true => "UPDATE {events} SET recorded_at = 'infinity' WHERE version = 3",
        false => "UPDATE {events} SET event_id = 'nobody' WHERE version = 3",
    };
    assert_eq!(database.edit(edited).await, 1);
    for page in [500, 10_000] {
        let error = store.feed().page(page).read().await.expect_err("damaged");
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
        let told = error.to_string();
        assert!(
            told.contains("the event at position 3, version 3 of its stream, is damaged"),
            "{told}"
        );
        assert!(error.hint().is_some_and(|hint| hint.contains("backup")));
    }
}

/// The row of a stream holds the time of its last event, of which an append makes sure that it does not go back.
async fn a_time_beyond_all_years_hurts_nobody_else(database: &Database) {
    let store = stored(database).await;
    let edited = match database.is_postgres() {
        true => "UPDATE {streams} SET recorded_at = 'infinity'",
        false => "UPDATE {streams} SET recorded_at = 'never'",
    };
    assert_eq!(database.sql(edited).await, 1);
    let root = store.aggregate::<Account>("1");
    let error = root.load().await.expect_err("damaged");
    assert_eq!(error.kind(), ErrorKind::Database, "{error:?}");
    let append = Append::to(&account("1"), Expected::Any, [deposited(1)]);
    store.append(append).await.expect_err("damaged");
    let append = Append::to(&account("2"), Expected::Any, [deposited(1)]);
    store.append(append).await.expect("nobody else is");
}
