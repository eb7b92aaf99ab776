//! `process list`

use annals_tests::{Database, contract};
use serde_json::json;

use super::models::{
    asked, begun, closed, command, first, is_parked, noted, placed, store, stuck, work,
};
use crate::run::run;

contract![
    nothing_is_listed_before_anything_happened,
    instances_are_listed_with_what_is_in_the_way,
    they_are_listed_by_how_they_stand,
    the_list_says_where_it_was_cut,
    what_steers_a_terminal_is_escaped,
    a_wrong_name_is_answered_with_the_known_ones,
];

async fn nothing_is_listed_before_anything_happened(database: &Database) {
    begun(database).await;
    for arguments in [
        &["process", "list"][..],
        &["process", "list", "fulfilment"],
        &["process", "list", "--limit", "0"],
    ] {
        let ran = command::<first::Fulfilment>(database, arguments).await;
        ran.is(0, "", "there are none\n");
    }
    let shown = asked::<first::Fulfilment>(database, &["process", "list"]).await;
    assert_eq!(
        shown,
        json!({"command": "process list", "complete": true, "instances": [], "not_begun": []})
    );
}

/// The lines by their text: which of several instances took its step last is left open.
async fn listed(database: &Database, arguments: &[&str]) -> Vec<String> {
    let ran = command::<first::Fulfilment>(database, arguments).await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""), "{ran:?}");
    let mut lines: Vec<_> = ran.out.lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

async fn instances_are_listed_with_what_is_in_the_way(database: &Database) {
    stuck(database).await;
    let parked = [
        "fulfilment  18  running  steps 1  started TIME  updated TIME  parked 1  timer TIME",
        "fulfilment  19  running  steps 1  started TIME  updated TIME  parked 2  timer TIME",
        "fulfilment  20  running  steps 2  started TIME  updated TIME  parked 1",
        "fulfilment  21  not begun  parked 1",
    ];
    let none = "fulfilment  17  running  steps 1  started TIME  updated TIME  timer TIME";
    let all: Vec<_> = [none].into_iter().chain(parked).collect();
    assert_eq!(listed(database, &["process", "list"]).await, all);
    let of_one = ["process", "list", "fulfilment"];
    assert_eq!(listed(database, &of_one).await, all);
    let only = ["process", "list", "--parked"];
    assert_eq!(listed(database, &only).await, parked);
    let running = ["process", "list", "--parked", "--status", "running"];
    assert_eq!(listed(database, &running).await, parked[..3]);
    let shown = asked::<first::Fulfilment>(database, &only).await;
    let mut listed = shown["instances"].as_array().expect("a list").iter();
    let found = listed.find(|of| of["id"] == "18").expect("it is there");
    let mut found = found.clone();
    for time in ["started_at", "updated_at", "next_timer"] {
        assert!(found[time].take().is_string(), "{time}");
    }
    assert_eq!(
        found,
        json!({
            "process": "fulfilment", "tenant": "", "id": "18", "status": "running", "steps": 1, "started_at": null,
            "updated_at": null, "pending": 0, "parked": 1, "next_timer": null,
        })
    );
    assert_eq!(
        shown["not_begun"],
        json!([{"process": "fulfilment", "tenant": "", "id": "21", "parked": 1}])
    );
}

