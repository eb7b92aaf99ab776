//! `migrate plan` and `migrate run`

use annals_tests::{Database, contract};
use serde_json::json;

use super::models::{app, command, deposits, first, follow, mended, number, second};

contract![
    a_new_version_is_planned_built_and_shown,
    a_plan_is_told_to_programs,
    a_run_is_told_to_programs,
    a_dry_run_does_nothing,
    what_is_refused_is_said_and_nothing_is_done,
    what_cannot_be_handled_is_told,
    every_row_is_compared_on_demand,
];

/// Without the time that it took.
fn timeless(out: &str) -> String {
    let words: Vec<_> = out.split(' ').collect();
    let mut told = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let is_time = at > 0 && words[at - 1] == "in" && word.parse::<f64>().is_ok();
        told.push(if is_time { "TIME" } else { word });
    }
    told.join(" ")
}

async fn a_new_version_is_planned_built_and_shown(database: &Database) {
    let receipt = deposits(database, "1", &[5, 6]).await;
    let ran = command::<first::Balance>(database, &["migrate", "plan"]).await;
    ran.is(
        3,
        "balances: version 1: build from the first event on\n",
        "to be done by `migrate run`\n",
    );
    follow::<first::Balance>(database, &receipt).await;
    let ran = command::<first::Balance>(database, &["migrate", "plan"]).await;
    ran.is(0, "balances: version 1: up to date\n", "nothing to do\n");
    let ran = command::<second::Balance>(database, &["migrate", "plan"]).await;
    ran.is(
        3,
        "balances: version 1 → 2: build from the first event on\n",
        "to be done by `migrate run`\n",
    );
    let ran = command::<second::Balance>(database, &["migrate", "run"]).await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""), "{ran:?}");
    assert_eq!(
        timeless(&ran.out),
        "balances v2: 3 events, 1 rows in TIME s; shown\n"
    );
    assert_eq!(
        number(database, "select count(owner) from {balances}").await,
        1
    );
    let ran = command::<second::Balance>(database, &["migrate", "run"]).await;
    ran.is(0, "", "all projections are up to date\n");
    let receipt = deposits(database, "2", &[6]).await;
    follow::<second::Balance>(database, &receipt).await;
    assert_eq!(
        number(
            database,
            "select cast(sum(cents) as bigint) from {balances}"
        )
        .await,
        17
    );
}

async fn a_plan_is_told_to_programs(database: &Database) {
    let plan = ["migrate", "plan", "--format", "json"];
    let ran = command::<second::Balance>(database, &plan).await;
    assert_eq!(
        (ran.code, ran.json()),
        (
            3,
            json!({"command": "plan", "tables": false, "steps": [{
                "projection": "balances", "version": 2, "current": null, "action": "build", "position": null,
                "why": null, "cure": null,
            }]})
        )
    );
}

async fn a_run_is_told_to_programs(database: &Database) {
    deposits(database, "1", &[5, 6]).await;
    let run = ["migrate", "run", "--format", "json"];
    let ran = command::<second::Balance>(database, &run).await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""), "{ran:?}");
    let mut json = ran.json();
    let seconds = json["done"][0]["seconds"].take();
    assert!(seconds.is_f64(), "{seconds}");
    assert_eq!(json["done"][0]["step"].take()["action"], "build");
    assert_eq!(
        json,
        json!({"command": "run", "tables": false, "done": [{
            "step": null, "events": 3, "rows": 1, "seconds": null, "parked": 0, "shown": true,
        }]})
    );
}

async fn a_dry_run_does_nothing(database: &Database) {
    deposits(database, "1", &[5]).await;
    let ran = command::<second::Balance>(database, &["migrate", "run", "--dry-run"]).await;
    ran.is(
        3,
        "balances: version 2: build from the first event on\n",
        "to be done by `migrate run`\n",
    );
    assert_eq!(
        database.number("select count(*) from {projections}").await,
        0
    );
}

async fn what_is_refused_is_said_and_nothing_is_done(database: &Database) {
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    for arguments in [&["migrate", "plan"], &["migrate", "run"]] {
        let ran = command::<mended::Balance>(database, arguments).await;
        ran.is(
            1,
            "balances: version 1: refused: projection `balances` version 1 is not the one that the database has: its \
             handlers changed, so that its rows may be other ones\n  \
             help: make it `version = 2` and run `migrate run`, which builds the new rows beside the old ones; where the rows \
             stay the same, run `projection accept balances`; where they may be gone for a while, run `projection rebuild \
             balances`\n",
            "refused: nothing is done before that is settled\n",
        );
    }
    let plan = ["migrate", "plan", "--format", "json"];
    let json = command::<mended::Balance>(database, &plan).await.json();
    assert_eq!(json["steps"][0]["action"], "refuse");
    assert!(
        json["steps"][0]["why"].is_string() && json["steps"][0]["cure"].is_string(),
        "{json}"
    );
    app::<first::Balance>(database)
        .open()
        .await
        .expect("as before");
}

async fn what_cannot_be_handled_is_told(database: &Database) {
    deposits(database, "1", &[5, 13, 7]).await;
    let ran = command::<first::Balance>(database, &["migrate", "run"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out
            .ends_with("; shown\n  parked: 2; see `parked list balances`\n"),
        "{ran:?}"
    );
}

async fn every_row_is_compared_on_demand(database: &Database) {
    deposits(database, "1", &[5]).await;
    let run = ["migrate", "run", "--no-switch"];
    let ran = command::<second::Balance>(database, &run).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let table = match database.is_postgres() {
        true => "annals.balances_v2",
        false => "balances_v2",
    };
    database.sql(&format!("update {table} set cents = 6")).await;
    let ran = command::<second::Balance>(database, &["migrate", "run", "--verify", "full"]).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.messages.starts_with(
            "error: projection `balances` version 2 is not what its events say: row `1` has 6 in column `cents`, and the \
             events say 5\n"
        ),
        "{ran:?}"
    );
    let ran = command::<second::Balance>(database, &["projection", "list"]).await;
    ran.is(0, "balances v2: building, following, 2 partitions\n", "");
}
