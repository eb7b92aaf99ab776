//! `trace`

use annals::{Append, Expected, Metadata};
use annals_tests::domain::{account, deposited};
use annals_tests::{Database, contract};

use crate::stored::{id, look, stored};

contract![
    a_trace_is_indented_under_its_causes,
    a_trace_is_printed_as_json,
    a_correlation_that_is_not_there_is_named,
    a_trace_of_any_length_is_printed,
];

async fn a_trace_is_indented_under_its_causes(database: &Database) {
    let store = stored(database).await;
    // From a command, and of another request.
    for correlation in ["request-1", "request-2"] {
        let metadata = Metadata::new()
            .with_correlation(correlation)
            .with_causation("slip 17");
        let event = deposited(1).metadata(metadata);
        let append = Append::to(&account("3"), Expected::Any, [event]);
        store.append(append).await.expect("stored");
    }
    let ran = look(database, &["trace", "request-1"]).await;
    let who = "  actor=alice  correlation=request-1";
    ran.is(
        0,
        &format!(
            "1  TIME  account-1@1  account.opened v1  {{\"owner\":\"alice\"}}{who}\n\
             2  TIME    account-1@2  money.deposited v1  {{\"cents\":500}}{who}  causation={}\n\
             3  TIME      account-2@1  money.deposited v1  {{\"cents\":300}}{who}  causation={}\n\
             4  TIME  account-3@1  money.deposited v1  {{\"cents\":1}}  correlation=request-1  causation=slip 17\n",
            id(1),
            id(2)
        ),
        "",
    );
}

async fn a_trace_is_printed_as_json(database: &Database) {
    stored(database).await;
    let ran = look(database, &["trace", "request-1", "--format", "json"]).await;
    let trace = ran.json();
    assert_eq!(
        (
            ran.code,
            &trace["command"],
            &trace["correlation"],
            &trace["tenant"]
        ),
        (0, &"trace".into(), &"request-1".into(), &"".into())
    );
    let events = trace["events"].as_array().expect("a list");
    let steps: Vec<_> = events
        .iter()
        .map(|step| (&step["depth"], &step["cause"], &step["event"]["position"]))
        .map(|(depth, cause, position)| (depth.as_u64(), cause.as_u64(), position.as_u64()))
        .collect();
    assert_eq!(
        steps,
        [
            (Some(0), None, Some(1)),
            (Some(1), Some(1), Some(2)),
            (Some(2), Some(2), Some(3)),
        ]
    );
    assert_eq!(
        events[2]["event"]["payload"],
        serde_json::json!({"cents": 300})
    );
}

async fn a_correlation_that_is_not_there_is_named(database: &Database) {
    stored(database).await;
    let help = "help: `stream events` and `event show` print the correlations of events\n";
    let ran = look(database, &["trace", "request-7"]).await;
    ran.is(
        2,
        "",
        &format!("error: no event has the correlation `request-7`\n{help}"),
    );
    let ran = look(database, &["trace", "request-1", "--tenant", "acme"]).await;
    ran.is(
        2,
        "",
        &format!("error: no event has the correlation `request-1` in tenant `acme`\n{help}"),
    );
}

async fn a_trace_of_any_length_is_printed(database: &Database) {
    let store = database.store().await;
    let metadata = Metadata::new().with_correlation("long");
    let events = (0..2500).map(|cents| deposited(cents).metadata(metadata.clone()));
    let append = Append::to(&account("1"), Expected::NoStream, events);
    store.append(append).await.expect("stored");
    let ran = look(database, &["trace", "long"]).await;
    let positions = ran.out.lines().map(|line| line.split("  ").next());
    let positions: Vec<u64> = positions
        .map(|position| position.and_then(|n| n.parse().ok()).expect("a position"))
        .collect();
    assert_eq!(positions, (1..=2500).collect::<Vec<_>>());
}
