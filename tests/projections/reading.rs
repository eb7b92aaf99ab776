//! Reading rows: by key, in order, page by page, and after what was just stored.

use std::time::{Duration, Instant};

use annals::prelude::*;
use annals::{Append, ErrorKind, NewEvent, Running, StreamId};
use annals_tests::domain::{Account, Deposited, Opened, account};
use annals_tests::{Database, contract};

use crate::models::Balance;
use crate::stored::{PATIENCE, add, app, started};

contract![
    a_read_waits_for_what_was_stored,
    what_is_not_handled_is_not_waited_for,
    nothing_stored_is_not_waited_for,
    the_latest_of_several_is_waited_for,
    who_waits_too_long_is_told,
    who_asks_for_another_version_is_told,
    rows_come_in_the_order_of_keys_over_pages,
    each_tenant_counts_its_own,
    a_key_that_no_row_can_have_has_none,
];

async fn running(database: &Database) -> Running {
    let app = app(database).await.aggregate::<Account>();
    started(app.event::<Unrelated>().projection::<Balance>()).await
}

#[derive(Event, Serialize, Deserialize)]
#[event("weather.changed")]
struct Unrelated {}

async fn open(store: &Store, id: &str) -> Receipt {
    let owner = "ada".to_owned();
    add(store, &account(id), &Opened { owner }).await
}

async fn a_read_waits_for_what_was_stored(database: &Database) {
    let running = running(database).await;
    let store = running.store();
    open(store, "1").await;
    for cents in 1..50 {
        let receipt = add(store, &account("1"), &Deposited { cents }).await;
        let balance = store.read_model::<Balance>().after(&receipt).get("1").await;
        let balance = balance.expect("readable").expect("a row");
        assert_eq!(balance.cents, cents * (cents + 1) / 2);
    }
    running.stop().await;
}

async fn what_is_not_handled_is_not_waited_for(database: &Database) {
    let running = running(database).await;
    let receipt = open(running.store(), "1").await;
    let rows = running.store().read_model::<Balance>();
    rows.after(&receipt).wait().await.expect("handled");
    let store = running.store().clone();
    // Nobody moves the checkpoint any more.
    running.stop().await;
    for _ in 0..3 {
        let receipt = add(&store, &StreamId::new("weather", "1"), &Unrelated {}).await;
        let reading = store.read_model::<Balance>().after(&receipt);
        let begun = Instant::now();
        assert_eq!(reading.count().await.expect("nothing to wait for"), 1);
        assert!(begun.elapsed() < Duration::from_secs(4));
    }
}

async fn nothing_stored_is_not_waited_for(database: &Database) {
    let running = running(database).await;
    let store = running.store();
    let guard = Append::to(&account("1"), Expected::NoStream, []);
    let receipt = store.append(guard).await.expect("it holds");
    assert_eq!(receipt.position(), None);
    let rows = store.read_model::<Balance>().after(&receipt);
    assert_eq!(rows.count().await.expect("nothing to wait for"), 0);
    running.stop().await;
}

async fn the_latest_of_several_is_waited_for(database: &Database) {
    let running = running(database).await;
    let store = running.store();
    let first = open(store, "1").await;
    let last = open(store, "2").await;
    let rows = store.read_model::<Balance>().after(&last).after(&first);
    assert_eq!(rows.count().await.expect("readable"), 2);
    let position = last.position().expect("stored");
    let rows = store.read_model::<Balance>().after_position(position);
    assert_eq!(rows.count().await.expect("readable"), 2);
    running.stop().await;
}

