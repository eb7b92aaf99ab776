//! Where a process begins, and what keeps it from that.

use std::time::Duration;

use annals::{App, Append, ErrorKind, Expected, NewEvent, Store, StreamId, Tx};
use annals_tests::{Database, contract, options};
use futures_util::future::join_all;

use crate::lamps::{Keeper, Lamp, Lit, all, append, inputs, lamps, told};

contract![
    what_happened_before_the_first_start_does_not_concern_it,
    many_start_at_once,
    drafts_are_refused_before_anything_is_stored,
    events_that_no_aggregate_reads_are_refused,
];

async fn what_happened_before_the_first_start_does_not_concern_it(database: &Database) {
    let store = database.store().await;
    append(&store, "old", &Lit { for_ms: 0 })
        .await
        .expect("lit");
    let app = lamps(store.clone());
    let running = app.start().await.expect("started");
    append(&store, "new", &Lit { for_ms: 0 })
        .await
        .expect("lit");
    told(&app, "new", |story| inputs(story).len() == 2).await;
    running.stop().await;
    // What happens while nobody is there does.
    append(&store, "later", &Lit { for_ms: 0 })
        .await
        .expect("lit");
    let running = app.start().await.expect("started");
    told(&app, "later", |story| inputs(story).len() == 2).await;
    let all: Vec<_> = all(&app).await.into_iter().map(|of| of.id).collect();
    assert_eq!(all.len(), 2, "{all:?}");
    running.stop().await;
}

/// A transaction in which a lamp is lit, and which has not ended.
async fn lit_and_open(store: &Store) -> Tx {
    let mut tx = store.begin().await.expect("begun");
    let event = NewEvent::of(&Lit { for_ms: 0 });
    let append = Append::to(&StreamId::new("lamp", "open"), Expected::Any, [event]);
    store.append_in(&mut tx, append).await.expect("appended");
    tx
}

/// A program that was just started knows nothing of the transactions that were open before. It waits for them, and does not take
/// all of the past for what happens now.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_an_open_transaction_the_past_does_not_concern_it_either() {
    let database = annals_tests::postgres().await;
    let other = database.store().await;
    append(&other, "old", &Lit { for_ms: 0 })
        .await
        .expect("lit");
    let tx = lit_and_open(&other).await;
    append(&other, "old", &Lit { for_ms: 0 })
        .await
        .expect("lit");
    let hasty = options().lock_timeout(Duration::from_millis(300));
    let error = lamps(database.open(hasty).await).start().await;
    let error = error.expect_err("nobody knows what is past");
    assert_eq!(error.kind(), ErrorKind::Busy, "{error:?}");

    let app = lamps(database.store().await);
    let starting = tokio::spawn(async move { (app.start().await, app) });
    tokio::time::sleep(Duration::from_millis(700)).await;
    tx.commit().await.expect("committed");
    let (running, app) = starting.await.expect("no panic");
    let running = running.expect("started");
    append(&other, "new", &Lit { for_ms: 0 })
        .await
        .expect("lit");
    told(&app, "new", |story| inputs(story).len() == 2).await;
    let all: Vec<_> = all(&app).await.into_iter().map(|of| of.id).collect();
    assert_eq!(all, ["new"]);
    running.stop().await;

    // Who knows where it stands needs to know no end.
    let _tx = lit_and_open(&other).await;
    let hasty = options().lock_timeout(Duration::from_millis(300));
    let again = lamps(database.open(hasty).await).start().await;
    again.expect("started").stop().await;
}

async fn many_start_at_once(database: &Database) {
    let store = database.store().await;
    let apps: Vec<App> = (0..6).map(|_| lamps(store.clone())).collect();
    let started = join_all(apps.iter().map(App::start)).await;
    for running in started {
        running.expect("started").stop().await;
    }
    let app = lamps(store.clone());
    let of = annals::projection::status::list(&app, Some("lamp-keeper")).await;
    assert_eq!(of.expect("listed")[0].partitions.len(), 4);
}

async fn drafts_are_refused_before_anything_is_stored(database: &Database) {
    let store = database.open(options().drafts(false)).await;
    let error = lamps(store).start().await.expect_err("a draft");
    assert_eq!(error.kind(), ErrorKind::Draft);
    let what = error.to_string();
    assert!(
        what.contains("`keeper_state` version 1, which a process stores, is a draft"),
        "{what}"
    );
    let hint = error.hint().expect("a hint");
    assert!(hint.contains("schema lock"), "{hint}");
}

async fn events_that_no_aggregate_reads_are_refused(database: &Database) {
    let app = App::new(database.store().await)
        .aggregate::<Lamp>()
        .process::<Keeper>();
    let error = app.start().await.expect_err("nobody reads it");
    assert_eq!(error.kind(), ErrorKind::Declaration);
    let what = error.to_string();
    assert!(what.contains("`lamp.smoked`"), "{what}");
}
