//! What operators do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use annals::migrate::{self, Action, Run, Stage, Verification};
use annals::{App, Append, Error, ErrorKind, Expected, Running};
use annals_tests::domain::{account, deposited};
use annals_tests::releases::{app, deposit, first, open, second};
use annals_tests::{Database, contract};

use crate::until;

contract![
    a_rebuild_replaces_the_rows_at_once,
    a_rebuild_among_very_many_tenants_holds_all_rows,
    a_rebuild_handles_what_was_parked,
    a_rebuild_says_which_event_is_in_its_way,
    what_is_paused_waits,
    what_nobody_follows_is_neither_paused_nor_resumed,
    changed_handlers_are_accepted,
    a_version_that_is_used_is_not_dropped,
    a_version_is_promoted,
    a_version_is_not_shown_behind_the_one_before,
    a_version_that_is_shown_stays_shown,
    a_version_that_is_half_built_is_not_rolled_back_to,
    a_release_that_was_rolled_back_comes_back,
];

async fn start(app: &App) -> Running {
    app.start().await.expect("it starts")
}

async fn run(app: &App, run: Run) {
    let run = migrate::run(app, run, &mut |_| {}).await;
    run.expect("it is built");
}

/// The version of a release, with a short lease.
async fn release<P: annals::Projection>(database: &Database) -> App {
    app::<P>(database.store().await).lease(Duration::from_millis(600))
}

fn refused(result: Result<impl std::fmt::Debug, Error>, kind: ErrorKind, parts: &[&str]) {
    let error = result.expect_err("it is refused");
    assert_eq!(error.kind(), kind, "{error:?}");
    for part in parts {
        let told = format!("{error}\n{}", error.hint().unwrap_or_default());
        assert!(told.contains(part), "{told}");
    }
}

fn table(database: &Database, name: &str) -> String {
    match database.is_postgres() {
        true => format!("annals.{name}"),
        false => name.to_owned(),
    }
}

async fn a_rebuild_replaces_the_rows_at_once(database: &Database) {
    let old = release::<first::Balance>(database).await;
    let running = start(&old).await;
    let store = running.store().clone();
    let mut last = None;
    for account in 0..50 {
        last = Some(open(&store, &account.to_string(), 5).await.expect("stored"));
    }
    let rows = store.read_model::<first::Balance>();
    rows.after(&last.expect("some"))
        .wait()
        .await
        .expect("followed");
    let balances = table(database, "balances_v1");
    database
        .sql(&format!("update {balances} set cents = -1000000"))
        .await;
    // Each account gets one cent at a time, so that the sum is far below zero or above it.
    let writer = tokio::spawn({
        let store = store.clone();
        async move {
            for round in 0_u32.. {
                deposit(&store, &(round % 50).to_string(), 1)
                    .await
                    .expect("stored");
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        }
    });
    let stop = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn({
        let (stop, mut hand) = (Arc::clone(&stop), database.connection().await);
        let sum = format!(
            "select count(*) * 1000000 + cast(sum(cents) / 1000000 as bigint) from {balances}"
        );
        async move {
            let mut seen = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let now = hand.number(&sum).await;
                if seen.last() != Some(&now) {
                    seen.push(now);
                }
            }
            hand.close().await;
            seen
        }
    });
    let mut is_read = false;
    let mut report = |_: &migrate::Progress| {
        // After the events were read, and before the rows are replaced, the worker gets ahead.
        is_read = true;
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let ahead = deposit(&store, "0", 1).await.expect("stored");
                let rows = store.read_model::<first::Balance>();
                rows.after(&ahead).wait().await.expect("followed");
            });
        });
    };
    let rebuilt = migrate::rebuild(&old, "balances", &mut report).await;
    assert_eq!(rebuilt.expect("rebuilt"), 50);
    assert!(is_read);
    tokio::time::sleep(Duration::from_millis(100)).await;
    writer.abort();
    let _ = writer.await;
    stop.store(true, Ordering::Relaxed);
    let mut seen = reader.await.expect("it read");
    // Rounded: 50 rows of all that is wrong, then 50 rows of what is right.
    seen.dedup();
    let (wrong, right) = (50_000_000 - 49, 50_000_000);
    assert!(
        seen.iter()
            .all(|sum| [wrong, wrong - 1, right].contains(sum)),
        "{seen:?}"
    );
    assert_eq!(seen.last(), Some(&right));
    let receipt = deposit(&store, "0", 1).await.expect("stored");
    let rows = store.read_model::<first::Balance>();
    let rows = rows.after(&receipt).timeout(Duration::from_secs(20));
    let rows = rows.rows().await.expect("it goes on").collect().await;
    let mut live = store.live::<first::Balance>().rows().await.expect("folded");
    live.sort_by(|one, other| one.account.cmp(&other.account));
    assert_eq!(rows.expect("readable"), live);
    running.stop().await;
}

