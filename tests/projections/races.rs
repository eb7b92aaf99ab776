//! Workers that share the work, come, go, die and are paused: each event is in each projection once.

use std::process::Stdio;
use std::time::Duration;

use annals::prelude::*;
use annals::{Append, Running};
use annals_tests::domain::{account, deposited};
use annals_tests::tallies::{self, Lines, Tally, Walk};
use annals_tests::{Database, contract};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use crate::models::LEASE;
use crate::stored::{rows, started, until};

contract![
    workers_of_several_stores_agree,
    killed_processes_leave_nothing_out,
    a_paused_process_repeats_nothing,
    the_work_is_shared,
    what_others_have_room_for_and_do_not_follow_is_followed,
    leases_are_given_back,
];

/// A fresh database with all tables.
async fn prepared(database: &Database) -> Store {
    let store = database.store().await;
    database.sql(Lines::TABLE).await;
    tallies::app(store.clone())
        .start()
        .await
        .expect("it starts")
        .stop()
        .await;
    store
}

async fn worker(database: &Database) -> Running {
    started(tallies::app(database.store().await).lease(LEASE)).await
}

/// A worker in a process of its own.
async fn process(database: &Database) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_worker"))
        .args([database.url(), &LEASE.as_millis().to_string()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the worker starts");
    let out = child.stdout.take().expect("a pipe");
    let line = BufReader::new(out).lines().next_line().await;
    assert_eq!(line.expect("readable").as_deref(), Some("running"));
    child
}

async fn signal(child: &Child, name: &str) {
    let id = child.id().expect("it runs").to_string();
    let done = Command::new("kill").args([name, &id]).status().await;
    assert!(done.expect("`kill` is there").success());
}

/// Writers of several streams, side by side.
fn write(store: &Store, writers: i64, rounds: i64) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for writer in 0..writers {
        let store = store.clone();
        tasks.spawn(async move {
            for round in 0..rounds {
                let (one, other) = ((writer + round) % 7, 7 + (writer * round) % 5);
                let append = Append::to(
                    &account(&one.to_string()),
                    Expected::Any,
                    [deposited(round)],
                )
                .and(
                    &account(&other.to_string()),
                    Expected::Any,
                    [deposited(writer), deposited(-round)],
                );
                store.append(append).await.expect("stored");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
    }
    tasks
}

async fn finish(mut tasks: JoinSet<()>) {
    while let Some(done) = tasks.join_next().await {
        done.expect("no task panics");
    }
}

/// All that is stored is handled, once.
async fn whole(database: &Database, store: &Store) {
    let last = store
        .append(Append::to(&account("last"), Expected::Any, [deposited(1)]))
        .await;
    let last = last.expect("stored");
    let found = rows::<Tally>(store, &last).await;
    let mut live = store.live::<Tally>().rows().await.expect("folded");
    live.sort_by_key(|row| row.bucket);
    assert_eq!(found, live);
    let counted: i64 = found.iter().map(|row| row.events).sum();
    assert_eq!(counted, database.events().await);
    let found = rows::<Walk>(store, &last).await;
    let mut live = store.live::<Walk>().rows().await.expect("folded");
    live.sort_by(|one, other| one.id.cmp(&other.id));
    assert_eq!(found, live);
    let behind = format!(
        "select count(*) from {{partitions}} where checkpoint < {}",
        last.position().expect("stored")
    );
    until(
        "all are handled",
        || database.number(&behind),
        |behind| *behind == 0,
    )
    .await;
    let counted = database.number("select count(*) from lines").await;
    assert_eq!(counted, database.events().await);
    let distinct = "select count(distinct position) from lines";
    assert_eq!(database.number(distinct).await, counted);
    assert_eq!(database.number("select count(*) from {parked}").await, 0);
}

async fn workers_of_several_stores_agree(database: &Database) {
    prepared(database).await;
    let mut workers = Vec::new();
    for _ in 0..3 {
        workers.push(worker(database).await);
    }
    let writing = write(&database.store().await, 4, 60);
    // One goes and another comes, again and again.
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        workers.remove(0).stop().await;
        workers.push(worker(database).await);
        drop(workers.remove(0));
        workers.push(worker(database).await);
    }
    finish(writing).await;
    whole(database, workers[0].store()).await;
    for worker in workers {
        worker.stop().await;
    }
}

async fn killed_processes_leave_nothing_out(database: &Database) {
    let store = prepared(database).await;
    let mut workers = Vec::new();
    for _ in 0..2 {
        workers.push(process(database).await);
    }
    let writing = write(&store, 3, 120);
    for round in 0..6_u64 {
        // At no moment in particular.
        tokio::time::sleep(Duration::from_millis(60 + 37 * round)).await;
        let mut killed = workers.remove(0);
        killed.kill().await.expect("it is killed");
        workers.push(process(database).await);
    }
    finish(writing).await;
    let running = worker(database).await;
    for mut killed in workers {
        killed.kill().await.expect("it is killed");
    }
    whole(database, running.store()).await;
    running.stop().await;
}

async fn handled(database: &Database, receipt: &Receipt) {
    let position = receipt.position().expect("stored");
    let behind = format!("select count(*) from {{partitions}} where checkpoint < {position}");
    until(
        "all are handled",
        || database.number(&behind),
        |behind| *behind == 0,
    )
    .await;
}

async fn a_paused_process_repeats_nothing(database: &Database) {
    let store = prepared(database).await;
    let paused = process(database).await;
    let one = |cents| Append::to(&account("1"), Expected::Any, [deposited(cents)]);
    for cents in 0..20 {
        store.append(one(cents)).await.expect("stored");
    }
    let receipt = store.append(one(20)).await.expect("stored");
    handled(database, &receipt).await;
    let owner = "select count(distinct owner) from {partitions}";
    assert_eq!(database.number(owner).await, 1);
    let before = database.text("select min(owner) from {partitions}").await;
    signal(&paused, "-STOP").await;
    // Its leases run out, and another takes over.
    let running = worker(database).await;
    let receipt = store.append(one(21)).await.expect("stored");
    handled(database, &receipt).await;
    let after = database
        .text("select min(owner) || max(owner) from {partitions}")
        .await;
    assert!(!after.contains(&before), "{after} took over from {before}");
    let writing = write(&store, 2, 40);
    signal(&paused, "-CONT").await;
    finish(writing).await;
    whole(database, running.store()).await;
    // It takes part again.
    until(
        "both have work",
        || database.number(owner),
        |owners| *owners == 2,
    )
    .await;
    running.stop().await;
}

/// How many workers have their share of the seven partitions. Of which projections it is, is left to chance.
const SHARES: &str = "select count(*) from (select owner from {partitions} where owner is not null \
                      group by owner having count(*) between 3 and 4) as shares";

async fn the_work_is_shared(database: &Database) {
    prepared(database).await;
    let one = worker(database).await;
    let owned = "select count(*) from {partitions} where owner is not null";
    until(
        "one has all",
        || database.number(owned),
        |owned| *owned == 7,
    )
    .await;
    let other = worker(database).await;
    until(
        "both have their share",
        || database.number(SHARES),
        |shares| *shares == 2,
    )
    .await;
    let writing = write(other.store(), 2, 10);
    finish(writing).await;
    whole(database, one.store()).await;
    one.stop().await;
    other.stop().await;
}

/// As where others that have room are of a release that does not know the partition: a partition of each share is nobody's.
async fn what_others_have_room_for_and_do_not_follow_is_followed(database: &Database) {
    let store = prepared(database).await;
    let only = worker(database).await;
    let owned = "select count(*) from {partitions} where owner is not null";
    until("it has all", || database.number(owned), |owned| *owned == 7).await;
    for phantom in 1..=6 {
        let seen = "select serves, '2999-01-01T00:00:00.000000Z' from {workers} limit 1";
        let seen = seen.replace(
            "select serves",
            &format!("select 'phantom-{phantom}', serves"),
        );
        database
            .sql(&format!(
                "insert into {{workers}} (worker, serves, seen_until) {seen}"
            ))
            .await;
    }
    until(
        "its share is one",
        || database.number(owned),
        |owned| *owned <= 2,
    )
    .await;
    finish(write(&store, 2, 10)).await;
    let last = database.number("select max(position) from {events}").await;
    let behind = format!("select count(*) from {{partitions}} where checkpoint < {last}");
    until(
        "all come to the end",
        || database.number(&behind),
        |behind| *behind == 0,
    )
    .await;
    only.stop().await;
}

/// It has to give some back, of which none has come to the end of its page: it is there all the same, and so others must see it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_waits_for_its_pages_is_still_there() {
    let database = annals_tests::postgres().await;
    let store = prepared(&database).await;
    let only = worker(&database).await;
    let owned = "select count(*) from {partitions} where owner is not null";
    until("it has all", || database.number(owned), |owned| *owned == 7).await;
    let mut hand = database.connection().await;
    hand.sql("begin; lock table annals.tallies_v1, annals.walks_v1 in share mode")
        .await;
    finish(write(&store, 2, 10)).await;
    let waiting = "select count(*) from pg_locks where not granted and relation = 'annals.walks_v1'::regclass";
    until(
        "pages wait",
        || database.number(waiting),
        |waiting| *waiting > 0,
    )
    .await;
    let other = "insert into {workers} (worker, serves, seen_until)
                 select 'phantom', serves, '2999-01-01' from {workers} limit 1";
    database.sql(other).await;
    let there = "select count(*) from {workers} where worker <> 'phantom' and seen_until > clock_timestamp()";
    let begun = std::time::Instant::now();
    while begun.elapsed() < 4 * LEASE {
        assert_eq!(database.number(there).await, 1, "{:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    hand.sql("commit").await;
    until(
        "it has its share",
        || database.number(owned),
        |owned| *owned <= 4,
    )
    .await;
    only.stop().await;
}

/// With the longest lease nobody would take over in the time of the test.
async fn leases_are_given_back(database: &Database) {
    prepared(database).await;
    let long = Duration::from_secs(3600);
    let one = started(tallies::app(database.store().await).lease(long)).await;
    let owned = "select count(*) from {partitions} where owner is not null";
    until(
        "one has all",
        || database.number(owned),
        |owned| *owned == 7,
    )
    .await;
    one.stop().await;
    assert_eq!(database.number(owned).await, 0);
    let other = started(tallies::app(database.store().await).lease(long)).await;
    until(
        "the other has all",
        || database.number(owned),
        |owned| *owned == 7,
    )
    .await;
    whole(database, other.store()).await;
    other.stop().await;
}
