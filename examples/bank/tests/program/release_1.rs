//! A store that the first release of the bank wrote: its rows are kept as a file, one JSON object for each, and are put
//! into the tables as they were.

use annals_tests::databases::{self, Database};
use serde::Deserialize;
use serde_json::Value;

use crate::bank::Bank;

#[derive(Deserialize)]
struct Row {
    stream: String,
    version: i64,
    event_id: String,
    event_type: String,
    schema_version: i64,
    payload: Value,
    metadata: Value,
    recorded_at: String,
    occurred_at: String,
}

async fn restore(database: &Database) {
    // Opening a SQLite file makes its tables.
    database.store().await.close().await;
    let quoted = |text: &str| text.replace('\'', "''");
    for line in include_str!("../fixtures/release-1.ndjson").lines() {
        let row: Row = serde_json::from_str(line).expect("a stored row");
        let Row {
            stream,
            version,
            event_id,
            event_type,
            schema_version,
            recorded_at,
            occurred_at,
            ..
        } = &row;
        let (payload, metadata) = (
            quoted(&row.payload.to_string()),
            quoted(&row.metadata.to_string()),
        );
        let position = if database.is_postgres() {
            "nextval('annals.event_position')"
        } else {
            "null"
        };
        let stored = database
            .sql(&format!(
                "INSERT INTO {{events}} (position, stream, version, event_id, event_type, schema_version, payload,
                                         metadata, recorded_at, occurred_at)
                 VALUES ({position}, '{stream}', {version}, '{event_id}', '{event_type}', {schema_version}, '{payload}',
                         '{metadata}', '{recorded_at}', '{occurred_at}')"
            ))
            .await;
        assert_eq!(stored, 1);
    }
    database
        .sql(
            "INSERT INTO {streams} (tenant, stream, aggregate, version, recorded_at)
             SELECT tenant, stream, 'account', max(version), max(recorded_at) FROM {events} GROUP BY tenant, stream",
        )
        .await;
}

/// What the current release says of the same accounts when it imported them itself.
fn expected(command: &str) -> String {
    let bank = Bank::with_sample();
    bank.out("import account.asc trans.asc");
    bank.out(command)
}

async fn is_read(database: Database) {
    restore(&database).await;
    let bank = Bank::with_sample();
    let at = |command: &str| format!("--store {} {command}", database.url());
    for command in ["statement 1", "statement 2 --at 1993-02-28", "statement 3"] {
        assert_eq!(bank.out(&at(command)), expected(command), "{command}");
    }
    let too_early = bank.run(&at("verify"));
    assert_eq!(too_early.code, Some(2));
    let missing = "error: the database has no version 1 of projection `balances`\nhelp: ";
    assert!(too_early.err.starts_with(missing), "{too_early:?}");

    let import = bank.out(&at("import account.asc trans.asc"));
    assert_eq!(import.trim(), "nothing new: all 37 transactions are stored");
    assert_eq!(bank.out(&at("verify")), expected("verify"));
    let old =
        "SELECT count(*) FROM {events} WHERE event_type = 'account.opened' AND schema_version = 1";
    assert_eq!(
        database.number(old).await,
        3,
        "stored events stay as they are"
    );
}

#[tokio::test]
async fn a_store_of_the_first_release_is_read_on_sqlite() {
    is_read(databases::sqlite().await).await;
}

#[tokio::test]
async fn a_store_of_the_first_release_is_read_on_postgres() {
    is_read(databases::postgres().await).await;
}
