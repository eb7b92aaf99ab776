//! What an import refuses, and in which words.

use annals::transfer::import;
use annals::{Error, ErrorKind, Store};
use annals_tests::{Database, contract};

use crate::{app, events, imported};

contract![
    what_is_no_export_is_refused,
    what_is_wrong_with_a_line_is_said,
    what_is_wrong_between_lines_is_said,
    what_the_program_cannot_read_is_refused,
    unread_events_go_along_where_that_is_asked_for,
    a_file_with_a_mistake_leaves_nothing,
    a_line_without_end_is_refused,
    drafts_are_refused_where_the_store_takes_none,
    what_the_store_cannot_keep_is_refused,
];

const HEADER: &str = r#"{"format":"annals.events","version":1}"#;

/// A line with a deposit in an account.
fn line(version: u64, id: u64) -> String {
    format!(
        r#"{{"stream":"account-1","aggregate":"account","version":{version},"event_id":"018f4e5c-0000-7000-8000-{id:012}","event_type":"money.deposited","schema_version":1,"recorded_at":"2002-01-01T00:00:00Z","occurred_at":"2002-01-01T00:00:00Z","payload":{{"cents":5}}}}"#
    )
}

fn file(lines: &[String]) -> String {
    let count = lines.len();
    format!(
        "{HEADER}\n{}\n{{\"end\":{{\"events\":{count}}}}}\n",
        lines.join("\n")
    )
}

async fn refused(store: &Store, text: &str) -> Error {
    let error = imported(store, text).await.expect_err(text);
    assert!(error.hint().is_some(), "{error:?}");
    error
}

async fn says(store: &Store, text: &str, kind: ErrorKind, message: &str) {
    let error = refused(store, text).await;
    assert_eq!(error.to_string(), message, "{text}");
    assert_eq!(error.kind(), kind, "{error:?}");
}

async fn what_is_no_export_is_refused(database: &Database) {
    let store = database.store().await;
    for (text, message) in [
        ("", "line 1: the export is not whole: it is empty"),
        ("\n", "line 1: EOF while parsing a value at column 0"),
        ("hello\n", "line 1: expected value at column 1"),
        (
            r#"{"format":"csv","version":1}"#,
            "line 1: the format is \"csv\", not \"annals.events\"",
        ),
        (
            r#"{"format":"annals.events","version":2}"#,
            "line 1: the form of the export has version 2, and this program reads version 1",
        ),
        (
            r#"{"format":"annals.events"}"#,
            "line 1: missing field `version` at column 26",
        ),
        (
            HEADER,
            "line 2: the export is not whole: its last line is missing",
        ),
    ] {
        says(&store, text, ErrorKind::Input, message).await;
    }
    let cut = file(&[line(1, 1)]).replace("{\"end\":{\"events\":1}}\n", "");
    let message = "line 3: the export is not whole: its last line is missing";
    says(&store, &cut, ErrorKind::Input, message).await;
}

