//! `process retry`

use annals::process::operate;
use annals_tests::{Database, contract};
use serde_json::{Value, json};

use super::models::{
    app, asked, begun, charges, command, first, is_parked, mend_till, mended, noted, placed, store,
    stuck, work,
};
use crate::run::run;

contract![
    events_go_on_in_their_order_with_mended_methods,
    what_fails_again_stays_parked,
    an_instance_begins_with_mended_methods,
    a_command_arrives_once_after_its_aggregate_was_mended,
    a_timer_is_reacted_to_with_mended_methods,
    other_tenants_are_left_alone,
    a_program_without_the_process_can_retry_no_events,
    where_nothing_waits_nothing_is_done,
];

const LIST: [&str; 2] = ["process", "list"];

fn retry(id: &str) -> [&str; 4] {
    ["process", "retry", "fulfilment", id]
}

/// The notes in the last state of an instance.
async fn notes(database: &Database, id: &str) -> Value {
    let show = ["process", "show", "fulfilment", id];
    let shown = asked::<mended::Fulfilment>(database, &show).await;
    let entries = shown["entries"].as_array().expect("a list");
    let last = entries.iter().rfind(|entry| entry["what"] == "step");
    last.expect("a step")["event"]["payload"]["notes"].clone()
}

async fn events_go_on_in_their_order_with_mended_methods(database: &Database) {
    stuck(database).await;
    let ran = command::<mended::Fulfilment>(database, &retry("19")).await;
    ran.is(
        0,
        "fulfilment  19: 2 events handled, 0 parked still; commands and timers to be tried again: 0\n",
        "",
    );
    assert_eq!(notes(database, "19").await, json!(["bad", "behind"]));
    // What comes later goes on from there.
    store(database, "", "19", noted("19", "later")).await;
    work::<mended::Fulfilment>(
        database,
        &["process", "show", "fulfilment", "19"],
        |shown| shown["instance"]["steps"] == 4,
    )
    .await;
    assert_eq!(
        notes(database, "19").await,
        json!(["bad", "behind", "later"])
    );
    let list = asked::<mended::Fulfilment>(database, &LIST).await;
    assert!(is_parked(3)(&list), "{list:#}");
}

async fn what_fails_again_stays_parked(database: &Database) {
    stuck(database).await;
    let arguments = [&retry("19")[..], &["--format", "json"]].concat();
    let ran = run(&app::<first::Fulfilment>(database), &arguments).await;
    assert_eq!(
        (ran.code, ran.json()),
        (
            1,
            json!({
                "command": "process retry", "process": "fulfilment", "tenant": "", "id": "19", "handled": 0, "parked": 2,
                "scheduled": 0,
            })
        )
    );
    let parked = asked::<first::Fulfilment>(database, &["parked", "list", "fulfilment"]).await;
    let of = parked["parked"].as_array().expect("a list");
    let first = of.iter().find(|of| of["key"] == "19").expect("parked");
    assert_eq!(
        (&first["attempts"], &first["error"]),
        (&json!(2), &json!("a bad note"))
    );
    assert_eq!(notes(database, "19").await, json!([]));
}

async fn an_instance_begins_with_mended_methods(database: &Database) {
    stuck(database).await;
    let ran = command::<mended::Fulfilment>(database, &retry("21")).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let list = asked::<mended::Fulfilment>(database, &LIST).await;
    assert_eq!(list["not_begun"], json!([]));
    let show = ["process", "show", "fulfilment", "21"];
    work::<mended::Fulfilment>(database, &show, |shown| {
        shown["entries"][1]["fate"] == "accepted"
    })
    .await;
}

