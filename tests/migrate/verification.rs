//! What verification finds, and what it leaves as it is.

use std::sync::atomic::{AtomicI64, Ordering};

use annals::migrate::{self, Action, Progress, Run, Stage, Verification};
use annals::{App, Append, Expected};
use annals_tests::domain::{account, deposited};
use annals_tests::releases::{app, deposit, first, open, second};
use annals_tests::{Database, contract};

contract![
    a_full_verification_finds_what_was_changed_by_hand,
    a_full_verification_finds_handlers_that_depend_on_something_else,
    a_full_verification_knows_parked_events_and_tenants,
    a_count_finds_what_somebody_else_wrote,
];

fn table(database: &Database) -> &'static str {
    match database.is_postgres() {
        true => "annals.balances_v2",
        false => "balances_v2",
    }
}

/// The first release is shown, the second one is built up to now.
async fn built(database: &Database) -> App {
    let store = database.store().await;
    let old = app::<first::Balance>(store.clone()).start().await;
    old.expect("it starts").stop().await;
    for account in ["1", "2", "3"] {
        open(&store, account, 5).await.expect("stored");
    }
    open(&store.tenant("acme"), "1", 7).await.expect("stored");
    let new = app::<second::Balance>(store);
    let run = migrate::run(&new, Run::new().without_switch(), &mut |_| {}).await;
    run.expect("it is built");
    new
}

/// The migration fails for this reason, and the view shows the old version.
async fn found(database: &Database, app: &App, verification: Verification, parts: &[&str]) {
    let run = Run::new().verify(verification);
    let error = migrate::run(app, run, &mut |_| {}).await;
    let error = error.expect_err("something is wrong");
    for part in parts {
        assert!(error.to_string().contains(part), "{error}");
    }
    let drop = "projection drop balances --version 2";
    assert!(
        error.hint().is_some_and(|hint| hint.contains(drop)),
        "{error:?}"
    );
    let step = migrate::plan(app).await.expect("a plan").steps.remove(0);
    assert_eq!(step.current, Some(1));
    assert!(matches!(step.action, Action::GoOn(_)), "{step:?}");
    let shown = "select cast(version as bigint) from {projections} where is_current";
    assert_eq!(database.number(shown).await, 1);
    let view = match database.is_postgres() {
        true => "select count(*) from information_schema.columns where table_name = 'balances'",
        false => "select count(*) from pragma_table_info('balances')",
    };
    assert_eq!(database.number(view).await, 4);
}

async fn a_full_verification_finds_what_was_changed_by_hand(database: &Database) {
    let new = built(database).await;
    let table = table(database);
    let cases: [(String, &[&str]); 5] = [
        (
            format!("update {table} set cents = 6 where account = '2'"),
            &["row `2` has 6 in column `cents`, and the events say 5"],
        ),
        (
            format!("update {table} set owner = 'eve' where tenant = 'acme'"),
            &["row `1` of tenant `acme` has eve in column `owner`, and the events say owner of 1"],
        ),
        (
            format!("delete from {table} where account = '3'"),
            &["1 rows are missing, like `3`"],
        ),
        (format!("delete from {table}"), &["4 rows are missing"]),
        (
            format!(
                "insert into {table} (account, owner, cents, entries) values ('9', 'eve', 1, 1)"
            ),
            &["row `9` is there, and should not be"],
        ),
    ];
    for (sql, parts) in cases {
        assert!(database.sql(&sql).await > 0);
        found(database, &new, Verification::Full, parts).await;
        migrate::drop_version(&new, "balances", 2)
            .await
            .expect("dropped");
        let again = migrate::run(&new, Run::new().without_switch(), &mut |_| {}).await;
        again.expect("built anew");
    }
    let run = Run::new().verify(Verification::Full);
    let outcomes = migrate::run(&new, run, &mut |_| {}).await;
    assert!(outcomes.expect("all is right")[0].is_shown);
}

/// What no handler may depend on.
static MOOD: AtomicI64 = AtomicI64::new(0);

mod moody {
    use std::sync::atomic::Ordering;

    use annals::prelude::*;
    use annals_tests::domain::Opened;

    #[derive(ReadModel, Debug)]
    pub(super) struct Balance {
        #[key]
        account: String,
        mood: i64,
    }

    #[projection(name = "balances", version = 2)]
    impl Balance {
        fn opened(_: &Opened, cx: &Recorded) -> Self {
            Balance {
                account: cx.stream().id().to_owned(),
                mood: super::MOOD.fetch_add(1, Ordering::Relaxed),
            }
        }
    }
}

async fn a_full_verification_finds_handlers_that_depend_on_something_else(database: &Database) {
    let store = database.store().await;
    let old = app::<first::Balance>(store.clone()).start().await;
    old.expect("it starts").stop().await;
    open(&store, "1", 5).await.expect("stored");
    let new = app::<moody::Balance>(store);
    found(database, &new, Verification::Full, &["in column `mood`"]).await;
    assert!(MOOD.load(Ordering::Relaxed) > 0);
}

async fn a_full_verification_knows_parked_events_and_tenants(database: &Database) {
    let store = database.store().await;
    for tenant in ["", "acme"] {
        // There is no row yet that could be changed.
        deposit(&store.tenant(tenant), "1", 5)
            .await
            .expect("stored");
        open(&store.tenant(tenant), "2", 5).await.expect("stored");
    }
    let new = app::<second::Balance>(store);
    let run = Run::new().verify(Verification::Full);
    let outcomes = migrate::run(&new, run, &mut |_| {}).await;
    let outcome = outcomes.expect("it is right").remove(0);
    assert_eq!((outcome.parked, outcome.rows), (2, Some(2)));
}

async fn a_count_finds_what_somebody_else_wrote(database: &Database) {
    let store = database.store().await;
    let old = app::<first::Balance>(store.clone()).start().await;
    old.expect("it starts").stop().await;
    let new = app::<second::Balance>(store.clone());
    let run = migrate::run(&new, Run::new().without_switch(), &mut |_| {}).await;
    run.expect("built from nothing");
    let table = table(database);
    let insert =
        format!("insert into {table} (account, owner, cents, entries) values ('9', 'eve', 1, 1)");
    database.sql(&insert).await;
    open(&store, "1", 5).await.expect("stored");
    let message = "table `balances_v2` holds 2 rows, and 1 were made";
    found(database, &new, Verification::Count, &[message]).await;
}

/// Who has just opened the store does not know how far others read it before the transaction began that is still open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_verification_waits_for_what_it_cannot_see_yet() {
    let database = annals_tests::postgres().await;
    drop(built(&database).await);
    let store = database.store().await;
    let mut tx = store.begin().await.expect("a transaction");
    let late = Append::to(&account("late"), Expected::NoStream, [deposited(1)]);
    store.append_in(&mut tx, late).await.expect("stored");
    let new = app::<second::Balance>(database.store().await);
    let (looked, mut looks) = tokio::sync::mpsc::unbounded_channel();
    let migration = tokio::spawn(async move {
        let run = Run::new().verify(Verification::Full).without_switch();
        let mut report = |progress: &Progress| {
            if progress.stage == Stage::Verifying && progress.position < progress.target {
                looked.send(()).expect("somebody listens");
            }
        };
        migrate::run(&new, run, &mut report).await
    });
    for _ in 0..3 {
        looks.recv().await.expect("it looks again");
    }
    tx.commit().await.expect("committed");
    let outcomes = migration.await.expect("it ends").expect("all is right");
    assert_eq!(outcomes.len(), 1);
}
