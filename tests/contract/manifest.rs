//! A program that would misread what is stored, or be misread, is refused when it starts.

use annals::manifest::{Older, accept, register};
use annals::prelude::*;
use annals::{Error, ErrorKind};
use annals_tests::domain::Ticked;
use annals_tests::{Database, contract};

use crate::releases::{
    defaulted, draft, first, litres, narrower, optional, renamed, required, second,
    second_optional, wider, wider_more, wider_optional,
};

contract![
    the_first_form_is_kept,
    every_version_is_kept,
    an_amendment_is_kept_and_older_releases_go_on,
    what_cannot_be_read_is_refused,
    what_can_no_longer_be_read_is_refused_though_older_releases_are_gone,
    what_older_releases_cannot_read_waits_until_they_are_gone,
    releases_that_are_gone_are_no_longer_looked_at,
    a_release_that_never_ran_here_is_no_older_one,
    another_meaning_is_refused,
    what_was_stored_under_an_alias_is_to_be_read,
    drafts_are_passed_over,
    what_is_written_by_hand_counts_as_released,
    one_refusal_keeps_everything_out,
    two_types_for_one_version_are_refused,
    programs_that_start_together_keep_one_form,
    programs_that_contradict_each_other_do_not_both_start,
    a_store_for_reading_is_only_compared,
    where_nothing_is_new_nobody_is_waited_for,
    all_tenants_share_the_forms,
    a_damaged_row_is_named,
];

const COUNT: &str = "SELECT count(*) FROM {schemas}";

async fn start<E: Event>(store: &Store) -> Result<(), Error> {
    register(store, [E::LINEAGE], Older::MayRun).await
}

async fn started<E: Event>(store: &Store) {
    start::<E>(store).await.expect("it goes with the database");
}

#[track_caller]
fn refused(answer: Result<(), Error>) -> Error {
    let error = answer.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Schema, "{error:?}");
    assert!(!error.is_retryable());
    error
}

/// What is kept of the last form.
async fn last_shape(database: &Database) -> String {
    database
        .text("SELECT CAST(shape AS text) FROM {schemas} ORDER BY schema_version DESC, amendment DESC LIMIT 1")
        .await
}

async fn the_first_form_is_kept(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store).await;
    let row = "SELECT event_type || '/' || CAST(schema_version AS text) || '/' || CAST(amendment AS text) || '/' || meaning
                      || '/' || CAST(shape AS text) FROM {schemas} WHERE first_seen_at IS NOT NULL";
    let kept = r#"meter.read/1/0//{".":"struct","value":"u32"}"#;
    assert_eq!(database.text(row).await, kept);
    started::<first::Read>(&store).await;
    assert_eq!(database.text(row).await, kept);
    assert_eq!(database.number(COUNT).await, 1);
}

async fn every_version_is_kept(database: &Database) {
    let store = database.store().await;
    started::<second::Read>(&store).await;
    assert_eq!(database.number(COUNT).await, 2);
    assert_eq!(
        last_shape(database).await,
        r#"{".":"struct","litres":"u32"}"#
    );
    // Of the version that it does not know, it will say so when it meets it.
    started::<first::Read>(&store).await;
    assert_eq!(database.number(COUNT).await, 2);
}

async fn an_amendment_is_kept_and_older_releases_go_on(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store).await;
    started::<optional::Read>(&store).await;
    started::<second_optional::Read>(&store).await;
    let newest = r#"{".":"struct","by":"optional text","unit":"optional text","value":"u32"}"#;
    assert_eq!(last_shape(database).await, newest);
    started::<first::Read>(&store).await;
    started::<optional::Read>(&store).await;
    assert_eq!(last_shape(database).await, newest);
    assert_eq!(database.number(COUNT).await, 3);
}

async fn what_cannot_be_read_is_refused(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store).await;
    let error = refused(start::<narrower::Read>(&store).await);
    assert_eq!(
        error.to_string(),
        "this program does not go with what the database holds
  event `meter.read` version 1 was stored in a form that this program would misread:
    `value`: u32 → u16: holds fewer numbers: a number may have been stored that it cannot hold \
         (NUMBER_NO_NARROW)"
    );
    assert_eq!(
        error.hint(),
        Some(
            "take the old type back; or leave the version as it was released, and declare the next one with an `upcast` \
             from it; where this program is the older release, run the newer one"
        )
    );
    let error = refused(start::<required::Read>(&store).await);
    assert!(
        error.to_string().contains("`unit`: nothing → text"),
        "{error}"
    );
    // All that this one stores, it would read; what the first stored, it would not.
    started::<defaulted::Read>(&store).await;
    let error = refused(start::<required::Read>(&store).await);
    for rule in ["FIELD_ADDED_REQUIRED", "FIELD_NOW_REQUIRED"] {
        assert!(error.to_string().contains(rule), "{error}");
    }
    assert_eq!(database.number(COUNT).await, 2);
}

