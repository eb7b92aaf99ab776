//! What a plan says, and that it changes nothing.

use annals::App;
use annals::migrate::{self, Action, Run, Step};
use annals_tests::databases::empty_postgres;
use annals_tests::domain::Account;
use annals_tests::releases::{app, first, open, second};
use annals_tests::{Database, contract, options};

contract![
    a_plan_says_what_is_to_be_done,
    a_plan_changes_nothing,
    changed_handlers_are_refused,
    changed_columns_are_refused,
    a_half_built_version_is_not_built_on_by_other_handlers,
    what_is_refused_keeps_everything_else_from_being_done,
];

/// The first release, edited without a new version.
mod edited {
    use annals::prelude::*;
    use annals_tests::domain::{Deposited, Opened};

    #[derive(ReadModel)]
    pub(super) struct Balance {
        #[key]
        account: String,
        owner: String,
        #[index]
        cents: i64,
    }

    #[projection(name = "balances", version = 1)]
    impl Balance {
        fn opened(event: &Opened, cx: &Recorded) -> Self {
            Balance {
                account: cx.stream().id().to_owned(),
                owner: event.owner.clone(),
                cents: 0,
            }
        }

        fn deposited(&mut self, event: &Deposited) {
            self.cents += event.cents * 2;
        }
    }
}

/// The first release, with a column more and no new version.
mod wider {
    use annals::prelude::*;
    use annals_tests::domain::Opened;

    #[derive(ReadModel)]
    pub(super) struct Balance {
        #[key]
        account: String,
        owner: String,
        #[index]
        cents: i64,
        note: Option<String>,
    }

    #[projection(name = "balances", version = 1)]
    impl Balance {
        fn opened(event: &Opened, cx: &Recorded) -> Self {
            Balance {
                account: cx.stream().id().to_owned(),
                owner: event.owner.clone(),
                cents: 0,
                note: None,
            }
        }
    }
}

/// The second release, edited while it was being built.
mod edited_second {
    use annals::prelude::*;
    use annals_tests::domain::Opened;

    #[derive(ReadModel)]
    pub(super) struct Balance {
        #[key]
        account: String,
        owner: String,
        #[index]
        cents: i64,
        entries: i64,
    }

    #[projection(name = "balances", version = 2)]
    impl Balance {
        fn opened(event: &Opened, cx: &Recorded) -> Self {
            Balance {
                account: cx.stream().id().to_owned(),
                owner: event.owner.clone(),
                cents: 0,
                entries: 1,
            }
        }
    }
}

async fn first_release(database: &Database) -> App {
    let old = app::<first::Balance>(database.store().await);
    let running = old.start().await.expect("it starts");
    let receipt = open(running.store(), "1", 5).await.expect("stored");
    let rows = running.store().read_model::<first::Balance>();
    rows.after(&receipt).wait().await.expect("followed");
    running.stop().await;
    old
}

async fn step(app: &App) -> Step {
    let plan = migrate::plan(app).await.expect("a plan");
    assert!(!plan.tables);
    assert_eq!(plan.steps.len(), 1);
    plan.steps.into_iter().next().expect("one")
}

async fn run(app: &App, run: Run) {
    let run = migrate::run(app, run, &mut |_| {}).await;
    run.expect("it is built");
}

async fn a_plan_says_what_is_to_be_done(database: &Database) {
    let new = app::<second::Balance>(database.store().await);
    let told = step(&new).await;
    assert_eq!(
        told.to_string(),
        "balances: version 2: build from the first event on"
    );
    let old = first_release(database).await;
    assert_eq!(step(&old).await.action, Action::Nothing);
    assert_eq!(
        step(&old).await.to_string(),
        "balances: version 1: up to date"
    );
    let told = step(&new).await;
    assert_eq!((told.current, &told.action), (Some(1), &Action::Build));
    assert_eq!(
        told.to_string(),
        "balances: version 1 → 2: build from the first event on"
    );
    run(&new, Run::new().without_switch()).await;
    let told = step(&new).await;
    assert_eq!((told.current, told.action), (Some(1), Action::GoOn(2)));
    run(&new, Run::new()).await;
    assert!(migrate::plan(&new).await.expect("a plan").is_empty());
    let told = step(&old).await;
    assert_eq!((told.current, &told.action), (Some(2), &Action::Switch));
    assert_eq!(told.to_string(), "balances: version 2 → 1: built; show it");
}

