//! `doctor`, on both databases.

use annals::App;
use annals_tests::domain::Ticked;
use annals_tests::{Database, contract, databases};
use serde_json::Value;

use crate::run::{Ran, run};
use crate::stored::{app, look, stored};

contract![
    every_check_says_what_it_found,
    findings_are_printed_with_their_cures,
    an_open_store_is_looked_at,
    a_database_that_is_not_there_is_a_finding,
    the_tables_of_a_newer_release_are_a_finding,
    a_hole_is_found,
    a_stream_without_a_row_is_found,
    events_that_are_not_kept_are_found,
    a_missing_index_is_found,
    tables_of_an_older_release_lack_no_index_of_newer_ones,
    events_that_this_program_does_not_know_are_found,
    a_program_that_is_refused_is_told_why,
];

/// Runs it, and answers the findings of one check that are not `ok`.
pub(crate) async fn wrong(app: &App, check: &str) -> Vec<Value> {
    let ran = run(app, &["doctor", "--format", "json"]).await;
    let found = findings(&ran).into_iter();
    found
        .filter(|finding| finding["check"] == check && finding["level"] != "ok")
        .collect()
}

/// All findings, after a look at what holds for any.
pub(crate) fn findings(ran: &Ran) -> Vec<Value> {
    let shown = ran.json();
    let findings = shown["findings"].as_array().expect("a list").clone();
    let is_wrong = findings.iter().any(|finding| finding["level"] == "error");
    assert_eq!(shown["command"], "doctor");
    assert_eq!(shown["level"] == "error", is_wrong);
    assert_eq!(ran.code, u8::from(is_wrong));
    for finding in &findings {
        assert!(
            finding["what"]
                .as_str()
                .is_some_and(|what| !what.is_empty())
        );
        assert_eq!(
            finding["level"] == "ok",
            finding["cure"].is_null(),
            "{finding}"
        );
    }
    findings
}

#[track_caller]
fn one(findings: &[Value], level: &str, what: &str, cure: &str) {
    let [finding] = findings else {
        panic!("{findings:#?}")
    };
    assert_eq!(finding["level"], level, "{finding}");
    assert!(
        finding["what"].as_str().expect("text").contains(what),
        "{finding}"
    );
    assert!(
        finding["cure"].as_str().expect("text").contains(cure),
        "{finding}"
    );
}

async fn every_check_says_what_it_found(database: &Database) {
    stored(database).await;
    let ran = run(&app(database), &["doctor", "--format", "json"]).await;
    let findings = findings(&ran);
    let mut checks: Vec<_> = findings
        .iter()
        .map(|finding| finding["check"].as_str().expect("text"))
        .collect();
    checks.dedup();
    let expected: &[&str] = match database.is_postgres() {
        true => &[
            "server",
            "migrations",
            "settings",
            "frontier",
            "transactions",
            "sequence",
            "streams",
            "append-only",
            "indexes",
            "tables",
            "release",
            "events",
            "processes",
        ],
        false => &[
            "server",
            "migrations",
            "settings",
            "integrity",
            "sequence",
            "streams",
            "append-only",
            "indexes",
            "tables",
            "release",
            "events",
            "processes",
        ],
    };
    assert_eq!(checks, expected);
    // The events of the tests are drafts; a server for tests does not wait for its disk.
    let wrong = findings.iter().filter(|finding| finding["level"] != "ok");
    let wrong: Vec<_> = wrong.map(|finding| &finding["check"]).collect();
    match database.is_postgres() {
        true => assert_eq!(wrong, ["settings", "settings", "events", "events"]),
        false => assert_eq!(wrong, ["events", "events"]),
    }
}

async fn findings_are_printed_with_their_cures(database: &Database) {
    stored(database).await;
    let ran = look(database, &["doctor"]).await;
    let draft = "warning  events: event `money.deposited` version 1 is stored, and a draft: it may change, and not be readable any \
                 more\n         help: run `schema lock` of your program (`cargo run -- schema lock`) before the data is worth \
                 keeping\n";
    assert!(ran.out.contains(draft), "{}", ran.out);
    assert!(
        ran.out
            .contains("ok       streams: no hole in 2 streams that were looked at\n"),
        "{}",
        ran.out
    );
    let (code, counts) = match database.is_postgres() {
        true => (1, "errors: 1, warnings: 3\n"),
        false => (0, "errors: 0, warnings: 2\n"),
    };
    assert_eq!((ran.code, ran.messages.as_str()), (code, counts));
}

