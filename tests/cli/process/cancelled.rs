//! `process cancel`

use std::io::BufRead;
use std::time::Duration;

use annals::process::operate::{self, GivenUp};
use annals_tests::{Database, contract};
use serde_json::{Value, json};

use super::models::{
    DOOR, PATIENCE, app, asked, begun, charges, command, first, is_parked, mend_till, mended,
    noted, placed, store, stuck, work,
};
use crate::run::run;

contract![
    nothing_happens_any_more_to_an_instance_that_was_ended,
    a_command_on_the_way_still_arrives,
    a_command_that_is_being_decided_on_still_arrives,
    what_is_parked_is_given_up,
    an_instance_ends_once,
    what_waits_of_a_finished_instance_can_be_given_up,
    other_tenants_are_left_alone,
    it_has_to_be_confirmed,
    a_reason_is_needed,
];

const LIST: [&str; 2] = ["process", "list"];

fn cancel(id: &str) -> [&str; 7] {
    [
        "process",
        "cancel",
        "fulfilment",
        id,
        "--reason",
        "a duplicate",
        "--yes",
    ]
}

fn show(id: &str) -> [&str; 4] {
    ["process", "show", "fulfilment", id]
}

async fn nothing_happens_any_more_to_an_instance_that_was_ended(database: &Database) {
    stuck(database).await;
    let ran = command::<first::Fulfilment>(database, &cancel("17")).await;
    ran.is(
        0,
        "fulfilment  17: ended; commands given up: 0, events: 0\n",
        "",
    );
    store(database, "", "17", noted("17", "late")).await;
    store(database, "", "19", noted("19", "later")).await;
    // The second event is behind the first one, so that both were seen.
    work::<first::Fulfilment>(database, &["parked", "list"], |shown| {
        let parked = shown["parked"].as_array().expect("a list");
        parked.iter().filter(|of| of["key"] == "19").count() == 3
    })
    .await;
    let ran = command::<first::Fulfilment>(database, &show("17")).await;
    assert!(
        ran.out.contains("\n  status: cancelled\n  steps: 1\n"),
        "{ran:?}"
    );
    assert!(
        ran.out
            .ends_with("\n5  TIME  ended by an operator: a duplicate\n"),
        "{ran:?}"
    );
    let timers = asked::<first::Fulfilment>(database, &["timers", "list"]).await;
    let timers = timers["timers"].as_array().expect("a list");
    assert!(timers.iter().all(|of| of["id"] != "17"), "{timers:?}");
    let listed =
        command::<first::Fulfilment>(database, &["process", "list", "--status", "cancelled"]).await;
    listed.is(
        0,
        "fulfilment  17  cancelled  steps 1  started TIME  updated TIME\n",
        "",
    );
}

async fn a_command_on_the_way_still_arrives(database: &Database) {
    stuck(database).await;
    mend_till(database, "broken").await;
    // It is on the way again, and nobody carries it yet.
    let retry = ["process", "retry", "fulfilment", "18"];
    assert_eq!(command::<first::Fulfilment>(database, &retry).await.code, 0);
    let ran = command::<first::Fulfilment>(database, &cancel("18")).await;
    ran.is(
        0,
        "fulfilment  18: ended; commands given up: 0, events: 0\n",
        "",
    );
    work::<first::Fulfilment>(database, &show("18"), |shown| {
        shown["entries"][1]["fate"] == "accepted"
    })
    .await;
    assert_eq!(charges(database, "broken").await, 2);
    let shown = asked::<first::Fulfilment>(database, &show("18")).await;
    let told = shown["entries"].as_array().expect("a list").iter();
    let told: Vec<_> = told.map(|entry| &entry["what"]).collect();
    assert_eq!(told, ["step", "sent", "timer set", "cancelled", "accepted"]);
    assert_eq!(shown["instance"]["status"], "cancelled");
}

