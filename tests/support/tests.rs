//! The support for tests does what the tests rely on.

use annals_tests::cluster::Setup;
use annals_tests::{Cluster, Database};

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