async fn a_plan_changes_nothing(database: &Database) {
    let old = first_release(database).await;
    let new = app::<second::Balance>(database.store().await);
    let state = async || {
        let mut numbers = Vec::new();
        for table in ["projections", "partitions", "workers", "schemas", "parked"] {
            numbers.push(
                database
                    .number(&format!("select count(*) from {{{table}}}"))
                    .await,
            );
        }
        let tables = match database.is_postgres() {
            true => "select count(*) from pg_class",
            false => "select count(*) from sqlite_schema",
        };
        numbers.push(database.number(tables).await);
        numbers.push(
            database
                .number("select cast(sum(checkpoint) as bigint) from {partitions}")
                .await,
        );
        numbers
    };
    let before = state().await;
    step(&new).await;
    step(&old).await;
    assert_eq!(state().await, before);
    run(&new, Run::new().without_switch()).await;
    let before = state().await;
    step(&new).await;
    assert_eq!(state().await, before);
}

/// A database without tables is planned for, and has none afterwards.
#[tokio::test]
async fn an_unmigrated_database_is_planned_for() {
    let database = empty_postgres().await;
    let app = App::new(database.url())
        .options(options())
        .aggregate::<Account>()
        .projection::<first::Balance>();
    let plan = migrate::plan(&app).await.expect("a plan");
    assert!(plan.tables && !plan.is_empty());
    assert_eq!(plan.steps[0].action, Action::Build);
    let schemas = "select count(*) from pg_namespace where nspname = 'annals'";
    assert_eq!(database.number(schemas).await, 0);
    run(&app, Run::new()).await;
    assert!(migrate::plan(&app).await.expect("a plan").is_empty());
}

/// The step is refused, running it as well, and nothing has happened.
async fn refused(app: &App, why: &str) {
    let told = step(app).await;
    let Action::Refuse { why: found, cure } = &told.action else {
        panic!("{told:?}")
    };
    assert!(found.contains(why), "{found}");
    assert!(cure.contains("migrate run"), "{cure}");
    let run = migrate::run(app, Run::new(), &mut |_| {}).await;
    let error = run.expect_err("it is refused");
    assert!(error.to_string().contains(why), "{error}");
    assert_eq!(error.hint(), Some(cure.as_str()));
}

async fn changed_handlers_are_refused(database: &Database) {
    let _ = first_release(database).await;
    let edited = app::<edited::Balance>(database.store().await);
    refused(&edited, "its handlers changed").await;
}

async fn changed_columns_are_refused(database: &Database) {
    let _ = first_release(database).await;
    let wider = app::<wider::Balance>(database.store().await);
    refused(&wider, "lacks column `note`").await;
}

async fn a_half_built_version_is_not_built_on_by_other_handlers(database: &Database) {
    let _ = first_release(database).await;
    let new = app::<second::Balance>(database.store().await);
    run(&new, Run::new().without_switch()).await;
    let edited = app::<edited_second::Balance>(database.store().await);
    refused(&edited, "its handlers changed").await;
}

/// Of a program with two projections, of which one was edited.
async fn what_is_refused_keeps_everything_else_from_being_done(database: &Database) {
    let _ = first_release(database).await;
    let store = database.store().await;
    let app = app::<crate::models::Owner>(store).projection::<edited::Balance>();
    let run = migrate::run(&app, Run::new(), &mut |_| {}).await;
    run.expect_err("one is refused");
    assert_eq!(
        database.number("select count(*) from {projections}").await,
        1
    );
}
