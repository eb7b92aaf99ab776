//! Connections that are lost, after which the address leads to another server.

use std::time::Duration;

use annals::Position;
use annals_tests::proxy::Proxy;
use annals_tests::{Cluster, Database};

use crate::{Served, committed, in_time, open, positions, read, served};

/// A server with ten events, one with a copy of the first five of them, and a wire that leads to the first.
async fn two() -> (Served, Served, Proxy, String) {
    let one = served().await;
    for _ in 0..5 {
        committed(&one.store).await;
    }
    let cluster = Cluster::start_new();
    cluster.restore("postgres", &one.cluster.dump("postgres"));
    let database = Database::at(cluster.url("postgres"));
    let store = database.store().await;
    let two = Served {
        cluster,
        database,
        store,
    };
    for _ in 0..5 {
        committed(&one.store).await;
    }
    let proxy = Proxy::to(one.cluster.port()).await;
    let wire = format!(
        "postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable",
        proxy.port()
    );
    (one, two, proxy, wire)
}

/// One event that is committed late, and others before and after that with higher positions.
async fn late(on: &Served) -> (annals::Tx, Vec<u64>) {
    let (tx, late) = open(&on.store).await;
    let mut all = vec![late];
    for _ in 0..10 {
        all.push(committed(&on.store).await);
    }
    (tx, all)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_known_before_a_connection_was_lost_is_not_believed() {
    let (_one, two, proxy, wire) = two().await;
    let options = annals_tests::options().max_connections(1);
    let store = options.connect(&wire).await.expect("the store opens");
    assert_eq!(read(&store, 0).await.0.len(), 10);
    // A subscription that takes what is known for as long as there is something to read.
    let mut subscription = store.feed().page(5).follow();
    let page = in_time(subscription.next_page()).await.expect("readable");
    let five = page.checkpoint().get();
    assert_eq!(positions(&page).len(), 5);

    let (tx, all) = late(&two).await;
    assert!(
        all.iter().any(|position| *position <= 10),
        "what is known of one covers the other"
    );
    proxy.lead_to(two.cluster.port());
    proxy.cut();
    // The first to use the connection that was lost, and the first to use the new one.
    let error = in_time(subscription.next_page()).await.expect_err("lost");
    assert!(error.is_retryable(), "{error:?}");
    let waiting = tokio::time::timeout(Duration::from_millis(500), subscription.next_page());
    let held_up = waiting.await;
    assert!(held_up.is_err(), "{held_up:?}");
    assert_eq!(read(&store, five).await, (vec![], five));
    tx.commit().await.expect("committed");
    assert_eq!(read(&store, five).await.0, all);
    let mut got = Vec::new();
    while got.len() < all.len() {
        let page = in_time(subscription.next_page()).await.expect("readable");
        got.extend(positions(&page));
    }
    assert_eq!(got, all);
}

/// No connection is lost, but a further one goes to another server: what is known of the one is not applied to the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_to_two_servers_do_not_mix() {
    let (_one, two, proxy, wire) = two().await;
    let options = annals_tests::options().max_connections(2);
    let store = options.connect(&wire).await.expect("the store opens");
    assert_eq!(read(&store, 0).await.0.len(), 10);
    let (tx, all) = late(&two).await;
    proxy.lead_to(two.cluster.port());
    // The one connection is taken, so that a second one is opened; then both are free.
    let taken = store.begin().await.expect("the connection that there is");
    let mut other = store.begin().await.expect("another one");
    let connection = other.as_postgres().expect("PostgreSQL");
    let port: i32 = sqlx::query_scalar("SELECT inet_server_port()")
        .fetch_one(connection)
        .await
        .expect("a number");
    assert_eq!(
        port,
        i32::from(two.cluster.port()),
        "it goes to the second server"
    );
    taken.rollback().await.expect("rolled back");
    other.rollback().await.expect("rolled back");
    for _ in 0..20 {
        let feed = store.feed().after(Position::new(5));
        let page = in_time(feed.read()).await.expect("readable");
        // All of the one server, or nothing yet of the other.
        assert!(
            [0, 5].contains(&page.events().len()),
            "{:?}",
            positions(&page)
        );
        assert!(page.events().is_empty() || page.checkpoint().get() == 10);
        // One that takes what is known, whichever server that was.
        let mut subscription = store.feed().after(Position::new(5)).page(1).follow();
        let page = subscription.next_page();
        if let Ok(page) = tokio::time::timeout(Duration::from_millis(50), page).await {
            assert_eq!(positions(&page.expect("readable")), [6]);
        }
    }
    tx.commit().await.expect("committed");
    assert!(all.len() == 11);
}
