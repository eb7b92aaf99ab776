//! Rows that change in the transaction that appends.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use annals::prelude::*;
use annals::projection::parked;
use annals::{App, Append, NewEvent, Version};
use annals_tests::databases::unique;
use annals_tests::domain::{Account, Deposit, Deposited, Opened, Withdrawn, account, deposited};
use annals_tests::{Database, contract, options};
use tokio::task::JoinSet;

use crate::stored::{PATIENCE, app, rows, started, until};

contract![
    rows_are_there_at_once,
    rows_are_there_at_once_for_who_waits,
    rows_of_a_group_of_streams_are_there_at_once,
    what_is_rolled_back_is_in_no_row,
    a_conflict_changes_no_row,
    a_repetition_changes_no_row,
    an_append_goes_on_without_a_table_that_was_dropped,
    an_append_that_fails_leaves_nothing_in_the_transaction,
    concurrent_appends_are_all_in_the_rows,
    the_next_append_catches_up,
    a_worker_catches_up,
    poison_loses_no_fact,
    an_event_that_does_not_decode_loses_no_fact,
    apps_and_workers_at_once_agree,
    what_is_parked_is_tried_again_beside_appends,
    changed_rules_are_not_followed,
];

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Entry {
    #[key]
    account: String,
    cents: i64,
    #[column(json)]
    values: Vec<i64>,
}

impl Entry {
    fn with(row: Option<Self>, cents: i64, cx: &Recorded) -> Result<Self, String> {
        let barred = BARRED.lock().expect("a set");
        if cents == 13 && barred.as_ref().is_some_and(|all| all.contains(cx.tenant())) {
            return Err("13 brings bad luck".to_owned());
        }
        let mut entry = row.unwrap_or_else(|| Entry {
            account: cx.stream().id().to_owned(),
            cents: 0,
            values: Vec::new(),
        });
        entry.cents += cents;
        entry.values.push(cents);
        Ok(entry)
    }
}

/// The tenants, of one test each, whose 13 is barred.
static BARRED: Mutex<Option<HashSet<String>>> = Mutex::new(None);

fn bar(tenant: &str) {
    let mut barred = BARRED.lock().expect("a set");
    barred.get_or_insert_default().insert(tenant.to_owned());
}

fn unbar(tenant: &str) {
    let mut barred = BARRED.lock().expect("a set");
    barred.get_or_insert_default().remove(tenant);
}

#[projection(name = "entries", inline)]
impl Entry {
    fn deposited(row: Option<Self>, event: &Deposited, cx: &Recorded) -> Result<Self, String> {
        Entry::with(row, event.cents, cx)
    }

    fn withdrawn(row: Option<Self>, event: &Withdrawn, cx: &Recorded) -> Result<Self, String> {
        Entry::with(row, -event.cents, cx)
    }
}

fn entries(app: App) -> App {
    app.aggregate::<Account>().projection::<Entry>()
}

/// A store that knows the projection, without any worker.
async fn opened(database: &Database) -> Store {
    let app = entries(app(database).await);
    app.open().await.expect("it opens")
}

fn deposit(id: &str, cents: i64) -> Append {
    Append::to(&account(id), Expected::Any, [deposited(cents)])
}

async fn values(store: &Store, id: &str) -> Option<Vec<i64>> {
    let entry = store.read_model::<Entry>().get(id).await;
    entry.expect("readable").map(|entry| entry.values)
}

/// The table says what the events say.
async fn agrees(store: &Store) {
    let found = store.read_model::<Entry>().rows().await.expect("readable");
    let found = found.collect().await.expect("readable");
    let mut live = store.live::<Entry>().rows().await.expect("folded");
    live.sort_by(|one, other| one.account.cmp(&other.account));
    assert_eq!(found, live);
}

async fn rows_are_there_at_once(database: &Database) {
    let store = opened(database).await;
    store.append(deposit("1", 5)).await.expect("stored");
    assert_eq!(values(&store, "1").await, Some(vec![5]));
    let root = store.aggregate::<Account>("1");
    root.execute(Deposit(7)).await.expect("stored");
    assert_eq!(values(&store, "1").await, Some(vec![5, 7]));
    for answer in store
        .append_many(vec![deposit("1", 1), deposit("2", 2), deposit("1", 3)])
        .await
    {
        answer.expect("stored");
    }
    assert_eq!(values(&store, "1").await, Some(vec![5, 7, 1, 3]));
    assert_eq!(values(&store, "2").await, Some(vec![2]));
    let acme = store.tenant("acme");
    acme.append(deposit("1", 9)).await.expect("stored");
    assert_eq!(values(&acme, "1").await, Some(vec![9]));
    assert_eq!(values(&store, "1").await, Some(vec![5, 7, 1, 3]));
}