async fn who_waits_too_long_is_told(database: &Database) {
    let running = running(database).await;
    let store = running.store().clone();
    running.stop().await;
    let receipt = open(&store, "1").await;
    let rows = store.read_model::<Balance>().after(&receipt);
    let begun = Instant::now();
    let error = rows.timeout(Duration::from_millis(150)).get("1").await;
    let error = error.expect_err("nobody works");
    assert!((150..5000).contains(&begun.elapsed().as_millis()));
    assert_eq!(error.kind(), ErrorKind::Behind);
    assert_eq!(
        error.to_string(),
        "projection `balances` has come to position 0, and position 1 was waited for, for 150ms"
    );
    assert_eq!(
        error.hint(),
        Some(
            "see that a worker runs (`App::start`, or `serve` of the program), and how far it is: `projection status`; or \
             wait longer: `.timeout(..)`"
        )
    );
}

async fn who_asks_for_another_version_is_told(database: &Database) {
    let store = database.store().await;
    let receipt = open(&store, "1").await;
    let error = store.read_model::<Balance>().after(&receipt).get("1").await;
    let error = error.expect_err("there is none");
    assert_eq!(error.kind(), ErrorKind::ReadModel);
    assert_eq!(
        error.to_string(),
        "the database has no version 1 of projection `balances`"
    );
    let error = store.read_model::<Balance>().get("1").await;
    let error = error.expect_err("there is no table");
    assert_eq!(error.kind(), ErrorKind::ReadModel);
    assert!(error.to_string().contains("`balances_v1`"), "{error}");
}

async fn rows_come_in_the_order_of_keys_over_pages(database: &Database) {
    let store = database.store().await;
    // 1100 rows are more than two pages.
    let mut last = None;
    for chunk in 0..11 {
        let mut appends = Append::to(&account("guard"), Expected::Any, []);
        for n in 0..100 {
            // Lowercase comes after uppercase, and 10 before 2: keys are ordered by their bytes.
            let n = 100 * chunk + n;
            let case = if n % 2 == 0 { "a" } else { "B" };
            let owner = "ada".to_owned();
            let opened = NewEvent::of(&Opened { owner });
            appends = appends.and(&account(&format!("{case}é{n}")), Expected::Any, [opened]);
        }
        last = Some(store.append(appends).await.expect("stored"));
    }
    let running = running(database).await;
    let rows = running.store().read_model::<Balance>();
    let rows = rows.after(&last.expect("stored")).timeout(PATIENCE);
    let mut found = Vec::new();
    let mut list = rows.rows().await.expect("readable");
    while let Some(row) = list.next().await.expect("readable") {
        found.push(row.account);
    }
    assert_eq!(list.next().await.expect("it has ended"), None);
    assert_eq!(found.len(), 1100);
    let mut sorted = found.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(found, sorted);
    assert_eq!(rows.count().await.expect("counted"), 1100);
    running.stop().await;
}

async fn each_tenant_counts_its_own(database: &Database) {
    let running = running(database).await;
    let store = running.store();
    let acme = &store.tenant("acme");
    open(store, "1").await;
    open(acme, "1").await;
    let receipt = open(acme, "2").await;
    let count = |store: &Store| store.read_model::<Balance>().after(&receipt);
    assert_eq!(count(store).count().await.expect("counted"), 1);
    assert_eq!(count(acme).count().await.expect("counted"), 2);
    assert_eq!(
        count(&store.tenant("none")).count().await.expect("counted"),
        0
    );
    assert_eq!(count(store).get("2").await.expect("readable"), None);
    let rows = count(acme).rows().await.expect("readable");
    assert_eq!(rows.collect().await.expect("readable").len(), 2);
    let live = acme.live::<Balance>().rows().await.expect("folded");
    assert_eq!(live.len(), 2);
    running.stop().await;
}

async fn a_key_that_no_row_can_have_has_none(database: &Database) {
    let running = running(database).await;
    let store = running.store();
    let receipt = open(store, "1").await;
    add(store, &account("1"), &Deposited { cents: 3 }).await;
    let rows = store.read_model::<Balance>().after(&receipt);
    assert_eq!(rows.get("a\0b").await.expect("readable"), None);
    assert!(rows.get("1").await.expect("readable").is_some());
    assert!(rows.get(&"1".to_owned()).await.expect("readable").is_some());
    running.stop().await;
}
