//! What `projection ..`, `parked ..`, `migrate ..`, `doctor` and `stats` say of processes.

use annals::App;
use annals_tests::domain::{Account, Deposited};
use annals_tests::{Database, contract, options};
use serde_json::{Value, json};

use super::models::{app, asked, begun, command, first, is_parked, mended, noted, store, stuck};
use super::timers::make_late;
use crate::run::run;

contract![
    processes_are_listed_among_what_follows,
    what_is_parked_of_a_process_is_found,
    parked_events_of_all_instances_are_tried_again,
    nothing_is_built_or_shown_of_a_process,
    a_projection_by_the_name_of_a_process_is_not_built,
    a_process_is_halted_and_goes_on,
    the_doctor_finds_what_is_stuck,
    the_doctor_is_content_where_all_goes_on,
];

async fn processes_are_listed_among_what_follows(database: &Database) {
    database.store().await.close().await;
    let list = ["projection", "list"];
    let ran = command::<first::Fulfilment>(database, &list).await;
    ran.is(0, "fulfilment v1: missing, process\n", "");
    begun(database).await;
    let ran = command::<first::Fulfilment>(database, &list).await;
    ran.is(0, "fulfilment v1: following, process, current\n", "");
    let shown = asked::<first::Fulfilment>(database, &list).await;
    assert_eq!(
        shown,
        json!({"command": "list", "projections": [{
            "projection": "fulfilment", "version": 1, "mode": "process", "status": "following", "current": true,
            "declared": true, "partitions": 1,
        }]})
    );
    let ran = command::<first::Fulfilment>(database, &["projection", "status", "fulfilment"]).await;
    ran.is(
        0,
        "fulfilment v1: following, process, current\n  partition 0: at position 0, 0 behind, nobody follows\n",
        "",
    );
    let other = App::new(database.url()).options(options());
    let ran = run(&other, &list).await;
    ran.is(
        0,
        "fulfilment v1: following, process, current, not declared\n",
        "",
    );
}

async fn what_is_parked_of_a_process_is_found(database: &Database) {
    stuck(database).await;
    let ran = command::<first::Fulfilment>(database, &["projection", "status", "fulfilment"]).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out
            .ends_with("  parked: 3; see `parked list fulfilment`\n"),
        "{ran:?}"
    );
}

async fn parked_events_of_all_instances_are_tried_again(database: &Database) {
    stuck(database).await;
    let ran = command::<mended::Fulfilment>(database, &["parked", "retry", "fulfilment"]).await;
    ran.is(0, "fulfilment: 3 handled, 0 parked still\n", "");
    let list = asked::<mended::Fulfilment>(database, &["process", "list"]).await;
    assert!(is_parked(2)(&list), "{list:#}");
    assert_eq!(list["not_begun"], json!([]));
}

async fn nothing_is_built_or_shown_of_a_process(database: &Database) {
    let commands = [
        &["projection", "rebuild", "fulfilment", "--yes"][..],
        &["projection", "promote", "fulfilment"],
        &["projection", "rollback", "fulfilment", "--yes"],
        &["projection", "accept", "fulfilment", "--yes"],
        &[
            "projection",
            "drop",
            "fulfilment",
            "--version",
            "1",
            "--yes",
        ],
    ];
    let refused = "error: `fulfilment` is a process and no projection: it has no rows that could be built or shown\n\
                   help: see `process list fulfilment`; a new version of a process takes over where the one before it \
                   stands, as soon as it is served\n";
    database.store().await.close().await;
    for arguments in commands {
        // By what the program declares.
        let ran = command::<first::Fulfilment>(database, arguments).await;
        ran.is(2, "", refused);
    }
    begun(database).await;
    let other = App::new(database.url()).options(options());
    for arguments in commands {
        // By what the database holds.
        let ran = run(&other, arguments).await;
        ran.is(2, "", refused);
    }
    let list = command::<first::Fulfilment>(database, &["projection", "list"]).await;
    list.is(0, "fulfilment v1: following, process, current\n", "");
    let plan = command::<first::Fulfilment>(database, &["migrate", "plan"]).await;
    plan.is(0, "", "nothing to do\n");
}

/// Is called like the process.
mod namesake {
    use super::Deposited;
    use annals::prelude::*;

    #[derive(ReadModel)]
    pub(super) struct Row {
        #[key]
        account: String,
        cents: i64,
    }

    #[projection("fulfilment")]
    impl Row {
        fn deposited(event: &Deposited, cx: &Recorded) -> Self {
            Row {
                account: cx.stream().id().to_owned(),
                cents: event.cents,
            }
        }
    }
}

