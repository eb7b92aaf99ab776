//! `migrate print`

use annals_tests::{Database, databases};

use super::models::{app, command, deposits, first, follow, number};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_printed_makes_all_tables_on_postgres() {
    makes_all_tables(&databases::empty_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_printed_makes_all_tables_on_sqlite() {
    let database = annals_tests::sqlite().await;
    std::fs::File::create(database.file()).expect("an empty file");
    makes_all_tables(&database).await;
}

async fn makes_all_tables(database: &Database) {
    let ran = command::<first::Balance>(database, &["migrate", "print"]).await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""), "{ran:?}");
    for part in [
        "create table",
        "-- projection balances, version 1\n",
        "create index if not exists \"balances_v1_cents_idx\"",
        "create view",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let json = command::<first::Balance>(database, &["migrate", "print", "--format", "json"]).await;
    assert_eq!(
        json.json()["sql"].as_str().map(str::trim_end),
        Some(ran.out.trim_end())
    );
    database.sql(&ran.out).await;
    // What is there is taken for its own.
    let receipt = deposits(database, "1", &[5]).await;
    follow::<first::Balance>(database, &receipt).await;
    assert_eq!(
        number(
            database,
            "select cast(sum(cents) as bigint) from {balances}"
        )
        .await,
        5
    );
    let plan = command::<first::Balance>(database, &["migrate", "plan"]).await;
    assert_eq!(plan.code, 0, "{plan:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tables_of_annals_are_planned_and_made() {
    let database = databases::empty_postgres().await;
    let ran = command::<first::Balance>(&database, &["migrate", "plan"]).await;
    ran.is(
        3,
        "tables of annals: make them, or bring them up to this release\n\
         balances: version 1: build from the first event on\n",
        "to be done by `migrate run`\n",
    );
    let ran = command::<first::Balance>(&database, &["migrate", "run"]).await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""), "{ran:?}");
    assert!(
        ran.out.starts_with(
            "tables of annals: made, or brought up to this release\nbalances v1: 0 events, 0 rows in "
        ),
        "{ran:?}"
    );
    let store = app::<first::Balance>(&database).open().await;
    store.expect("everything is there").close().await;
}
