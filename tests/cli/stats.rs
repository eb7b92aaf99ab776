//! `stats`

use annals_tests::{Database, contract};

use crate::stored::{look, stored};

contract![
    an_empty_store_has_stats,
    a_small_store_is_counted,
    stats_are_printed_as_json,
    a_large_store_is_estimated,
];

/// The lines before the sizes, which are of the database.
fn counts(out: &str) -> &str {
    out.split_once("sizes:\n").expect("sizes").0
}

async fn an_empty_store_has_stats(database: &Database) {
    database.store().await;
    let ran = look(database, &["stats"]).await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""));
    assert_eq!(
        counts(&ran.out),
        "events: 0\nstreams: 0\nevents of the last hour: 0\nevents of the last day: 0\n"
    );
}

async fn a_small_store_is_counted(database: &Database) {
    stored(database).await;
    // One that was recorded long ago.
    database
        .edit("UPDATE {events} SET recorded_at = '2020-02-29T12:00:00.000000Z' WHERE position = 1")
        .await;
    let ran = look(database, &["stats"]).await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""));
    assert_eq!(
        counts(&ran.out),
        "events: 3\n  \
         account.opened v1: 1\n  \
         money.deposited v1: 2\n\
         streams: 2\n  \
         account: 2\n\
         first event: position 1, TIME\n\
         last event: position 3, TIME\n\
         events of the last hour: 2\n\
         events of the last day: 2\n"
    );
    let sizes = ran.out.split_once("sizes:\n").expect("sizes").1;
    let name = match database.is_postgres() {
        true => "  events: ".to_owned(),
        false => format!("  {}: ", database.file().display()),
    };
    assert!(sizes.contains(&name) && sizes.contains(" KiB\n"), "{sizes}");
}

async fn stats_are_printed_as_json(database: &Database) {
    stored(database).await;
    let ran = look(database, &["stats", "--format", "json"]).await;
    let mut stats = ran.json();
    assert_eq!(stats["first"]["position"], 1);
    assert!(stats["last"]["recorded_at"].is_string());
    assert!(stats["sizes"][0]["bytes"].as_u64().expect("a number") > 0);
    for member in ["first", "last", "sizes"] {
        stats[member].take();
    }
    assert_eq!(
        (ran.code, stats),
        (
            0,
            serde_json::json!({
                "command": "stats",
                "exact": true,
                "events": 3,
                "by_type": [
                    {"event_type": "account.opened", "schema_version": 1, "events": 1},
                    {"event_type": "money.deposited", "schema_version": 1, "events": 2},
                ],
                "streams": [{"aggregate": "account", "streams": 2}],
                "first": null,
                "last": null,
                "last_hour": {"events": 3, "exact": true},
                "last_day": {"events": 3, "exact": true},
                "sizes": null,
            })
        )
    );
}

/// 250 000 events in streams of 50, one a second up to now.
async fn fill(database: &Database) {
    database.store().await;
    let (numbers, time, id) = match database.is_postgres() {
        true => (
            "WITH n AS (SELECT generate_series(1, 250000) AS n)",
            "now() - make_interval(secs => 250000 - n)",
            "gen_random_uuid()",
        ),
        false => (
            "WITH RECURSIVE n (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < 250000)",
            "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', (n - 250000) || ' seconds')",
            "'01a2080c-a024-75eb-948b-a09df7d064e1'",
        ),
    };
    let (event_type, aggregate) = (
        "CASE WHEN n % 50 = 1 THEN 'account.opened' ELSE 'money.deposited' END",
        "CASE WHEN (n - 1) / 50 % 5 = 0 THEN 'ledger' ELSE 'account' END",
    );
    for (table, columns, values) in [
        (
            "{events}",
            "position, tenant, stream, version, event_id, event_type, schema_version, payload, recorded_at, occurred_at",
            format!(
                "n, '', {aggregate} || '-' || ((n - 1) / 50), (n - 1) % 50 + 1, {id}, {event_type}, 1, '{{}}', {time}, {time}"
            ),
        ),
        (
            "{streams}",
            "tenant, stream, aggregate, version, recorded_at",
            format!(
                "DISTINCT '', {aggregate} || '-' || ((n - 1) / 50), {aggregate}, 50, {}",
                match database.is_postgres() {
                    true => "now()",
                    false => "'2024-01-01T00:00:00.000000Z'",
                }
            ),
        ),
    ] {
        let filled = format!("INSERT INTO {table} ({columns}) {numbers} SELECT {values} FROM n");
        database.sql(&filled).await;
    }
}

#[track_caller]
fn near(found: &serde_json::Value, expected: u64) {
    let found = found.as_u64().expect("a number");
    assert!(
        found.abs_diff(expected) <= expected / 20,
        "{found}, and not about {expected}"
    );
}

async fn a_large_store_is_estimated(database: &Database) {
    fill(database).await;
    let ran = look(database, &["stats"]).await;
    assert!(ran.out.starts_with("events: about 2"), "{}", ran.out);
    assert_eq!(
        ran.messages,
        "numbers with `about` are estimates: `--exact` counts\n"
    );
    let stats = look(database, &["stats", "--format", "json"]).await.json();
    assert_eq!(stats["exact"], false);
    near(&stats["events"], 250_000);
    near(&stats["by_type"][0]["events"], 5000);
    near(&stats["by_type"][1]["events"], 245_000);
    near(&stats["streams"][0]["streams"], 4000);
    near(&stats["streams"][1]["streams"], 1000);
    let exact = look(database, &["stats", "--exact", "--format", "json"]).await;
    let exact = exact.json();
    assert_eq!(
        (&exact["exact"], &exact["events"]),
        (&true.into(), &250_000.into())
    );
    assert_eq!(
        exact["streams"][1],
        serde_json::json!({"aggregate": "ledger", "streams": 1000})
    );
    for stats in [stats, exact] {
        near(&stats["last_hour"]["events"], 3600);
        near(&stats["last_day"]["events"], 86_400);
        assert_eq!(stats["last_day"]["exact"], true);
        assert_eq!(stats["last"]["position"], 250_000);
    }
}