async fn they_are_listed_by_how_they_stand(database: &Database) {
    begun(database).await;
    store(database, "", "1", placed("1", "main", 5)).await;
    store(database, "", "1", closed("1")).await;
    store(database, "acme", "1", placed("1", "main", 5)).await;
    let list = ["process", "list"];
    work::<first::Fulfilment>(database, &list, |shown| {
        let instances = shown["instances"].as_array().expect("a list");
        instances.len() == 2 && instances.iter().all(|of| of["pending"] == 0)
    })
    .await;
    let finished = ["process", "list", "--status", "finished"];
    assert_eq!(
        listed(database, &finished).await,
        ["fulfilment  1  finished  steps 2  started TIME  updated TIME"]
    );
    let running = ["process", "list", "--status", "running"];
    assert_eq!(
        listed(database, &running).await,
        ["fulfilment  1  tenant acme  running  steps 1  started TIME  updated TIME  timer TIME"]
    );
    let cancelled = ["process", "list", "--status", "cancelled"];
    let ran = command::<first::Fulfilment>(database, &cancelled).await;
    ran.is(0, "", "there are none\n");
    let ran =
        command::<first::Fulfilment>(database, &["process", "list", "--status", "lost"]).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.messages.contains("running, finished, cancelled"),
        "{ran:?}"
    );
}

async fn the_list_says_where_it_was_cut(database: &Database) {
    stuck(database).await;
    for (limit, lines) in [("0", 0), ("1", 1), ("4", 4), ("5", 5)] {
        let list = ["process", "list", "--limit", limit];
        let ran = command::<first::Fulfilment>(database, &list).await;
        assert_eq!((ran.code, ran.out.lines().count()), (0, lines), "{ran:?}");
        let is_all = lines == 5;
        let said = if is_all {
            ""
        } else {
            "there are more: raise `--limit`\n"
        };
        assert_eq!(ran.messages, said);
        let shown = asked::<first::Fulfilment>(database, &list).await;
        assert_eq!(shown["complete"], is_all);
    }
}

async fn what_steers_a_terminal_is_escaped(database: &Database) {
    begun(database).await;
    let order = "\u{9b}2J";
    store(database, "", "1", placed(order, "main", 13)).await;
    store(database, "", "2", placed("2\u{85}", "main", 5)).await;
    let list = ["process", "list"];
    work::<first::Fulfilment>(database, &list, |shown| {
        is_parked(1)(shown)
            && shown["instances"]
                .as_array()
                .is_some_and(|of| of.len() == 1)
    })
    .await;
    let ran = run(&super::models::app::<first::Fulfilment>(database), &list).await;
    assert!(ran.out.contains("fulfilment  2\\u{85}  running"), "{ran:?}");
    assert!(
        ran.out.contains("fulfilment  \\u{9b}2J  not begun"),
        "{ran:?}"
    );
    assert!(!ran.out.contains(['\u{85}', '\u{9b}']), "{ran:?}");
}

async fn a_wrong_name_is_answered_with_the_known_ones(database: &Database) {
    begun(database).await;
    store(database, "", "1", noted("1", "of no instance")).await;
    for arguments in [
        &["process", "list", "fulfillment"][..],
        &["process", "show", "fulfillment", "1"],
        &["process", "retry", "fulfillment", "1"],
        &[
            "process",
            "cancel",
            "fulfillment",
            "1",
            "--reason",
            "lost",
            "--yes",
        ],
        &["timers", "list", "fulfillment"],
    ] {
        let ran = command::<first::Fulfilment>(database, arguments).await;
        ran.is(
            2,
            "",
            "error: neither the program nor the database knows a process `fulfillment`\n\
             help: they know `fulfilment`\n",
        );
    }
    for (tenant, tenants, found) in [
        ("", "; an instance of a tenant is found with `--tenant`", ""),
        ("acme", "", " in tenant `acme`"),
    ] {
        for arguments in [
            &["process", "show", "fulfilment", "1"][..],
            &["process", "retry", "fulfilment", "1"],
            &[
                "process",
                "cancel",
                "fulfilment",
                "1",
                "--reason",
                "lost",
                "--yes",
            ],
        ] {
            let arguments = [arguments, &["--tenant", tenant]].concat();
            let ran = command::<first::Fulfilment>(database, &arguments).await;
            ran.is(
                2,
                "",
                &format!(
                    "error: process `fulfilment` has no instance `1`{found}\nhelp: see `process list fulfilment`{tenants}\n"
                ),
            );
        }
    }
}