/// Who has just opened the store knows nothing of a transaction that is open: rows must not be made of what can be read then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_beside_an_open_transaction_leaves_the_rows() {
    let database = annals_tests::postgres().await;
    let old = release::<first::Balance>(&database).await;
    let running = start(&old).await;
    open(running.store(), "ada", 1).await.expect("opened");
    let rows = async || {
        database
            .number("SELECT count(*) FROM annals.balances_v1")
            .await
    };
    until("the first row", async || (rows().await == 1).then_some(())).await;
    let other = database.store().await;
    let mut tx = other.begin().await.expect("begun");
    let append = Append::to(&account("eve"), Expected::Any, [deposited(1)]);
    other.append_in(&mut tx, append).await.expect("appended");
    open(running.store(), "bob", 1).await.expect("opened");
    running.stop().await;

    let hasty = annals_tests::options().lock_timeout(Duration::from_millis(300));
    let newcomer = app::<first::Balance>(database.open(hasty).await);
    let rebuilt = migrate::rebuild(&newcomer, "balances", &mut |_| {}).await;
    refused(rebuilt, ErrorKind::Busy, &["has been open for too long"]);
    assert_eq!(rows().await, 1);
    tx.rollback().await.expect("rolled back");
    let rebuilt = migrate::rebuild(&newcomer, "balances", &mut |_| {}).await;
    assert_eq!(rebuilt.expect("rebuilt"), 2);
}

/// It reads the events of all tenants, of which there are more than it pays to find out before.
async fn a_rebuild_among_very_many_tenants_holds_all_rows(database: &Database) {
    let old = release::<first::Balance>(database).await;
    start(&old).await.stop().await;
    let store = database.store().await;
    // The last one, whose aggregate no other has.
    let last = store.tenant("zz");
    open(&last, "ada", 1).await.expect("opened");
    database.add_tenants(1200).await;
    let rebuilt = migrate::rebuild(&old, "balances", &mut |_| {}).await;
    assert_eq!(rebuilt.expect("rebuilt"), 1);
}

async fn a_rebuild_handles_what_was_parked(database: &Database) {
    let old = release::<first::Balance>(database).await;
    let running = start(&old).await;
    let receipt = deposit(running.store(), "1", 5).await.expect("stored");
    let rows = running.store().read_model::<first::Balance>();
    rows.after(&receipt).wait().await.expect("parked");
    assert_eq!(database.number("select count(*) from {parked}").await, 1);
    running.stop().await;
    // As if a mended handler had come: the row is made first.
    database
        .edit("update {events} set event_type = 'account.opened', payload = '{\"owner\": \"ada\"}'")
        .await;
    let rebuilt = migrate::rebuild(&old, "balances", &mut |_| {}).await;
    assert_eq!(rebuilt.expect("rebuilt"), 1);
    assert_eq!(database.number("select count(*) from {parked}").await, 0);
}

async fn a_rebuild_says_which_event_is_in_its_way(database: &Database) {
    let old = release::<first::Balance>(database).await;
    start(&old).await.stop().await;
    let store = database.store().await;
    open(&store, "1", 5).await.expect("stored");
    deposit(&store, "2", 5).await.expect("stored");
    let rebuilt = migrate::rebuild(&old, "balances", &mut |_| {}).await;
    let parts = ["position 3", "account-2", "there is none", "`version = 2`"];
    refused(rebuilt, ErrorKind::Unhandled, &parts);
    database
        .edit("update {events} set payload = '{}' where position = 2")
        .await;
    let rebuilt = migrate::rebuild(&old, "balances", &mut |_| {}).await;
    refused(rebuilt, ErrorKind::Misfit, &["position 2", "cents"]);
    let rebuilt = migrate::rebuild(&old, "nothing", &mut |_| {}).await;
    refused(
        rebuilt,
        ErrorKind::Declaration,
        &["`nothing`", "it declares `balances`"],
    );
}

