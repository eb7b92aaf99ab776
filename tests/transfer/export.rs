//! Which events are exported.

use annals::ErrorKind;
use annals::transfer::export;
use annals_tests::{Database, contract};

use crate::{append, events, filled};
use annals::{Append, Expected};
use annals_tests::domain::{account, deposited};

contract![
    streams_are_exported_by_name,
    an_aggregate_is_exported_by_name,
    a_tenant_is_exported_alone,
    a_line_is_what_it_says,
    what_does_not_exist_is_refused,
    a_damaged_stream_is_refused,
];

fn streams(text: &str) -> Vec<(String, u64)> {
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.first().expect("a line")["format"], "annals.events");
    assert_eq!(
        lines.last().expect("a line")["end"]["events"],
        lines.len() - 2
    );
    let events = &lines[1..lines.len() - 1];
    let place = |line: &serde_json::Value| {
        let stream = line["stream"].as_str().expect("a name").to_owned();
        (stream, line["version"].as_u64().expect("a number"))
    };
    events.iter().map(place).collect()
}

async fn streams_are_exported_by_name(database: &Database) {
    let store = database.store().await;
    filled(&store).await;
    let mut out = Vec::new();
    let asked = export(&store)
        .stream("ledger-a-b")
        .stream("account-2")
        .stream("account-2");
    let told = asked.write(&mut out).await.expect("exported");
    assert_eq!((told.events, told.streams), (15, 2));
    let expected: Vec<_> = events(&store)
        .await
        .iter()
        .map(|event| event.recorded())
        .filter(|recorded| recorded.stream().as_str() != "account-1")
        .map(|recorded| (recorded.stream().to_string(), recorded.version().get()))
        .collect();
    assert_eq!(streams(&String::from_utf8(out).expect("text")), expected);
}

async fn an_aggregate_is_exported_by_name(database: &Database) {
    let store = database.store().await;
    filled(&store).await;
    let mut out = Vec::new();
    let told = export(&store).aggregate("account").write(&mut out).await;
    assert_eq!(told.expect("exported").streams, 2);
    let text = String::from_utf8(out).expect("text");
    assert!(!text.contains("ledger"), "{text}");
}

async fn a_tenant_is_exported_alone(database: &Database) {
    let store = database.store().await;
    filled(&store).await;
    let other = store.tenant("other");
    append(
        &other,
        Append::to(&account("x"), Expected::Any, [deposited(1)]),
    )
    .await;
    let mut out = Vec::new();
    let told = export(&other).write(&mut out).await.expect("exported");
    assert_eq!((told.events, told.streams), (1, 1));
}

async fn a_line_is_what_it_says(database: &Database) {
    let store = database.store().await;
    let told = deposited(5)
        .id("018f4e5c-0000-7000-8000-000000000001"
            .parse()
            .expect("an id"))
        .occurred_at("2001-02-03T04:05:06.7Z".parse().expect("a time"));
    append(&store, Append::to(&account("a-b"), Expected::Any, [told])).await;
    database
        .edit(if database.is_postgres() {
            "UPDATE {events} SET recorded_at = '2002-01-01T00:00:00Z'"
        } else {
            "UPDATE {events} SET recorded_at = '2002-01-01T00:00:00.000000Z'"
        })
        .await;
    let mut out = Vec::new();
    export(&store)
        .stream("account-a-b")
        .write(&mut out)
        .await
        .expect("exported");
    assert_eq!(
        String::from_utf8(out).expect("text"),
        r#"{"format":"annals.events","version":1}
{"stream":"account-a-b","aggregate":"account","version":1,"event_id":"018f4e5c-0000-7000-8000-000000000001","event_type":"money.deposited","schema_version":1,"recorded_at":"2002-01-01T00:00:00.000000Z","occurred_at":"2001-02-03T04:05:06.700000Z","payload":{"cents":5}}
{"end":{"events":1}}
"#
    );
}

async fn what_does_not_exist_is_refused(database: &Database) {
    let store = database.store().await;
    filled(&store).await;
    let error = export(&store)
        .stream("account-77")
        .write(&mut Vec::new())
        .await;
    let error = error.expect_err("no such stream");
    assert_eq!(error.kind(), ErrorKind::Name);
    assert_eq!(error.to_string(), "there is no stream `account-77`");
    let both = export(&store).stream("account-1").aggregate("ledger");
    let error = both.write(&mut Vec::new()).await.expect_err("both");
    assert_eq!(
        error.to_string(),
        "an export is of streams or of aggregates, and both are named"
    );
}

async fn a_damaged_stream_is_refused(database: &Database) {
    let store = database.store().await;
    filled(&store).await;
    database
        .edit("DELETE FROM {events} WHERE stream = 'account-2' AND version = 3")
        .await;
    for export in [export(&store), export(&store).stream("account-2")] {
        let error = export.write(&mut Vec::new()).await.expect_err("a hole");
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
        assert!(error.to_string().contains("event 3 is missing"), "{error}");
    }
}
