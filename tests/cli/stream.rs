//! `stream show` and `stream events`

use annals::{Append, Expected, StreamId};
use annals_tests::domain::{Deposit, Ledger, account, deposited};
use annals_tests::{Database, contract};

use crate::run::run;
use crate::stored::{app, id, look, stored};

contract![
    a_stream_is_shown,
    a_stream_is_shown_as_json,
    snapshots_are_told_apart,
    damage_and_an_archive_are_shown,
    a_stream_that_is_not_there_is_named,
    events_are_printed_in_lines,
    events_are_printed_from_and_to_and_backwards,
    events_are_printed_as_lines_of_json,
    a_payload_is_printed_as_it_is_stored,
    a_tenant_is_named,
    an_aggregate_with_the_sign_in_its_name_is_found,
    nothing_is_made_or_registered,
];

async fn a_stream_is_shown(database: &Database) {
    stored(database).await;
    let ran = look(database, &["stream", "show", "account-1"]).await;
    ran.is(
        0,
        "account-1\n  \
         aggregate: account\n  \
         version: 2\n  \
         first event: TIME\n  \
         last event: TIME\n  \
         events:\n    \
         account.opened v1: 1\n    \
         money.deposited v1: 1\n",
        "",
    );
}

async fn a_stream_is_shown_as_json(database: &Database) {
    let store = stored(database).await;
    let json = ["stream", "show", "account-1", "--format", "json"];
    let ran = run(&app(database), &json).await;
    let events = store.stream(&account("1")).all().await.expect("read");
    let at = |n: usize| events[n].recorded().recorded_at();
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.json(),
        serde_json::json!({
            "command": "stream show",
            "tenant": "",
            "stream": "account-1",
            "aggregate": "account",
            "version": 2,
            "events": 2,
            "first": at(0),
            "last": at(1),
            "archived": false,
            "counts": [
                {"event_type": "account.opened", "schema_version": 1, "events": 1},
                {"event_type": "money.deposited", "schema_version": 1, "events": 1},
            ],
            "snapshots": [],
        })
    );
}

async fn snapshots_are_told_apart(database: &Database) {
    let store = database.store().await;
    for cents in 1..=3 {
        let done = store.aggregate::<Ledger>("1").execute(Deposit(cents)).await;
        done.expect("stored");
    }
    store.close().await;
    database
        .sql(
            "INSERT INTO {snapshots} (tenant, stream, version, event_id, fingerprint, state, taken_at)
             SELECT tenant, stream, 2, event_id, 'other', state, taken_at FROM {snapshots}",
        )
        .await;
    let ran = look(database, &["stream", "show", "ledger-1"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines: Vec<_> = ran
        .out
        .lines()
        .filter(|line| line.contains("snapshot"))
        .collect();
    assert_eq!(
        lines,
        [
            "  snapshot of version 2: 31 bytes, taken TIME, useless: its last event does not stand there any more",
            "  snapshot of version 3: 31 bytes, taken TIME, used by aggregate `ledger`",
        ]
    );
    database
        .sql("UPDATE {snapshots} SET version = 3 WHERE fingerprint = 'other'")
        .await;
    let shown = look(
        database,
        &["stream", "show", "ledger-1", "--format", "json"],
    )
    .await;
    let snapshots = &shown.json()["snapshots"];
    let of = |n: usize| (&snapshots[n]["aggregate"], &snapshots[n]["stands"]);
    let (own, other) = match snapshots[0]["fingerprint"] == "other" {
        true => (of(1), of(0)),
        false => (of(0), of(1)),
    };
    assert_eq!(own, (&"ledger".into(), &true.into()));
    assert_eq!(other, (&serde_json::Value::Null, &true.into()));
}

async fn damage_and_an_archive_are_shown(database: &Database) {
    stored(database).await;
    database
        .edit("DELETE FROM {events} WHERE stream = 'account-1' AND version = 2")
        .await;
    database
        .sql("UPDATE {streams} SET archived = (1 = 1) WHERE stream = 'account-1'")
        .await;
    let ran = look(database, &["stream", "show", "account-1"]).await;
    assert!(
        ran.out
            .contains("  version: 2, archived\n  damaged: it holds 1 events\n"),
        "{}",
        ran.out
    );
}

async fn a_stream_that_is_not_there_is_named(database: &Database) {
    stored(database).await;
    for command in [["stream", "show"], ["stream", "events"]] {
        let ran = look(database, &[&command[..], &["account-3"]].concat()).await;
        ran.is(
            2,
            "",
            "error: no stream is called `account-3`\n\
             help: look for it with the id and the tenant that it was stored with; `stats` tells the aggregates\n",
        );
        let ran = look(database, &[&command[..], &["account"]].concat()).await;
        ran.is(
            2,
            "",
            "error: \"account\" is no name of a stream\n\
             help: write the name of an aggregate and the id of an instance, like `account-123`\n",
        );
    }
    let ran = look(database, &["stream", "events", "account-3", "--follow"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}

async fn events_are_printed_in_lines(database: &Database) {
    stored(database).await;
    let ran = look(database, &["stream", "events", "account-1"]).await;
    ran.is(
        0,
        &format!(
            "1  1  TIME  account.opened v1  {{\"owner\":\"alice\"}}  actor=alice  correlation=request-1\n\
             2  2  TIME  money.deposited v1  {{\"cents\":500}}  actor=alice  correlation=request-1  causation={}\n",
            id(1)
        ),
        "",
    );
}

/// The versions that a command prints.
async fn versions(database: &Database, arguments: &[&str]) -> Vec<u64> {
    let ran = look(
        database,
        &[&["stream", "events", "account-1"], arguments].concat(),
    )
    .await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""));
    let first = |line: &str| line.split("  ").next().and_then(|n| n.parse().ok());
    ran.out
        .lines()
        .map(|line| first(line).expect("a version"))
        .collect()
}

async fn events_are_printed_from_and_to_and_backwards(database: &Database) {
    let store = database.store().await;
    let append = Append::to(&account("1"), Expected::NoStream, (1..=600).map(deposited));
    store.append(append).await.expect("stored");
    let all: Vec<_> = (1..=600).collect();
    assert_eq!(versions(database, &[]).await, all);
    assert_eq!(versions(database, &["--from", "599"]).await, [599, 600]);
    assert_eq!(
        versions(database, &["--from", "3", "--to", "4"]).await,
        [3, 4]
    );
    assert_eq!(versions(database, &["--limit", "2"]).await, [1, 2]);
    assert_eq!(
        versions(database, &["--reverse", "--to", "4", "--limit", "3"]).await,
        [4, 3, 2]
    );
    assert_eq!(versions(database, &["--from", "601"]).await, [0; 0]);
}

async fn events_are_printed_as_lines_of_json(database: &Database) {
    let store = stored(database).await;
    let ran = run(
        &app(database),
        &["stream", "events", "account-1", "--format", "json"],
    )
    .await;
    let lines: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("a document"))
        .collect();
    let event = &store.stream(&account("1")).all().await.expect("read")[1];
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[1],
        serde_json::json!({
            "tenant": "",
            "stream": "account-1",
            "aggregate": "account",
            "version": 2,
            "position": 2,
            "event_id": id(2),
            "event_type": "money.deposited",
            "schema_version": 1,
            "recorded_at": event.recorded().recorded_at(),
            "occurred_at": event.recorded().occurred_at(),
            "actor": "alice",
            "correlation": "request-1",
            "causation": id(1),
            "metadata": {"branch": 7},
            "payload": {"cents": 500},
        })
    );
}

