//! A version that is in no lock is stored where that was asked for, and nowhere else.

use annals::prelude::*;
use annals::{Append, CommandError, Error, ErrorKind, NewEvent, StreamId};
use annals_tests::domain::{Account, Deposit, account, deposited};
use annals_tests::{Database, contract};

use crate::releases::{draft, first};

contract![
    only_sqlite_takes_drafts_where_nothing_was_said,
    what_was_said_holds_on_both,
    released_versions_are_stored_everywhere,
    a_draft_is_refused_wherever_it_comes_from,
    a_refused_draft_takes_its_whole_group_along,
    a_command_of_drafts_leaves_nothing,
    drafts_are_read_everywhere,
];

fn meter() -> StreamId {
    StreamId::new("meter", "1")
}

fn draft() -> NewEvent {
    NewEvent::of(&draft::Read { value: 1 })
}

fn released() -> NewEvent {
    NewEvent::of(&first::Read { value: 1 })
}

fn one(event: NewEvent) -> Append {
    Append::to(&meter(), Expected::Any, [event])
}

#[track_caller]
fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) {
    let error = answer.expect_err("a draft");
    assert!(error.is_draft() && error.kind() == ErrorKind::Draft);
    assert!(!error.is_retryable() && !error.is_conflict());
    assert_eq!(
        error.to_string(),
        "event `meter.read` for stream `meter-1` was not stored: its version 1 is a draft, and this store takes released \
         versions alone"
    );
    assert_eq!(
        error.hint(),
        Some(
            "run `schema lock` of your program (`cargo run -- schema lock`), then build again; or open the store with \
             `.drafts(true)` for development"
        )
    );
}

async fn strict(database: &Database) -> Store {
    database.open(Store::options().drafts(false)).await
}

async fn is_empty(database: &Database) {
    for table in ["{events}", "{streams}", "{commands}"] {
        let count = format!("SELECT count(*) FROM {table}");
        assert_eq!(database.number(&count).await, 0, "{table}");
    }
}

async fn only_sqlite_takes_drafts_where_nothing_was_said(database: &Database) {
    let store = database.open(Store::options()).await;
    let answer = store.append(one(draft())).await;
    if database.is_postgres() {
        refused(answer);
        is_empty(database).await;
    } else {
        answer.expect("stored");
    }
}

async fn what_was_said_holds_on_both(database: &Database) {
    refused(strict(database).await.append(one(draft())).await);
    is_empty(database).await;
    let store = database.open(Store::options().drafts(true)).await;
    store.append(one(draft())).await.expect("stored");
    assert_eq!(database.events().await, 1);
}

async fn released_versions_are_stored_everywhere(database: &Database) {
    for options in [Store::options(), Store::options().drafts(false)] {
        let store = database.open(options).await;
        store.append(one(released())).await.expect("stored");
    }
    assert_eq!(database.events().await, 2);
}

async fn a_draft_is_refused_wherever_it_comes_from(database: &Database) {
    let store = strict(database).await;
    refused(store.append(one(draft())).await);
    let mut tx = store.begin().await.expect("a transaction");
    refused(store.append_in(&mut tx, one(draft())).await);
    tx.commit().await.expect("committed");
    is_empty(database).await;
    let many = vec![one(draft()), one(released()), one(draft())];
    let mut answers = store.append_many(many).await.into_iter();
    refused(answers.next().expect("an answer"));
    answers.next().expect("an answer").expect("stored");
    refused(answers.next().expect("an answer"));
    assert_eq!(database.events().await, 1);
}

async fn a_refused_draft_takes_its_whole_group_along(database: &Database) {
    let store = strict(database).await;
    let other = StreamId::new("meter", "2");
    let group = Append::to(&other, Expected::NoStream, [released()]).and(
        &meter(),
        Expected::NoStream,
        [released(), draft()],
    );
    refused(store.append(group).await);
    is_empty(database).await;
}

async fn a_command_of_drafts_leaves_nothing(database: &Database) {
    let store = strict(database).await;
    let root = store.aggregate::<Account>("1");
    let error = root
        .execute(Deposit(5))
        .key("a")
        .await
        .expect_err("a draft");
    let CommandError::Store(error) = error else {
        panic!("{error:?}")
    };
    assert!(error.is_draft(), "{error:?}");
    let message = error.to_string();
    for part in ["`money.deposited`", "`account-1`", "version 1"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    is_empty(database).await;
    // Nor is the key used up.
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    let receipt = root.execute(Deposit(5)).key("a").await.expect("stored");
    assert!(!receipt.is_repeated());
}

async fn drafts_are_read_everywhere(database: &Database) {
    let append = Append::to(&account("1"), Expected::NoStream, [deposited(5)]);
    database.store().await.append(append).await.expect("stored");
    let root = strict(database).await.aggregate::<Account>("1");
    assert_eq!(root.load().await.expect("loads").balance, 5);
}