async fn what_is_paused_waits(database: &Database) {
    let old = release::<first::Balance>(database).await;
    let running = start(&old).await;
    let store = running.store().clone();
    let receipt = open(&store, "1", 5).await.expect("stored");
    let rows = || store.read_model::<first::Balance>();
    rows().after(&receipt).wait().await.expect("followed");
    assert_eq!(migrate::pause(&old, "balances").await.expect("paused"), 1);
    let receipt = deposit(&store, "1", 1).await.expect("stored");
    let waited = rows()
        .after(&receipt)
        .timeout(Duration::from_millis(800))
        .wait()
        .await;
    refused(waited, ErrorKind::Behind, &["`balances`"]);
    assert_eq!(migrate::resume(&old, "balances").await.expect("resumed"), 1);
    let row = rows().after(&receipt).get("1").await.expect("it goes on");
    assert_eq!(row.map(|row| row.cents), Some(6));
    refused(
        migrate::pause(&old, "nothing").await,
        ErrorKind::ReadModel,
        &["`nothing`"],
    );
    running.stop().await;
}

async fn what_nobody_follows_is_neither_paused_nor_resumed(database: &Database) {
    let (old, new) = (
        release::<first::Balance>(database).await,
        release::<second::Balance>(database).await,
    );
    start(&old).await.stop().await;
    run(&new, Run::new().without_switch()).await;
    refused(
        migrate::pause(&new, "balances").await,
        ErrorKind::ReadModel,
        &["is building"],
    );
    refused(
        migrate::resume(&new, "balances").await,
        ErrorKind::ReadModel,
        &["is building"],
    );
    let step = migrate::plan(&new).await.expect("a plan").steps.remove(0);
    assert!(matches!(step.action, Action::GoOn(_)), "{step:?}");
}

mod edited {
    use annals::prelude::*;
    use annals_tests::domain::{Deposited, Opened, Withdrawn};

    #[derive(ReadModel, Debug)]
    pub(super) struct Balance {
        #[key]
        account: String,
        owner: String,
        #[index]
        pub(super) cents: i64,
    }

    #[projection(name = "balances", version = 1)]
    impl Balance {
        fn opened(event: &Opened, cx: &Recorded) -> Self {
            let owner = event.owner.clone();
            let account = cx.stream().id().to_owned();
            Balance {
                account,
                owner,
                cents: 0,
            }
        }

        fn deposited(&mut self, event: &Deposited) {
            self.cents += event.cents;
        }

        fn withdrawn(&mut self, event: &Withdrawn) {
            self.cents -= event.cents;
        }
    }
}

async fn changed_handlers_are_accepted(database: &Database) {
    let edited = release::<edited::Balance>(database).await;
    refused(
        migrate::accept(&edited, "balances").await,
        ErrorKind::ReadModel,
        &["is not built yet"],
    );
    start(&release::<first::Balance>(database).await)
        .await
        .stop()
        .await;
    let hint = "projection accept balances";
    refused(
        edited.start().await,
        ErrorKind::ReadModel,
        &["its handlers changed", hint],
    );
    assert_eq!(
        migrate::accept(&edited, "balances")
            .await
            .expect("accepted"),
        1
    );
    start(&edited).await.stop().await;
    refused(
        release::<first::Balance>(database).await.start().await,
        ErrorKind::ReadModel,
        &[],
    );
    let first = release::<first::Balance>(database).await;
    let rebuilt = migrate::rebuild(&first, "balances", &mut |_| {}).await;
    rebuilt.expect("rebuilt, and with that accepted");
    start(&release::<first::Balance>(database).await)
        .await
        .stop()
        .await;
}

async fn a_version_that_is_used_is_not_dropped(database: &Database) {
    let (old, new) = (
        release::<first::Balance>(database).await,
        release::<second::Balance>(database).await,
    );
    let running = start(&old).await;
    until("a lease", async || {
        let leased = "select count(*) from {partitions} where owner is not null";
        (database.number(leased).await == 1).then_some(())
    })
    .await;
    let drop = async |version| migrate::drop_version(&new, "balances", version).await;
    refused(
        drop(1).await,
        ErrorKind::ReadModel,
        &["is the one that is shown", "rollback"],
    );
    refused(drop(7).await, ErrorKind::ReadModel, &["no version 7"]);
    run(&new, Run::new()).await;
    let worker = format!("by worker `{}-", std::process::id());
    refused(
        drop(1).await,
        ErrorKind::ReadModel,
        &[&worker, "stop the release"],
    );
    running.stop().await;
    drop(1).await.expect("dropped");
    let kept = "select count(*) from {partitions} where version = 1";
    assert_eq!(database.number(kept).await, 0);
    let rows = database
        .store()
        .await
        .read_model::<first::Balance>()
        .count()
        .await;
    refused(rows, ErrorKind::ReadModel, &["balances_v1"]);
    assert_eq!(
        database
            .number(&format!(
                "select count(*) from {}",
                table(database, "balances")
            ))
            .await,
        0
    );
}

