//! `process show`

use annals_tests::{Database, contract};
use serde_json::{Value, json};

use super::models::{asked, begun, closed, command, first, noted, placed, store, stuck, work};

contract![
    an_instance_is_told_event_by_event,
    a_refused_command_is_told,
    what_is_in_the_way_is_told,
    an_instance_is_told_as_json,
    the_state_after_one_step_is_printed,
    there_is_no_step_beyond_the_end,
    an_instance_that_has_not_begun_is_no_riddle,
];

const LIST: [&str; 2] = ["process", "list"];

/// Whether an instance took so many steps, and all its commands were answered.
fn has_come(steps: u64) -> impl Fn(&Value) -> bool {
    move |shown| {
        let of = &shown["instances"][0];
        of["steps"] == steps && of["pending"] == 0
    }
}

/// Runs the first release up to so many steps of the only instance.
async fn step(database: &Database, steps: u64) {
    work::<first::Fulfilment>(database, &LIST, has_come(steps)).await;
}

async fn an_instance_is_told_event_by_event(database: &Database) {
    begun(database).await;
    store(database, "acme", "17", placed("17", "main", 500)).await;
    step(database, 1).await;
    store(database, "acme", "17", noted("17", "calm")).await;
    step(database, 2).await;
    store(database, "acme", "17", closed("17")).await;
    step(database, 3).await;
    let show = ["process", "show", "fulfilment", "17", "--tenant", "acme"];
    let ran = command::<first::Fulfilment>(database, &show).await;
    ran.is(
        0,
        "fulfilment  17  tenant acme\n  \
           status: finished\n  \
           steps: 3\n  \
           started: TIME\n  \
           updated: TIME\n\
         1  TIME  step 1: order.placed of order-17\n   \
            state: fulfilment.state v1  {\"till\":\"main\",\"notes\":[],\"refused\":false}\n\
         2  TIME  sent to till-main, accepted: till.charge v1  {\"cents\":500}\n\
         3  TIME  timer set, due TIME: order.reminder v1  {\"text\":\"pay\"}\n\
         4  TIME  accepted: till.charge of event 2, by till-main at version 1\n\
         5  TIME  step 2: order.noted of order-17\n   \
            state: fulfilment.state v1  {\"till\":\"main\",\"notes\":[\"calm\"],\"refused\":false}\n   \
            changed: notes.0: nothing → \"calm\"\n   \
            cancelled: timer order.reminder\n\
         6  TIME  step 3, the last: order.closed of order-17\n   \
            state: fulfilment.state v1  {\"till\":\"main\",\"notes\":[\"calm\"],\"refused\":false}\n",
        "",
    );
}

async fn a_refused_command_is_told(database: &Database) {
    begun(database).await;
    store(database, "", "17", placed("17", "main", 5000)).await;
    step(database, 2).await;
    let ran =
        command::<first::Fulfilment>(database, &["process", "show", "fulfilment", "17"]).await;
    let told: Vec<_> = ran.out.lines().skip(7).collect();
    assert_eq!(
        told[..told.len() - 1],
        [
            "2  TIME  sent to till-main, refused: till.charge v1  {\"cents\":5000}",
            "3  TIME  timer set, due TIME: order.reminder v1  {\"text\":\"pay\"}",
            "4  TIME  refused: till.charge of event 2, by till-main: {\"TooMuch\":{\"limit\":1000}}",
            "5  TIME  step 2: till.charge refused of fulfilment-17",
            "   state: fulfilment.state v1  {\"till\":\"main\",\"notes\":[],\"refused\":true}",
            "   changed: refused: false → true",
            "timers:",
        ]
    );
    assert!(
        told[7].starts_with("  order.reminder  due TIME, in 59 min "),
        "{told:?}"
    );
}

async fn what_is_in_the_way_is_told(database: &Database) {
    stuck(database).await;
    let told = async |id: &str| {
        let show = ["process", "show", "fulfilment", id];
        let ran = command::<first::Fulfilment>(database, &show).await;
        assert_eq!((ran.code, ran.messages.as_str()), (0, ""), "{ran:?}");
        ran.out
    };
    let of_command = told("18").await;
    assert!(
        of_command
            .contains("2  TIME  sent to till-broken, parked: till.charge v1  {\"cents\":500}\n"),
        "{of_command}"
    );
    assert!(
        of_command.contains(
            "pending:\n  till.charge of event 2 to till-broken, attempts 1, parked TIME\n    event 1 of stream `till-broken`"
        ),
        "{of_command}"
    );
    let of_event = told("19").await;
    assert!(
        of_event.contains("\nparked:\n  fulfilment v1  position "),
        "{of_event}"
    );
    assert!(
        of_event.contains("  key 19  order.noted of order-19: a bad note\n"),
        "{of_event}"
    );
    assert!(
        of_event.ends_with("  key 19  order.noted of order-19: waits behind another of its key\n"),
        "{of_event}"
    );
    let of_timer = told("20").await;
    assert!(
        of_timer.ends_with(
            "timers:\n  order.reminder  was due TIME, and failed: nobody can be reminded\n"
        ),
        "{of_timer}"
    );
}

