//! Several migrations at the same time, several partitions, several tenants.

use std::sync::mpsc;
use std::time::Duration;

use annals::App;
use annals::migrate::{self, Progress, Run, Stage, Verification};
use annals_tests::domain::Account;
use annals_tests::releases::{app, deposit, open, second};
use annals_tests::{Database, contract};

use crate::models::{Entry, Funded, Owner};
use crate::{same_as_live, until};

contract![
    one_migration_waits_for_another,
    partitions_and_tenants_are_built_together,
    uneven_partitions_are_brought_up_to_date,
];

async fn one_migration_waits_for_another(database: &Database) {
    let store = database.store().await;
    for account in 0..20 {
        open(&store, &account.to_string(), 3).await.expect("stored");
    }
    let (is_waiting, waiting) = mpsc::channel();
    let (is_building, building) = tokio::sync::oneshot::channel();
    let migration = |mut each: Box<dyn FnMut(Stage) + Send>| {
        let app = app::<second::Balance>(store.clone());
        tokio::spawn(async move {
            let run = Run::new().verify(Verification::Full);
            let mut report = |progress: &Progress| each(progress.stage);
            migrate::run(&app, run, &mut report).await
        })
    };
    // It goes on when the other one waits for it.
    let mut is_building = Some(is_building);
    let one = migration(Box::new(move |stage| {
        if stage == Stage::Verifying
            && let Some(is_building) = is_building.take()
        {
            is_building.send(()).expect("somebody waits");
            let waited =
                tokio::task::block_in_place(|| waiting.recv_timeout(Duration::from_secs(30)));
            waited.expect("the other one waits");
        }
    }));
    building.await.expect("the first one builds");
    let other = migration(Box::new(move |stage| {
        if stage == Stage::Waiting {
            let _ = is_waiting.send(());
        }
    }));
    let one = one.await.expect("no panic").expect("it is built");
    let other = other.await.expect("no panic").expect("it was waited for");
    assert_eq!(
        (one[0].events, one[0].rows, one[0].is_shown),
        (40, Some(20), true)
    );
    assert_eq!((other[0].events, other[0].is_shown), (0, true));
    let leased = "select count(*) from {partitions} where owner is not null";
    assert_eq!(database.number(leased).await, 0);
    let store = app::<second::Balance>(store)
        .open()
        .await
        .expect("it opens");
    same_as_live::<second::Balance>(&store).await;
}

async fn all(database: &Database) -> App {
    App::new(database.store().await)
        .aggregate::<Account>()
        .projection::<Owner>()
        .projection::<Entry>()
        .projection::<Funded>()
        .lease(Duration::from_millis(600))
}

async fn partitions_and_tenants_are_built_together(database: &Database) {
    let app = all(database).await;
    let store = app.open().await.expect("it opens");
    for tenant in ["", "acme", "umbrella"] {
        for account in 0..10 {
            let cents = account % 3;
            let store = store.tenant(tenant);
            open(&store, &account.to_string(), cents)
                .await
                .expect("stored");
        }
    }
    let run = Run::new().verify(Verification::Full);
    let outcomes = migrate::run(&app, run, &mut |_| {}).await;
    let rows: Vec<_> = outcomes
        .expect("built")
        .iter()
        .map(|built| built.rows)
        .collect();
    assert_eq!(rows, [Some(30), Some(60), Some(18)]);
    let running = app.start().await.expect("it starts");
    for tenant in ["", "acme", "umbrella"] {
        let store = running.store().tenant(tenant);
        let last = deposit(&store, "0", 1).await.expect("stored");
        store
            .read_model::<Entry>()
            .after(&last)
            .wait()
            .await
            .expect("followed");
        store
            .read_model::<Funded>()
            .after(&last)
            .wait()
            .await
            .expect("followed");
        same_as_live::<Owner>(&store).await;
        same_as_live::<Entry>(&store).await;
        same_as_live::<Funded>(&store).await;
    }
    running.stop().await;
}

/// One partition belongs to a worker that is gone, so that the others get ahead of it.
async fn uneven_partitions_are_brought_up_to_date(database: &Database) {
    let app = all(database).await;
    app.start().await.expect("it starts").stop().await;
    let gone = match database.is_postgres() {
        true => {
            "update {partitions} set owner = 'gone', leased_until = now() + interval '1 hour' where partition = 1"
        }
        false => {
            "update {partitions} set owner = 'gone', leased_until = '2999-01-01T00:00:00.000000Z' where partition = 1"
        }
    };
    database.sql(gone).await;
    let running = app.start().await.expect("it starts");
    let store = running.store().clone();
    for account in 0..20 {
        open(&store, &account.to_string(), 5).await.expect("stored");
    }
    until("a partition that is ahead", async || {
        let ahead = "select count(*) from {partitions} where checkpoint >= 40 and partition <> 1";
        (database.number(ahead).await == 6).then_some(())
    })
    .await;
    running.stop().await;
    assert_eq!(
        database
            .number("select max(checkpoint) from {partitions} where partition = 1")
            .await,
        0
    );
    // Another version is shown; this one is returned to.
    for projection in ["owners", "entries", "funded"] {
        database
            .sql(&format!(
                "update {{projections}} set is_current = {} where name = '{projection}'",
                if database.is_postgres() { "false" } else { "0" }
            ))
            .await;
        let back = migrate::rollback(&app, projection, Some(1)).await;
        assert_eq!(back.expect("brought up to date"), 1);
    }
    same_as_live::<Owner>(&store).await;
    same_as_live::<Entry>(&store).await;
    same_as_live::<Funded>(&store).await;
}