async fn a_projection_by_the_name_of_a_process_is_not_built(database: &Database) {
    begun(database).await;
    let other = App::new(database.url())
        .options(options())
        .aggregate::<Account>()
        .projection::<namesake::Row>();
    for arguments in [&["migrate", "plan"][..], &["migrate", "run"]] {
        let ran = run(&other, arguments).await;
        assert_eq!(ran.code, 1, "{ran:?}");
        let said = format!("{}{}", ran.out, ran.messages);
        assert!(
            said.contains("fulfilment: version 1: refused: a process in the database is called so"),
            "{ran:?}"
        );
        assert!(said.contains("give the projection another name"), "{ran:?}");
    }
}

async fn a_process_is_halted_and_goes_on(database: &Database) {
    begun(database).await;
    let ran = command::<first::Fulfilment>(database, &["projection", "pause", "fulfilment"]).await;
    ran.is(0, "fulfilment v1 is paused\n", "");
    let ran = command::<first::Fulfilment>(database, &["projection", "list"]).await;
    ran.is(0, "fulfilment v1: paused, process, current\n", "");
    let ran = command::<first::Fulfilment>(database, &["projection", "resume", "fulfilment"]).await;
    ran.is(0, "fulfilment v1 goes on\n", "");
}

/// What the doctor says of processes: level, what and cure of each finding.
async fn findings(database: &Database) -> Vec<(String, String, String)> {
    let ran = run(
        &app::<first::Fulfilment>(database),
        &["doctor", "--format", "json"],
    )
    .await;
    let shown = ran.json();
    let all = shown["findings"].as_array().expect("a list").iter();
    let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
    all.filter(|of| of["check"] == "processes")
        .map(|of| (text(&of["level"]), text(&of["what"]), text(&of["cure"])))
        .collect()
}

async fn the_doctor_finds_what_is_stuck(database: &Database) {
    stuck(database).await;
    make_late(database, "17", 50).await;
    let found = findings(database).await;
    assert!(
        found.iter().all(|(level, ..)| level == "warning"),
        "{found:#?}"
    );
    let [commands, events, timers] = &*found else {
        panic!("{found:#?}")
    };
    assert!(
        commands.1.starts_with(
            "process `fulfilment`: commands that cannot be delivered: 1, like `till.charge` to `till-broken`: event 1 of stream \
             `till-broken`"
        ),
        "{commands:?}"
    );
    assert_eq!(
        commands.2,
        "see `process list fulfilment --parked` and `process show fulfilment 18`; mend what it says, then run `process retry \
         fulfilment 18`"
    );
    assert_eq!(
        timers.1,
        "process `fulfilment`: timers that failed: 1, like `order.reminder`: nobody can be reminded"
    );
    assert_eq!(events.1, "process `fulfilment`: parked events: 3");
    assert_eq!(
        events.2,
        "see `parked list fulfilment`; mend the method, then run `parked retry fulfilment`, or for one instance `process retry \
         fulfilment <id>`"
    );
    make_late(database, "17", 150).await;
    let found = findings(database).await;
    let late = found.last().expect("a finding");
    assert_eq!(
        (late.0.as_str(), late.1.as_str()),
        (
            "warning",
            "process `fulfilment`: overdue timers: 1, the first, `order.reminder` of instance `17`, by 2 min"
        )
    );
    assert!(
        late.2
            .starts_with("run the program that declares the process (`serve`)"),
        "{late:?}"
    );
    let printed = command::<first::Fulfilment>(database, &["doctor"]).await;
    // What annals itself stores is no draft of the program.
    assert!(!printed.out.contains("event `annals."), "{printed:?}");
    assert!(
        printed
            .out
            .contains("warning  processes: process `fulfilment`: parked events: 3\n"),
        "{printed:?}"
    );
}

async fn the_doctor_is_content_where_all_goes_on(database: &Database) {
    database.store().await.close().await;
    let ok = |what: &str| vec![("ok".to_owned(), what.to_owned(), String::new())];
    assert_eq!(findings(database).await, ok("there is no process"));
    begun(database).await;
    store(database, "", "1", noted("1", "of no instance")).await;
    assert_eq!(
        findings(database).await,
        ok("nothing is in the way of 1 process")
    );
    let stats = command::<first::Fulfilment>(database, &["stats"]).await;
    assert_eq!(stats.code, 0, "{stats:?}");
    if database.is_postgres() {
        for table in ["instances", "timers", "deliveries"] {
            assert!(stats.out.contains(&format!("  {table}: ")), "{stats:?}");
        }
    }
}
