//! A store that is copied into another.

use std::sync::Mutex;

use annals::transfer::{Phase, replay};
use annals::{Append, ErrorKind, Expected, StreamId};
use annals_tests::domain::{Account, account, deposited, deposits};
use annals_tests::{Database, contract};

use crate::{app, append, both, deposit, events, filled, is_consistent, kept};

contract![
    a_copy_is_what_it_was_made_of,
    all_tenants_are_copied,
    one_aggregate_is_copied,
    the_source_is_only_read,
    streams_and_events_are_left_out,
    streams_are_renamed_and_split,
    streams_are_merged,
    a_dry_run_stores_nothing,
    a_copy_goes_on_where_it_ended,
    progress_is_told,
    what_was_changed_in_the_copy_is_named,
    what_others_added_to_the_copy_is_named,
    a_target_that_goes_on_differently_is_refused,
    a_hole_in_the_source_is_refused,
    a_store_is_not_copied_into_itself,
    a_copy_runs_in_a_task,
];

async fn a_copy_is_what_it_was_made_of(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        let told = replay(&app, &source)
            .batch(4)
            .run(&store)
            .await
            .expect("copied");
        assert_eq!(
            (told.tenants, told.streams, told.events, told.stored),
            (1, 3, 21, 21)
        );
        assert_eq!(told.by_type["money.deposited"], 20);
        assert_eq!(told.checksum.len(), 64);
        assert_eq!(kept(&events(&store).await), kept(&events(&source).await));
        is_consistent(&target).await;
    }
}

async fn all_tenants_are_copied(database: &Database) {
    let source = database.store().await;
    let names = ["", "acme", "zoo"];
    for name in names {
        filled(&source.tenant(name)).await;
    }
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        let told = replay(&app, &source).run(&store).await.expect("copied");
        assert_eq!((told.tenants, told.streams, told.events), (3, 9, 63));
        for name in names {
            let (one, other) = (
                events(&source.tenant(name)).await,
                events(&store.tenant(name)).await,
            );
            assert_eq!(kept(&one), kept(&other), "{name}");
        }
        let other = annals_tests::sqlite().await;
        let store = other.store().await;
        let told = replay(&app, &source)
            .tenant("acme")
            .run(&store)
            .await
            .expect("copied");
        assert_eq!((told.tenants, told.events), (1, 21));
        assert_eq!(events(&store).await, []);
        assert_eq!(events(&store.tenant("acme")).await.len(), 21);
    }
}

async fn one_aggregate_is_copied(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        let told = replay(&app, &source)
            .only("ledger")
            .run(&store)
            .await
            .expect("copied");
        assert_eq!((told.streams, told.events), (1, 10));
    }
}

async fn the_source_is_only_read(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    source.close().await;
    let source = database.open(annals_tests::options().read_only()).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        replay(&app, &source).run(&store).await.expect("copied");
    }
}

async fn streams_and_events_are_left_out(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        let told = replay(&app, &source)
            .streams(|stream| stream.id() != "a-b")
            .events(|event| event.recorded().event_type() != "account.opened")
            .run(&store)
            .await
            .expect("copied");
        assert_eq!((told.streams, told.events), (2, 10));
        assert_eq!(deposits(&store, &account("1")).await, [1, 2, 3, 4, 5]);
        let first = store
            .stream(&account("1"))
            .next()
            .await
            .expect("read")
            .expect("one");
        assert_eq!(first.recorded().version().get(), 1);
        is_consistent(&target).await;
    }
}

async fn streams_are_renamed_and_split(database: &Database) {
    let source = database.store().await;
    deposit(&source, "1", 1..=6).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        let told = replay(&app, &source)
            .into_streams(|event| {
                let is_even = event.recorded().version().get() % 2 == 0;
                StreamId::new("account", if is_even { "even" } else { "odd" })
            })
            .run(&store)
            .await
            .expect("copied");
        assert_eq!((told.streams, told.events), (2, 6));
        assert_eq!(deposits(&store, &account("even")).await, [2, 4, 6]);
        assert_eq!(deposits(&store, &account("odd")).await, [1, 3, 5]);
        is_consistent(&target).await;
    }
}

async fn streams_are_merged(database: &Database) {
    let source = database.store().await;
    for cents in 1..=3 {
        deposit(&source, "1", [cents].into_iter()).await;
        deposit(&source, "2", [cents * 10].into_iter()).await;
    }
    // The clocks of two machines: what was stored later has an earlier time.
    let stamp = if database.is_postgres() {
        "2001-01-01T00:00:00Z"
    } else {
        "2001-01-01T00:00:00.000000Z"
    };
    for table in ["{events}", "{streams}"] {
        let sql = format!("UPDATE {table} SET recorded_at = '{stamp}' WHERE stream = 'account-2'");
        database.edit(&sql).await;
    }
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        for stored in [6, 0] {
            let merge = replay(&app, &source)
                .batch(4)
                .into_streams(|_| account("all"));
            let told = merge.run(&store).await.expect("copied");
            assert_eq!((told.streams, told.events, told.stored), (1, 6, stored));
        }
        assert_eq!(
            deposits(&store, &account("all")).await,
            [1, 10, 2, 20, 3, 30]
        );
        is_consistent(&target).await;
        let state = store
            .aggregate::<Account>("all")
            .load()
            .await
            .expect("loads");
        assert_eq!(state.balance, 66);
    }
}