async fn an_open_store_is_looked_at(database: &Database) {
    let store = stored(database).await;
    let ran = run(&App::new(store.clone()), &["doctor", "--format", "json"]).await;
    assert!(findings(&ran).len() > 8, "{ran:?}");
    // The store goes on.
    store.frontier().await.expect("open");
    let memory = App::new("sqlite::memory:").open().await.expect("open");
    let ran = run(&App::new(memory), &["doctor", "--format", "json"]).await;
    findings(&ran);
    assert_eq!(ran.code, 0, "{ran:?}");
}

async fn a_database_that_is_not_there_is_a_finding(database: &Database) {
    // A SQLite file is made by the store alone, and a database by an administrator.
    let url = match database.is_postgres() {
        true => format!("{}_not_there", database.url()),
        false => database.url().to_owned(),
    };
    let ran = run(&App::new(url), &["doctor", "--format", "json"]).await;
    let findings = findings(&ran);
    assert_eq!(ran.code, 1);
    one(&findings, "error", "could not", "");
    assert_eq!(findings[0]["check"], "connection");
    assert!(database.is_postgres() || !database.file().exists());
}

#[tokio::test]
async fn a_database_without_tables_is_a_finding() {
    let postgres = databases::empty_postgres().await;
    let sqlite = databases::sqlite().await;
    std::fs::write(sqlite.file(), "").expect("written");
    for (database, cure) in [
        (postgres, "Store::migrate"),
        (sqlite, "open the file for writing"),
    ] {
        let ran = run(&app(&database), &["doctor", "--format", "json"]).await;
        let mut findings = findings(&ran);
        assert_eq!(ran.code, 1);
        assert!(findings.iter().all(|finding| finding["check"] != "streams"));
        findings.retain(|finding| finding["check"] == "migrations");
        one(&findings, "error", "no tables of annals", cure);
    }
}

async fn the_tables_of_a_newer_release_are_a_finding(database: &Database) {
    stored(database).await;
    database
        .sql("INSERT INTO {migrations} (number, name) VALUES (99, 'later')")
        .await;
    let ran = run(&app(database), &["doctor", "--format", "json"]).await;
    let all = findings(&ran);
    let of = |check: &str| {
        let found = all.iter().filter(|finding| finding["check"] == check);
        found.cloned().collect::<Vec<_>>()
    };
    one(
        &of("migrations"),
        "error",
        "to migration 99",
        "run the newer release",
    );
    // What can be looked at is looked at.
    assert_eq!(of("streams")[0]["level"], "ok");
    assert!(of("release").is_empty());
}

#[tokio::test]
async fn a_sequence_that_lags_in_a_file_is_found_and_healed() {
    let database = databases::sqlite().await;
    stored(&database).await;
    database
        .sql("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'annals_events'")
        .await;
    let found = wrong(&app(&database), "sequence").await;
    one(&found, "warning", "stands at 1", "sqlite_sequence");
    database.sql(found[0]["cure"].as_str().expect("SQL")).await;
    assert!(wrong(&app(&database), "sequence").await.is_empty());
}

async fn a_hole_is_found(database: &Database) {
    stored(database).await;
    database
        .edit("DELETE FROM {events} WHERE stream = 'account-1' AND version = 1")
        .await;
    let found = wrong(&app(database), "streams").await;
    let what = "stream `account-1` is damaged: its row says that it has version 2, and it holds 1 events, the last of version 2";
    one(&found, "error", what, "restore the stream from a backup");
    assert_eq!(found[0]["details"]["stream"], "account-1");
    database
        .edit("DELETE FROM {events} WHERE stream = 'account-1'")
        .await;
    let what = "its row says that it has version 2, and it holds no event";
    one(&wrong(&app(database), "streams").await, "error", what, "");
}

async fn a_stream_without_a_row_is_found(database: &Database) {
    stored(database).await;
    database
        .sql("DELETE FROM {streams} WHERE stream = 'account-2'")
        .await;
    let found = wrong(&app(database), "streams").await;
    let what = "stream `account-2` is damaged: it has no row, and its last event has version 1";
    one(&found, "error", what, "restore");
}

