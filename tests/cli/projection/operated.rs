//! `projection rebuild`, `pause`, `resume`, `accept`, `rollback`, `promote` and `drop`

use annals_tests::{Database, contract};

use super::models::{app, command, deposits, first, follow, mended, number, second};

contract![
    a_paused_projection_stands_still,
    rows_are_made_anew_in_place,
    changed_handlers_are_refused_until_they_are_accepted,
    the_version_before_is_shown_again,
    the_version_that_is_shown_already_stays,
    what_was_built_is_shown_on_demand,
    a_version_that_is_not_shown_is_removed,
    nobody_pauses_what_is_not_followed,
];

async fn a_paused_projection_stands_still(database: &Database) {
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    let pause = ["projection", "pause", "balances", "--format", "json"];
    let ran = command::<first::Balance>(database, &pause).await;
    assert_eq!(
        (ran.code, ran.json()),
        (
            0,
            serde_json::json!({"command": "pause", "projection": "balances", "version": 1})
        )
    );
    let receipt = deposits(database, "2", &[5]).await;
    let running = app::<first::Balance>(database)
        .start()
        .await
        .expect("it starts");
    let rows = running.store().read_model::<first::Balance>();
    let waited = rows
        .after(&receipt)
        .timeout(std::time::Duration::from_millis(500));
    let error = waited.wait().await.expect_err("nobody follows");
    assert_eq!(error.kind(), annals::ErrorKind::Behind);
    running.stop().await;
    let ran = command::<first::Balance>(database, &["projection", "list"]).await;
    ran.is(0, "balances v1: paused, following, current\n", "");
    let ran = command::<first::Balance>(database, &["projection", "resume", "balances"]).await;
    ran.is(0, "balances v1 goes on\n", "");
    follow::<first::Balance>(database, &receipt).await;
}

async fn rows_are_made_anew_in_place(database: &Database) {
    let receipt = deposits(database, "1", &[5, 6]).await;
    follow::<first::Balance>(database, &receipt).await;
    let table = match database.is_postgres() {
        true => "annals.balances_v1",
        false => "balances_v1",
    };
    database
        .sql(&format!("update {table} set cents = 99"))
        .await;
    let rebuild = ["projection", "rebuild", "balances", "--yes"];
    let ran = command::<first::Balance>(database, &rebuild).await;
    ran.is(0, "balances: 1 rows were made anew\n", "");
    assert_eq!(number(database, "select cents from {balances}").await, 11);
}

async fn changed_handlers_are_refused_until_they_are_accepted(database: &Database) {
    let receipt = deposits(database, "1", &[5]).await;
    let accept = ["projection", "accept", "balances", "--yes"];
    let ran = command::<mended::Balance>(database, &accept).await;
    ran.is(
        2,
        "",
        "error: version 1 of projection `balances` is not built yet\nhelp: run `migrate run` of the program that declares it\n",
    );
    follow::<first::Balance>(database, &receipt).await;
    let error = app::<mended::Balance>(database).start().await;
    let error = error.expect_err("its rows may be other ones");
    assert_eq!(error.kind(), annals::ErrorKind::ReadModel);
    let ran = command::<mended::Balance>(database, &accept).await;
    ran.is(0, "balances v1 is taken for what the handlers make\n", "");
    let receipt = deposits(database, "2", &[13]).await;
    follow::<mended::Balance>(database, &receipt).await;
    assert_eq!(
        number(
            database,
            "select cast(sum(cents) as bigint) from {balances}"
        )
        .await,
        18
    );
}

