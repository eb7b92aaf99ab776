//! Servers that are not there, or do not let us in.

use std::time::{Duration, Instant};

use annals::{ErrorKind, Store};
use annals_tests::cluster::Setup;
use annals_tests::databases::empty_postgres;

use crate::{one, refused, says};

#[tokio::test]
async fn a_server_that_does_not_run_is_unreachable() {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = free.local_addr().expect("a port").port();
    drop(free);
    let begun = Instant::now();
    let error = refused(&format!("postgres://me:hush@127.0.0.1:{port}/bank")).await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "it says so at once"
    );
    says(
        &error,
        ErrorKind::Unreachable,
        &["PostgreSQL"],
        &["server runs"],
    );
    assert!(error.is_retryable());
    assert!(!format!("{error:?}").contains("hush"), "{error:?}");
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_unreachable() {
    let error = refused("postgres://me@no-such-host.invalid/bank").await;
    says(&error, ErrorKind::Unreachable, &["PostgreSQL"], &["host"]);
}

#[tokio::test]
async fn something_else_that_listens_is_unreachable() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let something = tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut socket, b"220 mail ready\r\n").await;
        }
    });
    let error = refused(&format!("postgres://me@127.0.0.1:{port}/bank")).await;
    says(
        &error,
        ErrorKind::Unreachable,
        &["PostgreSQL"],
        &["address"],
    );
    something.abort();
}

#[tokio::test]
async fn a_wrong_password_is_denied() {
    let cluster = Setup::default().password("right").start();
    let good = cluster.url("postgres");
    Store::migrate(&good).await.expect("the right password");
    for wrong in ["hush", ""] {
        let url = good.replace(":right@", &format!(":{wrong}@"));
        let error = refused(&url).await;
        says(&error, ErrorKind::Denied, &["postgres"], &["password"]);
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
        assert!(!error.is_retryable());
        let error = Store::migrate(&url).await.expect_err("denied");
        assert_eq!(error.kind(), ErrorKind::Denied, "{error:?}");
    }
    let error = refused(&good.replace("postgres:right@", "mallory:right@")).await;
    says(&error, ErrorKind::Denied, &["mallory"], &["user"]);
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_named() {
    let database = empty_postgres().await;
    let url = database.url().replace("/annals_", "/none_");
    let error = refused(&url).await;
    says(&error, ErrorKind::Url, &["none_"], &["create the database"]);
}

#[tokio::test]
async fn too_few_connections_are_busy() {
    let database = annals_tests::postgres().await;
    let options = annals_tests::options()
        .max_connections(1)
        .lock_timeout(Duration::from_millis(10));
    let store = database.open(options).await;
    let tx = store.begin().await.expect("the only connection");
    let error = store.append(one("1")).await.expect_err("no connection");
    says(
        &error,
        ErrorKind::Busy,
        &["connection"],
        &["max_connections", "transaction"],
    );
    tx.rollback().await.expect("rolled back");
    store.append(one("1")).await.expect("stored");
}

#[tokio::test]
async fn a_closed_store_says_so() {
    for database in [annals_tests::postgres().await, annals_tests::sqlite().await] {
        let store = database.store().await;
        store.close().await;
        let error = store.append(one("1")).await.expect_err("closed");
        says(&error, ErrorKind::Closed, &["closed"], &["connect"]);
    }
}

#[tokio::test]
async fn a_transaction_of_the_other_database_is_refused() {
    let (postgres, sqlite) = (annals_tests::postgres().await, annals_tests::sqlite().await);
    let (postgres, sqlite) = (postgres.store().await, sqlite.store().await);
    let mut tx = sqlite.begin().await.expect("a transaction");
    let error = postgres.append_in(&mut tx, one("1")).await;
    says(
        &error.expect_err("refused"),
        ErrorKind::Database,
        &["another database"],
        &["begin"],
    );
}