async fn events_that_are_not_kept_are_found(database: &Database) {
    stored(database).await;
    let undone: &[(&str, &str)] = match database.is_postgres() {
        true => &[
            (
                "ALTER TABLE {events} DISABLE TRIGGER append_only",
                "`append_only` is disabled",
            ),
            (
                "ALTER TABLE {events} ENABLE REPLICA TRIGGER append_only",
                "`append_only` is disabled",
            ),
            (
                "DROP TRIGGER append_only ON {events}",
                "`append_only` is missing",
            ),
        ],
        false => &[
            (
                "DROP TRIGGER annals_events_no_update",
                "`annals_events_no_update` is missing",
            ),
            (
                "DROP TRIGGER annals_events_no_delete",
                "`annals_events_no_delete` is missing",
            ),
        ],
    };
    for (undo, what) in undone {
        database.sql(undo).await;
        let found = wrong(&app(database), "append-only").await;
        one(&found, "error", what, "trigger");
        // The cure heals.
        database.sql(found[0]["cure"].as_str().expect("SQL")).await;
        assert!(wrong(&app(database), "append-only").await.is_empty());
    }
}

async fn a_missing_index_is_found(database: &Database) {
    stored(database).await;
    for index in [
        "events_correlation",
        "instances_updated",
        "timers_due",
        "deliveries_due",
        "deliveries_order",
    ] {
        let (drop, name) = match database.is_postgres() {
            true => (format!("DROP INDEX annals.{index}"), index.to_owned()),
            false => (
                format!("DROP INDEX annals_{index}"),
                format!("annals_{index}"),
            ),
        };
        database.sql(&drop).await;
        let found = wrong(&app(database), "indexes").await;
        let what = format!("index `{name}` is missing");
        one(&found, "error", &what, "create index");
        // The cure heals.
        database.sql(found[0]["cure"].as_str().expect("SQL")).await;
        assert!(wrong(&app(database), "indexes").await.is_empty());
    }
}

async fn tables_of_an_older_release_lack_no_index_of_newer_ones(database: &Database) {
    stored(database).await;
    for table in ["{instances}", "{timers}", "{deliveries}"] {
        database.sql(&format!("DROP TABLE {table}")).await;
    }
    let found = wrong(&app(database), "indexes").await;
    let expected = if database.is_postgres() { 7 } else { 4 };
    assert_eq!(found.len(), expected, "{found:#?}");
    database
        .sql("DELETE FROM {migrations} WHERE number > 3")
        .await;
    assert!(wrong(&app(database), "indexes").await.is_empty());
}

async fn events_that_this_program_does_not_know_are_found(database: &Database) {
    stored(database).await;
    database
        .sql(
            "INSERT INTO {schemas} (event_type, schema_version, amendment, shape, first_seen_at)
             SELECT event_type, schema_version, 0, '{}', recorded_at FROM {events} WHERE version = 1",
        )
        .await;
    let empty = App::new(database.url());
    let found = wrong(&empty, "events").await;
    assert!(
        found.iter().all(|finding| finding["level"] == "warning"
            && finding["what"]
                .as_str()
                .expect("text")
                .ends_with("has none of that name")),
        "{found:#?}"
    );
    assert_eq!(found.len(), 2);
    database
        .edit("UPDATE {events} SET schema_version = 2 WHERE position = 1")
        .await;
    database
        .sql("UPDATE {schemas} SET schema_version = 2 WHERE event_type = 'account.opened'")
        .await;
    let found = wrong(&app(database), "events").await;
    let what =
        "event `account.opened` version 2 is stored, and this program knows it up to version 1";
    one(&found, "warning", what, "newer release");
}

async fn a_program_that_is_refused_is_told_why(database: &Database) {
    database.store().await;
    let app = App::new(database.url()).event::<Ticked>();
    let ran = run(&app, &["doctor", "--format", "json"]).await;
    let mut release = findings(&ran).into_iter();
    let release = release.rfind(|finding| finding["check"] == "release");
    assert_eq!(release.expect("a finding")["details"]["new"], 1);
    // Whoever looks adds nothing.
    assert_eq!(database.number("SELECT count(*) FROM {schemas}").await, 0);
    app.open().await.expect("opened");
    database
        .sql("UPDATE {schemas} SET shape = '{\".\":\"text\"}'")
        .await;
    let found = wrong(&app, "release").await;
    one(&found, "error", "clock.ticked", "");
}