async fn what_can_no_longer_be_read_is_refused_though_older_releases_are_gone(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store).await;
    let error = accept(&store, [narrower::Read::LINEAGE]).await;
    refused(error.map(|_| ()));
    refused(register(&store, [narrower::Read::LINEAGE], Older::AreGone).await);
    assert_eq!(database.number(COUNT).await, 1);
}

async fn what_older_releases_cannot_read_waits_until_they_are_gone(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store).await;
    let error = refused(start::<wider::Read>(&store).await);
    let line = "`value`: u32 → u64: holds more numbers: older code refuses those that it cannot hold (NUMBER_WIDENED)";
    assert_eq!(
        error.to_string(),
        format!(
            "this program does not go with what the database holds
  event `meter.read` version 1 would be stored in a form that older releases, which may still run, would misread:
    {line}"
        )
    );
    assert_eq!(
        error.hint(),
        Some(
            "take older releases out of service, and run `schema accept` of your program (`cargo run -- schema accept`)"
        )
    );
    assert_eq!(database.number(COUNT).await, 1);

    let accepted = accept(&store, [wider::Read::LINEAGE]).await;
    assert_eq!(
        accepted.expect("they are gone"),
        [format!("event `meter.read` version 1: {line}")]
    );
    started::<wider::Read>(&store).await;
    // Nothing is left to be accepted.
    let accepted = accept(&store, [wider::Read::LINEAGE]).await;
    assert!(accepted.expect("known").is_empty());

    let error = refused(start::<first::Read>(&store).await);
    assert_eq!(
        error.to_string(),
        format!(
            "this program does not go with what the database holds
  event `meter.read` version 1 is stored by newer releases in a form that this program would misread:
    {line}"
        )
    );
    assert_eq!(error.hint(), Some("run the newer release"));
    // Nor can it be brought back by saying so.
    let error = register(&store, [first::Read::LINEAGE], Older::AreGone).await;
    refused(error);
    assert_eq!(
        last_shape(database).await,
        r#"{".":"struct","value":"u64"}"#
    );
    assert_eq!(database.number(COUNT).await, 2);
}

async fn releases_that_are_gone_are_no_longer_looked_at(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store).await;
    started::<optional::Read>(&store).await;
    let error = refused(start::<wider_optional::Read>(&store).await);
    // Two forms may run that would misread it, and the difference is one.
    let text = error.to_string();
    assert_eq!(text.matches("NUMBER_WIDENED").count(), 1, "{text}");
    register(&store, [wider_optional::Read::LINEAGE], Older::AreGone)
        .await
        .expect("accepted");
    let gone = "SELECT amendment FROM {schemas} WHERE CAST(older_gone AS integer) = 1";
    let gone = format!("SELECT CAST(amendment AS bigint) FROM ({gone}) AS gone");
    assert_eq!(database.number(&gone).await, 2);
    refused(start::<first::Read>(&store).await);
    refused(start::<optional::Read>(&store).await);
    // No release that may run misreads a further amendment.
    started::<wider_more::Read>(&store).await;
    // What the others stored must be read for ever.
    let error = refused(start::<wider::Read>(&store).await);
    assert!(error.to_string().contains("FIELD_NO_DELETE"), "{error}");
}

/// Shapes alone do not tell a release from before an amendment from one that takes the amendment back.
async fn a_release_that_never_ran_here_is_no_older_one(database: &Database) {
    let store = database.store().await;
    started::<optional::Read>(&store).await;
    let error = refused(start::<first::Read>(&store).await);
    assert!(
        error
            .to_string()
            .contains("`unit`: optional text → nothing"),
        "{error}"
    );
    assert!(error.hint().expect("a hint").contains("run the newer one"));
}

async fn another_meaning_is_refused(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store).await;
    let error = refused(start::<litres::Read>(&store).await);
    let line = "`meaning`: \"\" → \"the value is in litres\": means something else: ";
    assert!(error.to_string().contains(line), "{error}");
    assert!(error.to_string().contains("(MEANING_NO_CHANGE)"), "{error}");
    let hint = error.hint().expect("a hint");
    assert!(
        hint.starts_with("take the old `meaning` back; or "),
        "{hint}"
    );
}

async fn what_was_stored_under_an_alias_is_to_be_read(database: &Database) {
    let store = database.store().await;
    started::<renamed::Read>(&store).await;
    started::<narrower::Read>(&store).await;
    started::<renamed::Read>(&store).await;
    assert_eq!(database.number(COUNT).await, 2);
    accept(&store, [first::Read::LINEAGE])
        .await
        .expect("accepted");
    let error = refused(start::<renamed::Read>(&store).await);
    let line = "event `meter.read` version 1 was stored in a form that this program would misread:\n    `value`: u32 → u16";
    assert!(error.to_string().contains(line), "{error}");
}