async fn what_is_wrong_with_a_line_is_said(database: &Database) {
    let store = database.store().await;
    for (from, to, message) in [
        (
            "\"version\":1,",
            "\"version\":\"one\",",
            "line 2: at `version`: invalid type: string \"one\", expected u64 at column 59",
        ),
        (
            "\"payload\"",
            "\"load\"",
            "line 2: unknown field `load`, expected one of `stream`, `aggregate`, `version`, `event_id`, `event_type`, \
             `schema_version`, `recorded_at`, `occurred_at`, `correlation`, `metadata`, `payload`, `payload_text` at column 236",
        ),
        (
            ",\"payload\":{\"cents\":5}",
            "",
            "line 2: one of `payload` and `payload_text` is needed, and neither is there",
        ),
        (
            ",\"payload\":",
            ",\"payload_text\":\"{}\",\"payload\":",
            "line 2: one of `payload` and `payload_text` is needed, and both is there",
        ),
        (
            "{\"cents\":5}}",
            "{\"cents\":5}",
            "line 2: at `payload`: EOF while parsing an object at column 251",
        ),
        (
            "\"payload\":{\"cents\":5}",
            "\"payload_text\":\"{\"",
            "line 2: `payload_text` is no JSON: EOF while parsing an object at line 1 column 1",
        ),
        (
            "2002-01-01T00:00:00Z\",\"occ",
            "yesterday\",\"occ",
            "line 2: at `recorded_at`: input contains invalid characters at column 181",
        ),
        (
            "018f4e5c-0000",
            "018f4e5c",
            "line 2: at `event_id`: UUID parsing failed: invalid group count: expected 5, found 4 at column 100",
        ),
        (
            "\"aggregate\":\"account\"",
            "\"aggregate\":\"ledger\"",
            "line 2: stream `account-1` does not belong to aggregate `ledger`",
        ),
    ] {
        let text = file(&[line(1, 1).replacen(from, to, 1)]);
        says(&store, &text, ErrorKind::Input, message).await;
    }
    assert_eq!(events(&store).await, []);
}

async fn what_is_wrong_between_lines_is_said(database: &Database) {
    let store = database.store().await;
    let earlier = line(2, 2).replace("2002", "2001");
    for (lines, kind, message) in [
        (
            vec![line(1, 1), line(3, 3)],
            ErrorKind::Input,
            "line 3: event 3 of stream `account-1` comes after event 1, and event 2 is the next one",
        ),
        (
            vec![line(1, 1), line(2, 2), line(1, 1)],
            ErrorKind::Input,
            "line 4: event 1 of stream `account-1` comes after event 2, and event 3 is the next one",
        ),
        (
            vec![line(0, 1)],
            ErrorKind::Input,
            "line 2: event 0 of stream `account-1` has version 0, and the first one is 1",
        ),
        (
            vec![line(1, 1), earlier],
            ErrorKind::Input,
            "line 3: event 2 of stream `account-1` was recorded at 2001-01-01 00:00:00 UTC, before the event that precedes it, \
             at 2002-01-01 00:00:00 UTC",
        ),
        (
            vec![line(1, 1), line(2, 1)],
            ErrorKind::Unstorable,
            "line 3: event 2 of stream `account-1` has the id 018f4e5c-0000-7000-8000-000000000001 of another event",
        ),
        (
            vec![line(2, 2)],
            ErrorKind::Conflict,
            "line 2: event 2 of stream `account-1` cannot follow: the stream is at version 0",
        ),
    ] {
        says(&store, &file(&lines), kind, message).await;
    }
    let text = file(&[line(1, 1)]).replace("\"events\":1", "\"events\":2");
    let message = "line 3: the last line counts 2 events, and 1 are there";
    says(&store, &text, ErrorKind::Input, message).await;
    let text = file(&[line(1, 1)]).repeat(2);
    let message = "line 4: something follows the last line of the export";
    says(&store, &text, ErrorKind::Input, message).await;
}

async fn what_the_program_cannot_read_is_refused(database: &Database) {
    let store = database.store().await;
    for (from, to, kind, message) in [
        (
            "money.deposited",
            "money.found",
            ErrorKind::UnknownEvent,
            "line 2: event 1 of stream `account-1` is `money.found` in version 1, an event that the reader does not know; it \
             knows `account.opened`, `money.deposited`, `money.withdrawn`",
        ),
        (
            "\"schema_version\":1",
            "\"schema_version\":2",
            ErrorKind::NewerEvent,
            "line 2: event 1 of stream `account-1` is `money.deposited` in version 2, but this program knows it up to version 1 \
             only",
        ),
        (
            "{\"cents\":5}",
            "{\"cents\":\"5\"}",
            ErrorKind::Misfit,
            "line 2: event 1 of stream `account-1` is `money.deposited` in version 1, but its payload does not fit at `cents`: \
             invalid type: string, expected i64 at line 1 column 12",
        ),
    ] {
        let text = file(&[line(1, 1).replacen(from, to, 1)]);
        says(&store, &text, kind, message).await;
        let hint = refused(&store, &text).await;
        assert!(
            hint.hint().is_some_and(|hint| hint.contains("--unchecked")),
            "{hint:?}"
        );
    }
    assert_eq!(events(&store).await, []);
}

