//! Writers in processes of their own, killed and not.

use std::collections::{HashMap, HashSet};
use std::process::Stdio;

use annals::Store;
use annals_tests::cluster::Setup;
use annals_tests::domain::{Account, account, deposits};
use annals_tests::{Database, contract};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::{in_time, whole};

contract![
    processes_lose_no_update,
    a_killed_process_leaves_nothing_half_done,
];

/// Starts a writer and listens to it.
fn writer(url: &str, rounds: u32, mark: usize) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_writer"))
        .args([url, &rounds.to_string(), &mark.to_string()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the writer starts");
    let out = child.stdout.take().expect("a pipe");
    (child, BufReader::new(out).lines())
}

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> Option<String> {
    in_time(lines.next_line()).await.expect("readable")
}

/// Every group is in its three streams or in none, and those that were told are there.
async fn groups_are_whole(store: &Store, told: &HashSet<i64>) {
    let mut count = HashMap::<i64, usize>::new();
    for id in ["a", "b", "c"] {
        for mark in deposits(store, &account(id)).await {
            *count.entry(mark).or_default() += 1;
        }
    }
    assert!(count.values().all(|count| *count == 3), "{count:?}");
    let missing: Vec<_> = told
        .iter()
        .filter(|mark| !count.contains_key(mark))
        .collect();
    assert!(missing.is_empty(), "answered and not stored: {missing:?}");
}

async fn balance(store: &Store) -> i64 {
    let root = store.aggregate::<Account>("shared");
    root.load().await.expect("loads").balance
}

async fn processes_lose_no_update(database: &Database) {
    // Opened first, so that the tables are there.
    let store = database.store().await;
    let mut writers: Vec<_> = (0..4).map(|n| writer(database.url(), 25, n)).collect();
    let mut told = HashSet::new();
    for (child, lines) in &mut writers {
        while let Some(line) = next(lines).await {
            if let Some(mark) = line.strip_prefix("group ") {
                told.insert(mark.parse().expect("a number"));
            }
        }
        assert!(in_time(child.wait()).await.expect("it ends").success());
    }
    assert_eq!(told.len(), 100);
    groups_are_whole(&store, &told).await;
    assert_eq!(balance(&store).await, 100);
    whole(database).await;
}

async fn a_killed_process_leaves_nothing_half_done(database: &Database) {
    let store = database.store().await;
    let mut told = HashSet::new();
    let mut commands = 0;
    for n in 0..4 {
        // Two at a time; one of them is killed at some point between two answers.
        let (mut killed, mut lines) = writer(database.url(), u32::MAX, 2 * n);
        let (mut other, mut other_lines) = writer(database.url(), 5, 2 * n + 1);
        for _ in 0..3 + 5 * n {
            let line = next(&mut lines).await.expect("it goes on");
            match line.strip_prefix("group ") {
                Some(mark) => drop(told.insert(mark.parse::<i64>().expect("a number"))),
                None => commands += 1,
            }
        }
        killed.kill().await.expect("it is killed");
        while let Some(line) = next(&mut other_lines).await {
            match line.strip_prefix("group ") {
                Some(mark) => drop(told.insert(mark.parse().expect("a number"))),
                None => commands += 1,
            }
        }
        assert!(in_time(other.wait()).await.expect("it ends").success());
    }
    groups_are_whole(&store, &told).await;
    let balance = balance(&store).await;
    assert!(balance >= commands, "{balance} of {commands}");
    whole(database).await;
}

/// An answer is given when the event is safe, whatever the default of the server is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_a_crash_of_the_server() {
    let cluster = Setup::default()
        .set("synchronous_commit", "off")
        .set("wal_writer_delay", "10s")
        .start();
    let database = Database::at(cluster.url("postgres"));
    Store::migrate(database.url())
        .await
        .expect("the migrations run");
    for n in 0..3 {
        let (mut child, mut lines) = writer(database.url(), u32::MAX, n);
        let mut told = HashSet::new();
        for _ in 0..20 {
            let line = next(&mut lines).await.expect("it goes on");
            if let Some(mark) = line.strip_prefix("group ") {
                told.insert(mark.parse().expect("a number"));
            }
        }
        cluster.crash();
        child.kill().await.expect("it ends");
        // What it told before it noticed.
        while let Some(line) = next(&mut lines).await {
            if let Some(mark) = line.strip_prefix("group ") {
                told.insert(mark.parse().expect("a number"));
            }
        }
        cluster.start();
        groups_are_whole(&database.store().await, &told).await;
        whole(&database).await;
    }
}