async fn rows_are_there_at_once_for_who_waits(database: &Database) {
    let store = opened(database).await;
    let receipt = store.append(deposit("1", 5)).await.expect("stored");
    let reading = store.read_model::<Entry>().after(&receipt);
    let entry = reading.timeout(Duration::from_secs(1)).get("1").await;
    assert_eq!(
        entry.expect("it is there").map(|entry| entry.cents),
        Some(5)
    );
}

async fn rows_of_a_group_of_streams_are_there_at_once(database: &Database) {
    let store = opened(database).await;
    let group = Append::to(
        &account("b"),
        Expected::NoStream,
        [deposited(1), deposited(2)],
    )
    .and(&account("a"), Expected::NoStream, [deposited(3)])
    .and(
        &account("c"),
        Expected::Any,
        [NewEvent::of(&Opened {
            owner: "ada".into(),
        })],
    );
    store.append(group).await.expect("stored");
    assert_eq!(values(&store, "a").await, Some(vec![3]));
    assert_eq!(values(&store, "b").await, Some(vec![1, 2]));
    assert_eq!(values(&store, "c").await, None);
}

async fn what_is_rolled_back_is_in_no_row(database: &Database) {
    let store = opened(database).await;
    store.append(deposit("1", 1)).await.expect("stored");
    let mut tx = store.begin().await.expect("a transaction");
    for cents in [2, 3] {
        let append = store.append_in(&mut tx, deposit("1", cents)).await;
        append.expect("stored");
    }
    assert_eq!(values(&store, "1").await, Some(vec![1]), "not committed");
    tx.rollback().await.expect("rolled back");
    assert_eq!(values(&store, "1").await, Some(vec![1]));
    let mut tx = store.begin().await.expect("a transaction");
    for cents in [4, 5] {
        let append = store.append_in(&mut tx, deposit("1", cents)).await;
        append.expect("stored");
    }
    tx.commit().await.expect("committed");
    assert_eq!(values(&store, "1").await, Some(vec![1, 4, 5]));
    agrees(&store).await;
}

async fn a_conflict_changes_no_row(database: &Database) {
    let store = opened(database).await;
    store.append(deposit("1", 1)).await.expect("stored");
    let late = Append::to(&account("1"), Expected::NoStream, [deposited(2)]);
    let error = store.append(late).await.expect_err("a conflict");
    assert!(error.is_conflict());
    let mut tx = store.begin().await.expect("a transaction");
    let late = Append::to(
        &account("1"),
        Expected::Exact(Version::new(7)),
        [deposited(2)],
    );
    let error = store
        .append_in(&mut tx, late)
        .await
        .expect_err("a conflict");
    assert!(error.is_conflict());
    let append = store.append_in(&mut tx, deposit("2", 3)).await;
    append.expect("the transaction goes on");
    tx.commit().await.expect("committed");
    assert_eq!(values(&store, "1").await, Some(vec![1]));
    assert_eq!(values(&store, "2").await, Some(vec![3]));
}

async fn a_repetition_changes_no_row(database: &Database) {
    let store = opened(database).await;
    let again = Append::to(&account("1"), Expected::NoStream, [deposited(1)]);
    store.append(again.clone()).await.expect("stored");
    let receipt = store.append(again).await.expect("stored before");
    assert!(receipt.is_repeated());
    assert_eq!(values(&store, "1").await, Some(vec![1]));
}

async fn an_append_goes_on_without_a_table_that_was_dropped(database: &Database) {
    let store = opened(database).await;
    store.append(deposit("1", 1)).await.expect("stored");
    let view = if database.is_postgres() {
        "annals.entries"
    } else {
        "entries"
    };
    database
        .sql(&format!("drop view {view}; drop table {view}_v1"))
        .await;
    let mut tx = store.begin().await.expect("a transaction");
    let appended = store.append_in(&mut tx, deposit("1", 2)).await;
    appended.expect("a fact is kept, whatever became of its rows");
    tx.commit().await.expect("committed");
    store.append(deposit("2", 3)).await.expect("stored");
    assert_eq!(database.events().await, 3);
}