/// A number beyond those of a computer keeps its digits, names their order, and nothing breaks the line.
async fn a_payload_is_printed_as_it_is_stored(database: &Database) {
    stored(database).await;
    database
        .edit(
            "UPDATE {events} SET payload = '{ \"z\": 170141183460469231731687303715884105727,\n \"a\": \"x  y\u{9b}\" }'
             WHERE stream = 'account-2'",
        )
        .await;
    let ran = look(database, &["stream", "events", "account-2"]).await;
    assert!(
        ran.out
            .contains("  {\"z\":170141183460469231731687303715884105727,\"a\":\"x  y\\u{9b}\"}  "),
        "{}",
        ran.out
    );
    let ran = look(
        database,
        &["stream", "events", "account-2", "--format", "json"],
    )
    .await;
    assert!(
        ran.out.ends_with(
            "\"payload\":{\"z\":170141183460469231731687303715884105727,\"a\":\"x  y\u{9b}\"}}\n"
        ),
        "{}",
        ran.out
    );
}

async fn a_tenant_is_named(database: &Database) {
    let store = stored(database).await.tenant("acme");
    let append = Append::to(&account("9"), Expected::NoStream, [deposited(1)]);
    store.append(append).await.expect("stored");
    let acme = ["--tenant", "acme"];
    let ran = look(
        database,
        &[&["stream", "show", "account-9"], &acme[..]].concat(),
    )
    .await;
    assert!(
        ran.out.starts_with("account-9\n  tenant: acme\n"),
        "{ran:?}"
    );
    let ran = look(
        database,
        &[&["stream", "events", "account-9"], &acme[..]].concat(),
    )
    .await;
    assert_eq!(ran.out, "1  4  TIME  money.deposited v1  {\"cents\":1}\n");
    assert_eq!(
        look(database, &["stream", "show", "account-9"]).await.code,
        2
    );
    let ran = look(
        database,
        &[&["stream", "show", "account-1"], &acme[..]].concat(),
    )
    .await;
    assert!(
        ran.messages
            .starts_with("error: no stream is called `account-1` in tenant `acme`\n"),
        "{ran:?}"
    );
}

/// Where the name of its aggregate ends, the name of a stream does not tell.
async fn an_aggregate_with_the_sign_in_its_name_is_found(database: &Database) {
    let store = database.store().await;
    let stream = StreamId::new("savings-account", "1");
    let append = Append::to(&stream, Expected::NoStream, [deposited(1)]);
    store.append(append).await.expect("stored");
    let ran = look(database, &["stream", "show", "savings-account-1"]).await;
    assert!(
        ran.out.contains("  aggregate: savings-account\n"),
        "{ran:?}"
    );
    let ran = look(database, &["stream", "events", "savings-account-1"]).await;
    assert_eq!((ran.code, ran.out.lines().count()), (0, 1));
}

/// Whoever looks changes nothing: no file, no table, no shape of an event.
async fn nothing_is_made_or_registered(database: &Database) {
    if !database.is_postgres() {
        let ran = look(database, &["stream", "show", "account-1"]).await;
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(!database.file().exists());
    }
    stored(database).await;
    look(database, &["stream", "events", "account-1"]).await;
    assert_eq!(database.number("SELECT count(*) FROM {schemas}").await, 0);
    assert_eq!(database.events().await, 3);
}