async fn unread_events_go_along_where_that_is_asked_for(database: &Database) {
    let store = database.store().await;
    let text = file(&[
        line(1, 1).replace("money.deposited", "money.found"),
        line(2, 2).replace("\"schema_version\":1", "\"schema_version\":9"),
        line(3, 3).replace("{\"cents\":5}", "[]"),
    ]);
    let app = app(&store);
    let told = import(&app, &store).unchecked().read(text.as_bytes()).await;
    assert_eq!(told.expect("imported").stored, 3);
    assert_eq!(events(&store).await.len(), 3);
}

async fn a_file_with_a_mistake_leaves_nothing(database: &Database) {
    let store = database.store().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.ndjson");
    let lines: Vec<_> = (1..20).map(|n| line(n, n)).collect();
    let good = file(&lines);
    let app = app(&store);
    let run = |text: String| {
        std::fs::write(&path, text).expect("written");
        import(&app, &store).batch(4).file(&path)
    };
    run(good.replace("\"version\":19,", "\"version\":21,"))
        .await
        .expect_err("a hole");
    assert_eq!(events(&store).await, []);
    // By a pipe, what comes before the mistake is stored.
    let text = good.replace("\"version\":19,", "\"version\":21,");
    imported(&store, &text).await.expect_err("a hole");
    assert_eq!(events(&store).await.len(), 16);
    assert_eq!(run(good).await.expect("imported").stored, 3);
    let missing = import(&app, &store).file(folder.path().join("y")).await;
    let missing = missing.expect_err("no file");
    assert!(
        missing.to_string().contains("y` cannot be read: "),
        "{missing}"
    );
}

async fn a_line_without_end_is_refused(database: &Database) {
    let store = database
        .open(annals_tests::options().payload_limit(100))
        .await;
    let text = format!("{HEADER}\n{}", "x".repeat(2 << 20));
    let message = "line 2: the line is longer than 1049376 bytes";
    says(&store, &text, ErrorKind::Input, message).await;
}

async fn drafts_are_refused_where_the_store_takes_none(database: &Database) {
    let store = database.open(annals_tests::options().drafts(false)).await;
    let error = refused(&store, &file(&[line(1, 1)])).await;
    assert!(error.is_draft(), "{error:?}");
    assert!(error.to_string().starts_with("line 2: "), "{error}");
    assert_eq!(events(&store).await, []);
}

async fn what_the_store_cannot_keep_is_refused(database: &Database) {
    let store = database
        .open(annals_tests::options().payload_limit(100))
        .await;
    let large = format!("{{\"cents\":5,\"note\":\"{}\"}}", "x".repeat(100));
    let long = format!("account-{}", "x".repeat(500));
    for (from, to, kind, part) in [
        (
            "{\"cents\":5}",
            large.as_str(),
            ErrorKind::Unstorable,
            "bytes, and the store takes 100",
        ),
        (
            "account-1",
            &long,
            ErrorKind::Name,
            "it is longer than 500 bytes",
        ),
        (
            "\"payload\"",
            "\"metadata\":{\"$x\":1},\"payload\"",
            ErrorKind::Unstorable,
            "belongs to annals",
        ),
        (
            "\"payload\"",
            "\"correlation\":\"\\u0000\",\"payload\"",
            ErrorKind::Unstorable,
            "character NUL",
        ),
    ] {
        let text = file(&[line(1, 1).replacen(from, to, 1)]);
        let error = imported(&store, &text).await.expect_err(part);
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(error.to_string().starts_with("line 2: "), "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
}