async fn a_version_is_promoted(database: &Database) {
    let (old, new) = (
        release::<first::Balance>(database).await,
        release::<second::Balance>(database).await,
    );
    let running = start(&old).await;
    refused(
        migrate::promote(&new, "balances").await,
        ErrorKind::ReadModel,
        &["not built yet"],
    );
    run(&new, Run::new().without_switch()).await;
    let receipt = open(running.store(), "1", 5).await.expect("stored");
    let rows = running.store().read_model::<first::Balance>();
    rows.after(&receipt).wait().await.expect("followed");
    assert_eq!(
        migrate::promote(&new, "balances").await.expect("promoted"),
        2
    );
    let entries = format!("select entries from {}", table(database, "balances"));
    assert_eq!(
        database.number(&entries).await,
        1,
        "what came since is missing"
    );
    let indexes = match database.is_postgres() {
        true => {
            "select count(*) from pg_indexes where tablename = 'balances_v2' and indexdef like '%cents%'"
        }
        false => {
            "select count(*) from sqlite_schema where type = 'index' and tbl_name = 'balances_v2' and sql like '%cents%'"
        }
    };
    assert_eq!(database.number(indexes).await, 1);
    running.stop().await;
}

async fn a_version_is_not_shown_behind_the_one_before(database: &Database) {
    let (old, new) = (
        release::<first::Balance>(database).await,
        release::<second::Balance>(database).await,
    );
    let running = start(&old).await;
    let store = running.store().clone();
    open(&store, "1", 1).await.expect("stored");
    let (mut is_switching, mut cents) = (false, 1);
    let mut report = |progress: &migrate::Progress| {
        is_switching |= progress.stage == Stage::Switching;
        if progress.stage == Stage::Verifying || is_switching && progress.stage == Stage::Building {
            // However often it catches up, the old version is ahead again.
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(async {
                    let ahead = deposit(&store, "1", 1).await.expect("stored");
                    let rows = store.read_model::<first::Balance>();
                    rows.after(&ahead).wait().await.expect("followed");
                });
            });
            cents += 1;
        }
    };
    let run = Run::new().verify(Verification::Full);
    let run = migrate::run(&new, run, &mut report).await;
    run.expect("it is built");
    assert!(cents > 2, "the old version was never ahead");
    let view = format!("select cents from {}", table(database, "balances"));
    assert_eq!(database.number(&view).await, cents);
    running.stop().await;
}

async fn a_version_that_is_shown_stays_shown(database: &Database) {
    let old = release::<first::Balance>(database).await;
    start(&old).await.stop().await;
    refused(
        migrate::rollback(&old, "balances", None).await,
        ErrorKind::ReadModel,
        &["before the current one"],
    );
    let shown = "select count(*) from {projections} where is_current";
    assert_eq!(
        migrate::rollback(&old, "balances", Some(1))
            .await
            .expect("nothing to do"),
        1
    );
    assert_eq!(database.number(shown).await, 1);
    assert_eq!(
        migrate::promote(&old, "balances")
            .await
            .expect("nothing to do"),
        1
    );
    assert_eq!(database.number(shown).await, 1);
}

async fn a_version_that_is_half_built_is_not_rolled_back_to(database: &Database) {
    let (old, new) = (
        release::<first::Balance>(database).await,
        release::<second::Balance>(database).await,
    );
    start(&old).await.stop().await;
    run(&new, Run::new().without_switch()).await;
    for app in [&old, &new] {
        let back = migrate::rollback(app, "balances", Some(2)).await;
        refused(
            back,
            ErrorKind::ReadModel,
            &["version 2", "not built", "migrate run"],
        );
    }
}

async fn a_release_that_was_rolled_back_comes_back(database: &Database) {
    let (old, new) = (
        release::<first::Balance>(database).await,
        release::<second::Balance>(database).await,
    );
    let running = start(&old).await;
    run(&new, Run::new()).await;
    migrate::rollback(&old, "balances", None)
        .await
        .expect("rolled back");
    let receipt = open(running.store(), "1", 5).await.expect("stored");
    let rows = running.store().read_model::<first::Balance>();
    rows.after(&receipt).wait().await.expect("followed");
    // Nobody follows with the new version: the migration itself brings it up to date.
    run(&new, Run::new()).await;
    let entries = format!("select entries from {}", table(database, "balances"));
    assert_eq!(database.number(&entries).await, 1);
    running.stop().await;
}