async fn a_command_that_is_being_decided_on_still_arrives(database: &Database) {
    begun(database).await;
    let cents = if database.is_postgres() { 701 } else { 702 };
    DOOR.hold(cents);
    let app = app::<first::Fulfilment>(database);
    let running = app.start().await.expect("it starts");
    store(database, "", "17", placed("17", "main", cents)).await;
    let comes = tokio::time::timeout(PATIENCE, async {
        while !DOOR.has_come(cents) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    comes.await.expect("it is delivered");
    let given_up = operate::cancel(&app, "fulfilment", "", "17", "a duplicate");
    let given_up = tokio::time::timeout(PATIENCE, given_up).await;
    DOOR.let_pass(cents);
    let given_up = given_up.expect("it waits for nobody");
    assert_eq!(given_up.expect("ended"), GivenUp::default());
    work::<first::Fulfilment>(database, &show("17"), |shown| {
        shown["entries"][1]["fate"] == "accepted"
    })
    .await;
    running.stop().await;
    assert_eq!(charges(database, "main").await, 1);
    let shown = asked::<first::Fulfilment>(database, &show("17")).await;
    assert_eq!(shown["instance"]["status"], "cancelled");
    assert_eq!(shown["pending"], json!([]));
}

async fn what_is_parked_is_given_up(database: &Database) {
    stuck(database).await;
    let arguments = [&cancel("18")[..], &["--format", "json"]].concat();
    let ran = run(&app::<first::Fulfilment>(database), &arguments).await;
    assert_eq!(
        (ran.code, ran.json()),
        (
            0,
            json!({
                "command": "process cancel", "process": "fulfilment", "tenant": "", "id": "18", "commands": 1, "events": 0,
            })
        )
    );
    let shown = asked::<first::Fulfilment>(database, &show("18")).await;
    assert_eq!(shown["entries"][1]["fate"], "given up");
    assert_eq!(shown["pending"], json!([]));
    let ran = command::<first::Fulfilment>(database, &cancel("19")).await;
    ran.is(
        0,
        "fulfilment  19: ended; commands given up: 0, events: 2\n",
        "",
    );
    let ran = command::<first::Fulfilment>(database, &cancel("20")).await;
    ran.is(
        0,
        "fulfilment  20: ended; commands given up: 0, events: 0\n",
        "",
    );
    let parked = ["process", "list", "--parked"];
    let ran = command::<first::Fulfilment>(database, &parked).await;
    ran.is(0, "fulfilment  21  not begun  parked 1\n", "");
    // Nor does a mended release come back to it.
    mend_till(database, "broken").await;
    store(database, "", "17", noted("17", "meanwhile")).await;
    work::<mended::Fulfilment>(database, &show("17"), |shown| {
        shown["instance"]["steps"] == 2
    })
    .await;
    assert_eq!(charges(database, "broken").await, 1);
    for (id, steps) in [("18", 1), ("19", 1), ("20", 2)] {
        let shown = asked::<mended::Fulfilment>(database, &show(id)).await;
        assert_eq!(shown["instance"]["steps"], steps, "{id}");
    }
}

async fn an_instance_ends_once(database: &Database) {
    stuck(database).await;
    assert_eq!(
        command::<first::Fulfilment>(database, &cancel("17"))
            .await
            .code,
        0
    );
    let ran = command::<first::Fulfilment>(database, &cancel("17")).await;
    ran.is(
        2,
        "",
        "error: instance `17` of process `fulfilment` does not run any more\n\
         help: see `process show fulfilment 17`\n",
    );
}

async fn what_waits_of_a_finished_instance_can_be_given_up(database: &Database) {
    stuck(database).await;
    store(database, "", "18", super::models::closed("18")).await;
    work::<first::Fulfilment>(database, &show("18"), |shown| {
        shown["instance"]["status"] == "finished"
    })
    .await;
    let ran = command::<first::Fulfilment>(database, &cancel("18")).await;
    ran.is(
        0,
        "fulfilment  18: ended; commands given up: 1, events: 0\n",
        "",
    );
    let shown = asked::<first::Fulfilment>(database, &show("18")).await;
    assert_eq!(shown["instance"]["status"], "finished");
    assert_eq!(shown["instance"]["parked"], 0);
    assert_eq!(shown["entries"][1]["fate"], "given up");
    let ran = command::<first::Fulfilment>(database, &cancel("18")).await;
    assert_eq!(ran.code, 2, "{ran:?}");
}

async fn other_tenants_are_left_alone(database: &Database) {
    begun(database).await;
    for tenant in ["", "acme"] {
        store(database, tenant, "1", placed("1", "main", 5)).await;
        store(database, tenant, "1", noted("1", "bad")).await;
    }
    work::<first::Fulfilment>(database, &LIST, is_parked(2)).await;
    let cancel = [&cancel("1")[..], &["--tenant", "acme"]].concat();
    let ran = command::<first::Fulfilment>(database, &cancel).await;
    ran.is(
        0,
        "fulfilment  1  tenant acme: ended; commands given up: 0, events: 1\n",
        "",
    );
    let ran = command::<first::Fulfilment>(database, &cancel).await;
    assert!(
        ran.messages
            .ends_with("help: see `process show fulfilment 1 --tenant acme`\n"),
        "{ran:?}"
    );
    let list =
        asked::<first::Fulfilment>(database, &["process", "list", "--status", "running"]).await;
    assert!(is_parked(1)(&list), "{list:#}");
    assert_eq!(list["instances"][0]["tenant"], "");
}

/// The exit code and what was said, where somebody types this.
async fn answered(database: &Database, typed: &str) -> (u8, String) {
    let arguments = [
        "bank",
        "process",
        "cancel",
        "fulfilment",
        "17",
        "--reason",
        "why not",
    ];
    let (mut out, mut messages) = (Vec::new(), Vec::new());
    let mut typed = typed.as_bytes();
    let answers: Option<&mut (dyn BufRead + Send)> = Some(&mut typed);
    let app = app::<first::Fulfilment>(database);
    let arguments = arguments.map(Into::into);
    let code = annals::cli::run_answered(&app, arguments, answers, &mut out, &mut messages).await;
    (code, String::from_utf8(messages).expect("text"))
}

async fn it_has_to_be_confirmed(database: &Database) {
    stuck(database).await;
    let status = async || -> Value {
        let shown = asked::<first::Fulfilment>(database, &show("17")).await;
        shown["instance"]["status"].clone()
    };
    let ran = command::<first::Fulfilment>(database, &cancel("17")[..6]).await;
    ran.is(
        2,
        "",
        "error: this has to be confirmed, and the standard input is no terminal\nhelp: add `--yes` where it is meant\n",
    );
    let asks = "End instance `17` of process `fulfilment` for good? [y/N] ";
    assert_eq!(
        answered(database, "n\n").await,
        (2, format!("{asks}nothing was done\n"))
    );
    assert_eq!(status().await, "running");
    assert_eq!(answered(database, "y\n").await, (0, asks.to_owned()));
    assert_eq!(status().await, "cancelled");
}

async fn a_reason_is_needed(database: &Database) {
    begun(database).await;
    for arguments in [
        &["process", "cancel", "fulfilment", "17", "--yes"][..],
        &[
            "process",
            "cancel",
            "fulfilment",
            "17",
            "--yes",
            "--reason",
            "",
        ],
    ] {
        let ran = command::<first::Fulfilment>(database, arguments).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
        assert!(ran.messages.contains("--reason <TEXT>"), "{ran:?}");
    }
}