async fn drafts_are_passed_over(database: &Database) {
    let store = database.store().await;
    started::<draft::Read>(&store).await;
    assert_eq!(database.number(COUNT).await, 0);
    started::<first::Read>(&store).await;
    started::<draft::Read>(&store).await;
    assert_eq!(database.number(COUNT).await, 1);
}

async fn what_is_written_by_hand_counts_as_released(database: &Database) {
    let store = database.store().await;
    started::<Ticked>(&store).await;
    assert_eq!(last_shape(database).await, r#"{".":"u8"}"#);
}

async fn one_refusal_keeps_everything_out(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store).await;
    let both = [
        Ticked::LINEAGE,
        renamed::Read::LINEAGE,
        narrower::Read::LINEAGE,
    ];
    let error = refused(register(&store, both, Older::MayRun).await);
    // Both that are wrong are said at once: one reads the other's stored events by its alias.
    assert_eq!(
        error.to_string().matches("event `meter.read`").count(),
        2,
        "{error}"
    );
    assert_eq!(database.number(COUNT).await, 1);
}

async fn two_types_for_one_version_are_refused(database: &Database) {
    let store = database.store().await;
    let same = [first::Read::LINEAGE, second::Read::LINEAGE];
    register(&store, same, Older::MayRun)
        .await
        .expect("the same form");
    let differ = [first::Read::LINEAGE, wider::Read::LINEAGE];
    let error = refused(register(&store, differ, Older::MayRun).await);
    assert_eq!(
        error.to_string(),
        "event `meter.read` version 1 has two types that are stored differently: `Read` and `Read`"
    );
    assert!(error.hint().is_some());
}

async fn programs_that_start_together_keep_one_form(database: &Database) {
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let store = database.store().await;
        tasks.push(tokio::spawn(
            async move { start::<first::Read>(&store).await },
        ));
    }
    for task in tasks {
        task.await.expect("no panic").expect("started");
    }
    assert_eq!(database.number(COUNT).await, 1);
}

async fn programs_that_contradict_each_other_do_not_both_start(database: &Database) {
    let mut tasks = Vec::new();
    for n in 0..8 {
        let store = database.store().await;
        tasks.push(tokio::spawn(async move {
            if n % 2 == 0 {
                start::<wider::Read>(&store).await
            } else {
                start::<narrower::Read>(&store).await
            }
        }));
    }
    let mut started = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(()) => started += 1,
            answer => drop(refused(answer)),
        }
    }
    assert_eq!(started, 4);
    assert_eq!(database.number(COUNT).await, 1);
}

async fn a_store_for_reading_is_only_compared(database: &Database) {
    started::<first::Read>(&database.store().await).await;
    let store = database.open(Store::options().read_only()).await;
    started::<first::Read>(&store).await;
    started::<optional::Read>(&store).await;
    started::<Ticked>(&store).await;
    // It reads all that is stored, and stores nothing.
    started::<wider::Read>(&store).await;
    refused(start::<narrower::Read>(&store).await);
    let error = accept(&store, [wider::Read::LINEAGE]).await;
    assert_eq!(error.expect_err("read-only").kind(), ErrorKind::ReadOnly);
    assert_eq!(database.number(COUNT).await, 1);
}

async fn where_nothing_is_new_nobody_is_waited_for(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store).await;
    let mut tx = store.begin().await.expect("a transaction");
    if let Some(connection) = tx.as_postgres() {
        let lock =
            "SELECT pg_advisory_xact_lock(hashtextextended('annals schemas of \"annals\"', 0))";
        let locked = sqlx::raw_sql(lock).execute(connection).await;
        locked.expect("locked");
    }
    let options = annals_tests::options().lock_timeout(std::time::Duration::from_millis(200));
    let other = database.open(options).await;
    started::<first::Read>(&other).await;
    let error = start::<optional::Read>(&other).await.expect_err("held");
    assert_eq!(error.kind(), ErrorKind::Busy, "{error:?}");
    tx.rollback().await.expect("rolled back");
    started::<optional::Read>(&other).await;
}

async fn all_tenants_share_the_forms(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store.tenant("acme")).await;
    refused(start::<narrower::Read>(&store.tenant("other")).await);
    started::<first::Read>(&store).await;
    assert_eq!(database.number(COUNT).await, 1);
}

async fn a_damaged_row_is_named(database: &Database) {
    let store = database.store().await;
    started::<first::Read>(&store).await;
    for shape in [r#"{".":"heap"}"#, r#"{".":1}"#] {
        let update = format!("UPDATE {{schemas}} SET shape = '{shape}'");
        assert_eq!(database.sql(&update).await, 1);
        let error = start::<first::Read>(&store).await.expect_err("damaged");
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(
            error
                .to_string()
                .contains("event `meter.read` version 1, amendment 0"),
            "{error}"
        );
        assert!(error.hint().expect("a hint").contains("backup"));
    }
}
