//! Several migrations at the same time, several partitions, several tenants.

use std::sync::mpsc;
use std::time::Duration;

use annals::App;
use annals::migrate::{self, Progress, Run, Stage, Verification};
use annals_tests::domain::Account;
use annals_tests::releases::{app, deposit, open, second};
use annals_tests::{Database, contract};

use crate::models::{Entry, Funded, Owner};
use crate::{leased_for_ever, same_as_live, until};

contract![
    one_migration_waits_for_another,
    partitions_and_tenants_are_built_together,
    uneven_partitions_are_brought_up_to_date,
    a_view_does_not_go_back_to_a_version_that_is_behind_one_of_the_partitions,
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
    leased_for_ever(database, "partition = 1").await;
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

macro_rules! halves {
    ($($module:ident $version:literal),+) => {
        $(mod $module {
            use annals::prelude::*;
            use annals_tests::domain::{Deposited, Opened};

            #[derive(ReadModel, Debug)]
            pub(super) struct Half {
                #[key]
                account: String,
                cents: i64,
            }

            #[projection(name = "halves", version = $version, partitions = 2)]
            impl Half {
                fn opened(_: &Opened, cx: &Recorded) -> Self {
                    Half {
                        account: cx.stream().id().to_owned(),
                        cents: 0,
                    }
                }

                fn deposited(&mut self, event: &Deposited) {
                    self.cents += event.cents;
                }
            }
        })+
    };
}

halves![halves_before 1, halves_after 2];

async fn a_view_does_not_go_back_to_a_version_that_is_behind_one_of_the_partitions(
    database: &Database,
) {
    let store = database.store().await;
    let before = || app::<halves_before::Half>(store.clone());
    let after = || app::<halves_after::Half>(store.clone());
    for account in 0..8 {
        open(&store, &account.to_string(), 0).await.expect("stored");
    }
    for app in [before(), after()] {
        let run = migrate::run(&app, Run::new(), &mut |_| {}).await;
        run.expect("built and shown");
    }
    leased_for_ever(database, "version = 2 and partition = 0").await;
    let running = after().start().await.expect("it starts");
    for account in 0..8 {
        let last = deposit(&store, &account.to_string(), 5).await;
        last.expect("stored");
    }
    let ahead = "select count(*) from {partitions} where version = 2
                 and checkpoint = (select max(position) from {events})";
    until("the other partition", async || {
        (database.number(ahead).await == 1).then_some(())
    })
    .await;
    running.stop().await;
    let view = match database.is_postgres() {
        true => "select count(*) from annals.halves where cents = 5",
        false => "select count(*) from halves where cents = 5",
    };
    let shown = database.number(view).await;
    assert!((1..8).contains(&shown), "one of two partitions: {shown}");

    let new = after();
    let rollback = migrate::rollback(&new, "halves", Some(1));
    let is_done = tokio::time::timeout(Duration::from_secs(2), rollback).await;
    assert!(is_done.is_err(), "it waits for the version: {is_done:?}");
    let old = before().start().await.expect("it starts");
    let back = migrate::rollback(&new, "halves", Some(1)).await;
    assert_eq!(back.expect("it was brought up to date"), 1);
    assert!(database.number(view).await >= shown, "it went back");
    // The partition that was behind in both versions may still be.
    until("the other partition", async || {
        (database.number(view).await == 8).then_some(())
    })
    .await;
    old.stop().await;
}