async fn a_dry_run_stores_nothing(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    let dry = replay(&app, &source).dry_run().await.expect("read");
    assert_eq!((dry.streams, dry.events, dry.stored), (3, 21, 0));
    let target = annals_tests::sqlite().await;
    let told = replay(&app, &source)
        .run(&target.store().await)
        .await
        .expect("copied");
    assert_eq!(told.checksum, dry.checksum);
    assert_eq!(told.by_type, dry.by_type);
}

async fn a_copy_goes_on_where_it_ended(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        replay(&app, &source).run(&store).await.expect("copied");
        let before = events(&source).await.len() as u64;
        deposit(&source, "2", 1..=3).await;
        let told = replay(&app, &source).run(&store).await.expect("copied");
        assert_eq!((told.events, told.stored), (before + 3, 3));
        assert_eq!(kept(&events(&store).await), kept(&events(&source).await));
    }
}

async fn progress_is_told(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    let target = annals_tests::sqlite().await;
    let heard = Mutex::new(Vec::new());
    let replay = replay(&app, &source).batch(5).progress(|progress| {
        let mut heard = heard.lock().expect("free");
        heard.push((progress.phase, progress.events, progress.position));
    });
    replay.run(&target.store().await).await.expect("copied");
    let heard = heard.into_inner().expect("free");
    let copied: Vec<_> = heard
        .iter()
        .filter(|heard| heard.0 == Phase::Copy)
        .collect();
    let counts: Vec<_> = copied.iter().map(|heard| heard.1).collect();
    assert_eq!(counts, [5, 10, 15, 20, 21]);
    assert_eq!(
        copied.last().expect("some").2,
        source.frontier().await.expect("asked")
    );
    assert!(heard.is_sorted_by_key(|heard| heard.0 == Phase::Verify));
}

/// Changes something in the copy once it is copied, and before it is compared.
fn spoil(target: &Database, sql: &'static str) {
    let run = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        runtime.block_on(target.edit(sql));
    };
    // A callback cannot wait by itself.
    std::thread::scope(|scope| scope.spawn(run).join().expect("changed"));
}

async fn what_was_changed_in_the_copy_is_named(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    for (sql, begin, end) in [
        (
            "UPDATE {events} SET payload = '{\"cents\":77}' WHERE stream = 'account-2' AND version = 3",
            "the copy of event 3 of stream `account-2` (",
            ") does not say the same",
        ),
        (
            "UPDATE {events} SET correlation = NULL WHERE stream = 'account-1' AND version = 4",
            "the copy of event 4 of stream `account-1` (",
            ") does not say the same",
        ),
        (
            "DELETE FROM {events} WHERE stream = 'account-2' AND version = 3",
            "where event 3 of stream `account-2` (",
            ")",
        ),
        (
            "DELETE FROM {events} WHERE stream = 'account-2' AND version = 5",
            "the copy lacks event 5 of stream `account-2` (",
            ")",
        ),
    ] {
        for target in both().await {
            let store = target.store().await;
            let replay = replay(&app, &source).progress(|progress| {
                if progress.phase == Phase::Copy {
                    spoil(&target, sql);
                }
            });
            let error = replay.run(&store).await.expect_err("spoiled");
            assert_eq!(error.kind(), ErrorKind::Difference, "{error:?}");
            assert!(error.to_string().starts_with(begin), "{error}");
            assert!(error.to_string().ends_with(end), "{error}");
            assert!(error.hint().is_some(), "{error:?}");
        }
    }
}

async fn what_others_added_to_the_copy_is_named(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        replay(&app, &source).run(&store).await.expect("copied");
        // Streams that were not copied concern nobody.
        append(
            &store,
            Append::to(&account("new"), Expected::NoStream, [deposited(1)]),
        )
        .await;
        replay(&app, &source).run(&store).await.expect("copied");
        append(
            &store,
            Append::to(&account("2"), Expected::Any, [deposited(1)]),
        )
        .await;
        let error = replay(&app, &source).run(&store).await.expect_err("more");
        assert_eq!(error.kind(), ErrorKind::Difference);
        let says = "the copy has event 6 of stream `account-2` (";
        assert!(error.to_string().starts_with(says), "{error}");
    }
}

async fn a_target_that_goes_on_differently_is_refused(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        append(
            &store,
            Append::to(&account("2"), Expected::Any, [deposited(1)]),
        )
        .await;
        let error = replay(&app, &source)
            .run(&store)
            .await
            .expect_err("different");
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(
            error
                .to_string()
                .contains("stream `account-2` goes on differently"),
            "{error}"
        );
    }
}

async fn a_hole_in_the_source_is_refused(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    database
        .edit("DELETE FROM {events} WHERE stream = 'account-2' AND version = 3")
        .await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        // Also where versions are counted anew.
        let merged = replay(&app, &source).into_streams(|_| account("all"));
        for replay in [replay(&app, &source), merged] {
            let error = replay.run(&store).await.expect_err("a hole");
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
            assert!(error.to_string().contains("event 3 is missing"), "{error}");
        }
    }
}

async fn a_store_is_not_copied_into_itself(database: &Database) {
    let source = database.store().await;
    let app = app(&source);
    let error = replay(&app, &source)
        .run(&source.tenant("x"))
        .await
        .expect_err("itself");
    assert_eq!(error.kind(), ErrorKind::Declaration);
}

async fn a_copy_runs_in_a_task(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let database = annals_tests::sqlite().await;
    let target = database.store().await;
    let task = tokio::spawn(async move {
        let app = app(&source);
        let text = crate::exported(&source).await;
        crate::imported(&source, &text).await.expect("imported");
        replay(&app, &source).run(&target).await
    });
    assert_eq!(task.await.expect("no panic").expect("copied").events, 21);
}