async fn the_version_before_is_shown_again(database: &Database) {
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    let ran = command::<second::Balance>(database, &["migrate", "run"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let owners = "select count(owner) from {balances}";
    assert_eq!(number(database, owners).await, 1);
    // By the release that declares the other one, which cannot bring this one up to date and need not.
    let rollback = ["projection", "rollback", "balances", "--yes"];
    let ran = command::<second::Balance>(database, &rollback).await;
    ran.is(0, "balances v1 is shown\n", "");
    let columns = match database.is_postgres() {
        true => {
            "select count(*) from information_schema.columns where table_schema = 'annals' and table_name = 'balances'"
        }
        false => "select count(*) from pragma_table_info('balances')",
    };
    assert_eq!(database.number(columns).await, 3);
    let ran = command::<second::Balance>(database, &["projection", "list"]).await;
    ran.is(
        0,
        "balances v1: following, current, not declared\nbalances v2: following, 2 partitions\n",
        "",
    );
    // What the first release handles meanwhile is brought to the second one before that is shown.
    let receipt = deposits(database, "2", &[6]).await;
    follow::<first::Balance>(database, &receipt).await;
    let to = ["projection", "rollback", "balances", "--to", "2", "--yes"];
    let ran = command::<second::Balance>(database, &to).await;
    ran.is(0, "balances v2 is shown\n", "");
    assert_eq!(number(database, owners).await, 2);
    let to = ["projection", "rollback", "balances", "--to", "3", "--yes"];
    let ran = command::<second::Balance>(database, &to).await;
    ran.is(
        2,
        "",
        "error: the database has no version 3 of projection `balances`\nhelp: it has 1, 2\n",
    );
}

async fn the_version_that_is_shown_already_stays(database: &Database) {
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    let to = ["projection", "rollback", "balances", "--to", "1", "--yes"];
    let ran = command::<first::Balance>(database, &to).await;
    ran.is(0, "balances v1 is shown\n", "");
    let ran = command::<first::Balance>(database, &["projection", "list"]).await;
    ran.is(0, "balances v1: following, current\n", "");
}

async fn what_was_built_is_shown_on_demand(database: &Database) {
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    let promote = ["projection", "promote", "balances"];
    let ran = command::<second::Balance>(database, &promote).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    let ran = command::<second::Balance>(database, &["migrate", "run", "--no-switch"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out
            .ends_with("; not shown yet\n  show it with `projection promote balances`\n"),
        "{ran:?}"
    );
    let ran = command::<second::Balance>(database, &["projection", "list"]).await;
    ran.is(
        0,
        "balances v1: following, current, not declared\nbalances v2: building, following, 2 partitions\n",
        "",
    );
    let started = app::<second::Balance>(database).start().await;
    let error = started.expect_err("its rows are not shown yet");
    assert_eq!(
        error.to_string(),
        "version 2 of projection `balances` is being built, and is not shown yet"
    );
    let receipt = deposits(database, "2", &[6]).await;
    follow::<first::Balance>(database, &receipt).await;
    let ran = command::<second::Balance>(database, &promote).await;
    ran.is(0, "balances v2 is shown\n", "");
    assert_eq!(
        number(database, "select count(owner) from {balances}").await,
        2
    );
}

async fn a_version_that_is_not_shown_is_removed(database: &Database) {
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    let drop = ["projection", "drop", "balances", "--version", "1", "--yes"];
    let ran = command::<first::Balance>(database, &drop).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.messages
            .starts_with("error: version 1 of projection `balances` is the one that is shown\n"),
        "{ran:?}"
    );
    command::<second::Balance>(database, &["migrate", "run"]).await;
    let ran = command::<second::Balance>(database, &drop).await;
    ran.is(0, "balances v1 is removed\n", "");
    let ran = command::<second::Balance>(database, &["projection", "list"]).await;
    ran.is(0, "balances v2: following, current, 2 partitions\n", "");
    let ran = command::<second::Balance>(database, &drop).await;
    ran.is(
        2,
        "",
        "error: the database has no version 1 of projection `balances`\nhelp: see `projection list`\n",
    );
    assert_eq!(
        number(
            database,
            "select cast(sum(cents) as bigint) from {balances}"
        )
        .await,
        5
    );
}

async fn nobody_pauses_what_is_not_followed(database: &Database) {
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    command::<second::Balance>(database, &["migrate", "run", "--no-switch"]).await;
    for operation in ["pause", "resume"] {
        let ran =
            command::<second::Balance>(database, &["projection", operation, "balances"]).await;
        ran.is(
            2,
            "",
            "error: version 2 of projection `balances` is building, and nobody follows with it\n\
             help: run `migrate run` to build it, or `projection rollback` to return to it\n",
        );
    }
}