async fn an_instance_is_told_as_json(database: &Database) {
    begun(database).await;
    store(database, "", "17", placed("17", "main", 5000)).await;
    step(database, 2).await;
    store(database, "", "17", noted("17", "calm")).await;
    step(database, 3).await;
    let show = ["process", "show", "fulfilment", "17"];
    let mut shown = asked::<first::Fulfilment>(database, &show).await;
    assert_eq!(shown["command"], "process show");
    assert_eq!(shown["instance"]["id"], "17");
    assert!(shown["now"].is_string());
    for none in ["pending", "timers", "parked"] {
        assert_eq!(shown[none], json!([]), "{none}");
    }
    let entries = shown["entries"].as_array_mut().expect("a list");
    let mut events = Vec::new();
    for entry in entries.iter_mut() {
        events.push(entry["event"].take());
        if entry["what"] == "timer set" {
            assert!(entry["due_at"].take().is_string());
        }
    }
    assert_eq!(
        *entries,
        [
            json!({
                "what": "step", "step": 1, "input": "order.placed", "from": "order-17", "changes": [],
                "cancelled_timers": [], "last": false, "event": null,
            }),
            json!({"what": "sent", "to": "till-main", "fate": "refused", "event": null}),
            json!({"what": "timer set", "due_at": null, "event": null}),
            json!({
                "what": "refused", "command": "till.charge", "command_version": 2, "by": "till-main",
                "refusal": {"TooMuch": {"limit": 1000}}, "event": null,
            }),
            json!({
                "what": "step", "step": 2, "input": "till.charge refused", "from": "fulfilment-17",
                "changes": [{"path": "refused", "from": false, "to": true}], "cancelled_timers": [], "last": false,
                "event": null,
            }),
            json!({
                "what": "step", "step": 3, "input": "order.noted", "from": "order-17",
                "changes": [{"path": "notes.0", "from": null, "to": "calm"}], "cancelled_timers": ["order.reminder"],
                "last": false, "event": null,
            }),
        ]
    );
    assert_eq!(events[0]["event_type"], "fulfilment.state");
    assert_eq!(events[0]["stream"], "fulfilment-17");
    assert_eq!(
        events[5]["payload"],
        json!({"till": "main", "notes": ["calm"], "refused": true})
    );
    assert_eq!(events[1]["payload"], json!({"cents": 5000}));
}

async fn the_state_after_one_step_is_printed(database: &Database) {
    begun(database).await;
    store(database, "", "17", placed("17", "main", 500)).await;
    step(database, 1).await;
    store(database, "", "17", noted("17", "a\u{9b}b")).await;
    step(database, 2).await;
    let show = ["process", "show", "fulfilment", "17", "--step", "1"];
    let ran = command::<first::Fulfilment>(database, &show).await;
    ran.is(
        0,
        "{\n  \"till\": \"main\",\n  \"notes\": [],\n  \"refused\": false\n}\n",
        "",
    );
    let show = ["process", "show", "fulfilment", "17", "--step", "2"];
    let ran = command::<first::Fulfilment>(database, &show).await;
    assert!(ran.out.contains("    \"a\\u{9b}b\"\n"), "{ran:?}");
    let shown = asked::<first::Fulfilment>(database, &show).await;
    assert_eq!(
        shown,
        json!({
            "command": "process show", "process": "fulfilment", "tenant": "", "id": "17", "step": 2, "version": 5,
            "state": {"till": "main", "notes": ["a\u{9b}b"], "refused": false},
        })
    );
}

async fn there_is_no_step_beyond_the_end(database: &Database) {
    begun(database).await;
    store(database, "", "17", placed("17", "main", 500)).await;
    step(database, 1).await;
    for step in ["0", "2"] {
        let show = ["process", "show", "fulfilment", "17", "--step", step];
        let ran = command::<first::Fulfilment>(database, &show).await;
        ran.is(
            2,
            "",
            &format!(
                "error: instance `17` of process `fulfilment` has taken 1 step, and no step {step}\n\
                 help: steps are counted from 1; without `--step` all of them are told\n"
            ),
        );
    }
    let show = ["process", "show", "fulfilment", "17", "--step", "-1"];
    assert_eq!(command::<first::Fulfilment>(database, &show).await.code, 2);
}

async fn an_instance_that_has_not_begun_is_no_riddle(database: &Database) {
    stuck(database).await;
    for arguments in [
        &["process", "show", "fulfilment", "21"][..],
        &[
            "process",
            "cancel",
            "fulfilment",
            "21",
            "--reason",
            "lost",
            "--yes",
        ],
    ] {
        let ran = command::<first::Fulfilment>(database, arguments).await;
        ran.is(
            2,
            "",
            "error: instance `21` of process `fulfilment` has not begun: the one event that concerns it is parked\n\
             help: see `parked list fulfilment`; mend the method, then run `process retry fulfilment 21`, or give the events up \
             with `parked discard`\n",
        );
    }
}
