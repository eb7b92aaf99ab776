//! The support for tests does what the tests rely on.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use annals_tests::cluster::Setup;
use annals_tests::{Cluster, Database};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn a_cluster_can_be_stopped_crashed_and_started_again() {
    let cluster = Cluster::start_new();
    let database = Database::at(cluster.url("postgres"));
    database
        .sql("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
        .await;
    cluster.stop();
    cluster.start();
    cluster.crash();
    cluster.start();
    assert_eq!(database.number("SELECT count(*) FROM kept").await, 1);
}

#[tokio::test]
async fn a_standby_follows_and_cannot_be_written() {
    let cluster = Setup::default().password("secret").start();
    let standby = cluster.standby();
    let read_only = Database::at(standby.url("postgres"))
        .number("SELECT pg_is_in_recovery()::int::bigint")
        .await;
    assert_eq!(read_only, 1);
}

#[test]
fn nothing_is_left_of_a_cluster() {
    let cluster = Cluster::start_new();
    let folder = cluster.home().to_owned();
    assert!(folder.exists());
    drop(cluster);
    assert!(!folder.exists());
}

#[tokio::test]
async fn nothing_is_left_where_the_tests_are_killed() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_probe"))
        .arg("cluster")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the probe starts");
    let out = child.stdout.take().expect("a pipe");
    let line = BufReader::new(out).lines().next_line().await;
    let folder = line.expect("readable").expect("a folder");
    assert!(Path::new(&folder).join("data/postmaster.pid").exists());
    child.kill().await.expect("it is killed");
    let gone = async {
        while Path::new(&folder).exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone)
        .await
        .expect("somebody cleans up");
}

#[tokio::test]
async fn a_database_is_dropped_with_its_value() {
    let one = annals_tests::postgres().await;
    let other = annals_tests::postgres().await;
    assert_ne!(one.url(), other.url());
    let name = one.text("SELECT current_database()").await;
    let count = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(other.number(&count).await, 1);
    // Also while it is in use.
    let _store = one.store().await;
    drop(one);
    assert_eq!(other.number(&count).await, 0);
}
