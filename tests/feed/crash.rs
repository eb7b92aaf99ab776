//! Servers that crash under the reader.

use std::process::Command;
use std::time::Duration;

use annals::{Error, ErrorKind, FeedPage, Position, Store, Subscription};
use sqlx::{Connection, PgConnection};

use crate::{committed, in_time, open, positions, read, served};

/// Until the connections that were lost have been replaced.
pub(crate) async fn recovered(store: &Store) {
    let reached = async {
        while let Err(error) = store.frontier().await {
            is_passing(&error);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    in_time(reached).await;
}

fn is_passing(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
    assert!(error.is_retryable());
}

/// The next page, after as many errors as the crash makes.
async fn next(subscription: &mut Subscription) -> FeedPage {
    in_time(async {
        loop {
            match subscription.next_page().await {
                Ok(page) => return page,
                Err(error) => is_passing(&error),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_of_the_server_makes_nobody_skip() {
    let served = served().await;
    let (store, other) = (&served.store, served.database.store().await);
    let mut subscription = store.feed().follow();
    let (mut got, mut expected) = (Vec::new(), Vec::new());
    for round in 0..3 {
        let (late, position) = open(&other).await;
        let higher = committed(&other).await;
        if round > 0 {
            assert_eq!(read(store, subscription.checkpoint().get()).await.0, [0; 0]);
        }
        served.cluster.crash();
        drop(late);
        let down = store.feed().read().await.expect_err("down");
        is_passing(&down);
        served.cluster.start();
        recovered(&other).await;
        expected.push(higher);
        // What was under way is gone for good, and another one is under way.
        let (late, again) = open(&other).await;
        assert!(again > position);
        let highest = committed(&other).await;
        recovered(store).await;
        let before = read(store, subscription.checkpoint().get()).await.0;
        assert!(before.is_empty() || before == [higher], "{before:?}");
        late.commit().await.expect("committed");
        expected.extend([again, highest]);
        while got.len() < expected.len() {
            got.extend(positions(&next(&mut subscription).await));
        }
        assert_eq!(got, expected);
    }
}

/// One process of the server is killed, and the server starts all the others anew by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_of_the_server_makes_nobody_skip() {
    let served = served().await;
    let (store, other) = (&served.store, served.database.store().await);
    let first = committed(&other).await;
    assert_eq!(read(store, 0).await.0, [first]);
    let (mut late, position) = open(&other).await;
    let higher = committed(&other).await;
    assert_eq!(read(store, first).await.0, [0; 0]);
    let run = "SELECT pg_stat_get_bgwriter_stat_reset_time()::text";
    let before = served.database.text(run).await;
    let connection = late.as_postgres().expect("PostgreSQL");
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(connection)
        .await
        .expect("a number");
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(killed.expect("`kill` runs").success());
    drop(late);
    // By this the store knows that it is another run of the server.
    in_time(another_run(served.database.url(), run, &before)).await;
    recovered(&other).await;
    let (late, again) = open(&other).await;
    assert!(again > position);
    let highest = committed(&other).await;
    recovered(store).await;
    let seen = read(store, first).await.0;
    assert!(seen.is_empty() || seen == [higher], "{seen:?}");
    late.commit().await.expect("committed");
    let feed = store.feed().after(Position::new(first));
    let page = in_time(feed.read()).await.expect("readable");
    assert_eq!(positions(&page), [higher, again, highest]);
}

/// Waits until the server has started itself anew: it goes on for a moment after one of its processes was killed.
async fn another_run(url: &str, run: &str, before: &str) {
    loop {
        if let Ok(mut connection) = PgConnection::connect(url).await {
            let now = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(run))
                .fetch_one(&mut connection)
                .await;
            if now.is_ok_and(|now| now != before) {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