async fn a_command_arrives_once_after_its_aggregate_was_mended(database: &Database) {
    stuck(database).await;
    let retry = retry("18");
    // It fails once more.
    let ran = command::<first::Fulfilment>(database, &retry).await;
    ran.is(
        0,
        "fulfilment  18: 0 events handled, 0 parked still; commands and timers to be tried again: 1\n",
        "",
    );
    let show = ["process", "show", "fulfilment", "18"];
    let shown = asked::<first::Fulfilment>(database, &show).await;
    assert_eq!(shown["entries"][1]["fate"], "pending");
    work::<first::Fulfilment>(database, &show, |shown| {
        shown["entries"][1]["fate"] == "parked"
    })
    .await;
    mend_till(database, "broken").await;
    // Not before an operator says so.
    store(database, "", "17", noted("17", "meanwhile")).await;
    work::<first::Fulfilment>(
        database,
        &["process", "show", "fulfilment", "17"],
        |shown| shown["instance"]["steps"] == 2,
    )
    .await;
    assert_eq!(charges(database, "broken").await, 1);
    assert_eq!(command::<first::Fulfilment>(database, &retry).await.code, 0);
    work::<first::Fulfilment>(database, &show, |shown| {
        shown["entries"][1]["fate"] == "accepted"
    })
    .await;
    assert_eq!(charges(database, "broken").await, 2);
    let shown = asked::<first::Fulfilment>(database, &show).await;
    assert_eq!(shown["pending"], json!([]));
    let last = shown["entries"]
        .as_array()
        .and_then(|of| of.last())
        .expect("an entry");
    assert_eq!(
        (&last["what"], &last["aggregate_version"]),
        (&json!("accepted"), &json!(2))
    );
}

async fn a_timer_is_reacted_to_with_mended_methods(database: &Database) {
    stuck(database).await;
    let ran = command::<mended::Fulfilment>(database, &retry("20")).await;
    ran.is(
        0,
        "fulfilment  20: 0 events handled, 0 parked still; commands and timers to be tried again: 1\n",
        "",
    );
    let show = ["process", "show", "fulfilment", "20"];
    work::<mended::Fulfilment>(database, &show, |shown| shown["instance"]["steps"] == 3).await;
    assert_eq!(notes(database, "20").await, json!(["now", "now"]));
    let shown = asked::<mended::Fulfilment>(database, &show).await;
    assert_eq!(shown["timers"], json!([]));
    let last = shown["entries"]
        .as_array()
        .and_then(|of| of.last())
        .expect("an entry");
    assert_eq!(
        (&last["input"], &last["from"]),
        (&json!("order.reminder"), &json!(null))
    );
}

async fn other_tenants_are_left_alone(database: &Database) {
    begun(database).await;
    for tenant in ["", "acme"] {
        store(database, tenant, "1", placed("1", "main", 5)).await;
        store(database, tenant, "1", noted("1", "bad")).await;
    }
    work::<first::Fulfilment>(database, &LIST, is_parked(2)).await;
    let retry = [&retry("1")[..], &["--tenant", "acme"]].concat();
    let ran = command::<mended::Fulfilment>(database, &retry).await;
    ran.is(
        0,
        "fulfilment  1  tenant acme: 1 events handled, 0 parked still; commands and timers to be tried again: 0\n",
        "",
    );
    let parked = asked::<mended::Fulfilment>(database, &["parked", "list"]).await;
    let parked = parked["parked"].as_array().expect("a list");
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0]["tenant"], "");
}

async fn a_program_without_the_process_can_retry_no_events(database: &Database) {
    stuck(database).await;
    let other = annals::App::new(database.url()).options(annals_tests::options());
    let ran = run(&other, &retry("19")).await;
    ran.is(
        2,
        "",
        "error: the program does not declare process `fulfilment`, whose methods are to try parked events again\n\
         help: add it to the app, `.process::<..>()`, or run the program that declares it\n",
    );
    // Commands are a matter of the database.
    let retried = operate::retry(&other, "fulfilment", "", "18").await;
    assert_eq!(retried.expect("retried").scheduled, 1);
}

async fn where_nothing_waits_nothing_is_done(database: &Database) {
    stuck(database).await;
    let ran = command::<first::Fulfilment>(database, &retry("17")).await;
    ran.is(
        0,
        "fulfilment  17: 0 events handled, 0 parked still; commands and timers to be tried again: 0\n",
        "",
    );
}