async fn an_append_that_fails_leaves_nothing_in_the_transaction(database: &Database) {
    let store = opened(database).await;
    store.append(deposit("1", 1)).await.expect("stored");
    // Whoever did that has broken the store, and with it appends.
    let table = if database.is_postgres() {
        "annals.inline_heads"
    } else {
        "annals_inline_heads"
    };
    database.sql(&format!("drop table {table}")).await;
    let mut tx = store.begin().await.expect("a transaction");
    let error = store.append_in(&mut tx, deposit("1", 2)).await;
    let error = error.expect_err("there is no table");
    assert!(error.to_string().contains("inline_heads"), "{error}");
    let opened = Append::to(
        &account("2"),
        Expected::Any,
        [NewEvent::of(&Opened {
            owner: "ada".into(),
        })],
    );
    store.append_in(&mut tx, opened).await.expect("it goes on");
    tx.commit().await.expect("committed");
    let events = "select count(*) from {events} where stream = 'account-1'";
    assert_eq!(database.number(events).await, 1);
    assert_eq!(database.events().await, 2);
}

async fn concurrent_appends_are_all_in_the_rows(database: &Database) {
    let stores = [opened(database).await, opened(database).await];
    let mut tasks = JoinSet::new();
    for n in 0..8_i64 {
        let store = stores[usize::try_from(n % 2).expect("small")].clone();
        tasks.spawn(async move {
            for round in 0..6 {
                let (one, other) = ((n + round) % 4, (n * round + 1) % 4);
                let append = deposit(&one.to_string(), 100 * n + round);
                let append = match one == other {
                    true => append,
                    false => {
                        append.and(&account(&other.to_string()), Expected::Any, [deposited(1)])
                    }
                };
                store.append(append).await.expect("stored");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no task panics");
    }
    agrees(&stores[0]).await;
    assert_eq!(
        stores[0]
            .read_model::<Entry>()
            .count()
            .await
            .expect("counted"),
        4
    );
}

async fn the_next_append_catches_up(database: &Database) {
    let store = opened(database).await;
    let other = database.store().await;
    for cents in [1, 2] {
        other.append(deposit("1", cents)).await.expect("stored");
    }
    other.append(deposit("2", 9)).await.expect("stored");
    assert_eq!(values(&store, "1").await, None);
    store.append(deposit("1", 3)).await.expect("stored");
    assert_eq!(values(&store, "1").await, Some(vec![1, 2, 3]));
    assert_eq!(values(&store, "2").await, None);
}

async fn a_worker_catches_up(database: &Database) {
    let other = database.store().await;
    for cents in 0..15 {
        other.append(deposit("1", cents)).await.expect("stored");
    }
    let running = started(entries(app(database).await)).await;
    let store = running.store();
    let receipt = other.append(deposit("1", 1)).await.expect("stored");
    let found = rows::<Entry>(store, &receipt).await;
    assert_eq!(found[0].values.len(), 16);
    store.append(deposit("1", 2)).await.expect("stored");
    let receipt = other.append(deposit("1", 3)).await.expect("stored");
    rows::<Entry>(store, &receipt).await;
    agrees(store).await;
    running.stop().await;
}

async fn poison_loses_no_fact(database: &Database) {
    let tenant = &unique();
    let store = opened(database).await.tenant(tenant);
    bar(tenant);
    for cents in [1, 13, 2] {
        store.append(deposit("1", cents)).await.expect("stored");
    }
    store.append(deposit("2", 3)).await.expect("stored");
    assert_eq!(values(&store, "1").await, Some(vec![1]));
    assert_eq!(values(&store, "2").await, Some(vec![3]));
    assert_eq!(database.events().await, 4);
    assert_eq!(database.number("select count(*) from {parked}").await, 2);
    unbar(tenant);
    let other = entries(App::new(database.url()).options(options()));
    let retried = parked::retry(&other, "entries", None).await;
    assert_eq!(retried.expect("tried").handled, 2);
    assert_eq!(values(&store, "1").await, Some(vec![1, 13, 2]));
    store.append(deposit("1", 4)).await.expect("stored");
    assert_eq!(values(&store, "1").await, Some(vec![1, 13, 2, 4]));
    agrees(&store).await;
}

async fn an_event_that_does_not_decode_loses_no_fact(database: &Database) {
    let store = opened(database).await;
    store.append(deposit("1", 1)).await.expect("stored");
    let other = database.store().await;
    other.append(deposit("1", 2)).await.expect("stored");
    let damage = "update {events} set payload = '{\"cents\":\"?\"}' where version = 2";
    database.edit(damage).await;
    let receipt = store.append(deposit("1", 3)).await.expect("stored");
    assert_eq!(receipt.version(), Version::new(3));
    assert_eq!(values(&store, "1").await, Some(vec![1]));
    // A worker stops there for all to see.
    let running = started(entries(app(database).await)).await;
    let reading = running.store().read_model::<Entry>();
    let error = reading.after(&receipt).timeout(PATIENCE).wait().await;
    let error = error.expect_err("it stopped");
    assert!(error.to_string().contains("stopped before"), "{error}");
    running.stop().await;
}

async fn apps_and_workers_at_once_agree(database: &Database) {
    let one = started(entries(app(database).await)).await;
    let other = started(entries(app(database).await)).await;
    let unknowing = database.store().await;
    let stores = [
        one.store().clone(),
        other.store().clone(),
        unknowing.clone(),
    ];
    let mut tasks = JoinSet::new();
    for n in 0..6_i64 {
        let store = stores[usize::try_from(n % 3).expect("small")].clone();
        tasks.spawn(async move {
            for round in 0..10 {
                let id = ((n + round) % 5).to_string();
                store
                    .append(deposit(&id, 100 * n + round))
                    .await
                    .expect("stored");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no task panics");
    }
    let receipt = unknowing.append(deposit("0", 1)).await.expect("stored");
    rows::<Entry>(one.store(), &receipt).await;
    agrees(one.store()).await;
    one.stop().await;
    other.stop().await;
}

/// An append that comes in between neither leaves an event parked behind nobody, nor lets it overtake.
async fn what_is_parked_is_tried_again_beside_appends(database: &Database) {
    let tenant = &unique();
    let store = opened(database).await.tenant(tenant);
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for cents in 0..200 {
            let cents = if cents % 4 == 0 { 13 } else { 100 + cents };
            writer.append(deposit("1", cents)).await.expect("stored");
        }
    });
    let other = entries(App::new(database.url()).options(options()));
    let parked = || database.number("select count(*) from {parked}");
    while !writing.is_finished() {
        bar(tenant);
        let is_over = || async { writing.is_finished() || parked().await > 0 };
        until("something is parked", is_over, |over| *over).await;
        unbar(tenant);
        parked::retry(&other, "entries", None).await.expect("tried");
        assert_eq!(parked().await, 0, "nothing fails any more");
    }
    writing.await.expect("all is stored");
    agrees(&store).await;
}

mod forgotten {
    use super::*;

    #[derive(ReadModel, Debug, Clone, PartialEq)]
    pub(super) struct Entry {
        #[key]
        pub(super) account: String,
        pub(super) cents: i64,
        #[column(json)]
        pub(super) values: Vec<i64>,
    }

    /// Somebody changed the rules and forgot to raise the version.
    #[projection(name = "entries", inline)]
    impl Entry {
        fn deposited(row: Option<Self>, event: &Deposited, cx: &Recorded) -> Self {
            Entry {
                account: cx.stream().id().to_owned(),
                cents: -event.cents,
                values: row.map_or_else(Vec::new, |row| row.values),
            }
        }
    }
}

async fn changed_rules_are_not_followed(database: &Database) {
    let store = opened(database).await;
    store.append(deposit("1", 1)).await.expect("stored");
    let changed = app(database)
        .await
        .aggregate::<Account>()
        .projection::<forgotten::Entry>();
    let other = changed.open().await.expect("it opens");
    other.append(deposit("1", 2)).await.expect("stored");
    assert_eq!(values(&store, "1").await, Some(vec![1]));
    let error = changed.start().await.expect_err("it does not start");
    assert!(
        error.to_string().contains("its handlers changed"),
        "{error}"
    );
    store.append(deposit("1", 3)).await.expect("stored");
    assert_eq!(values(&store, "1").await, Some(vec![1, 2, 3]));
}
