//! Transactions that were prepared to be committed by somebody else.

use annals::{Error, Position, Store};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use crate::{committed, open, read, served};

/// Prepares the transaction that the connection is in.
pub(crate) async fn prepare(connection: &mut PgConnection, id: &str) {
    let prepare = format!("PREPARE TRANSACTION '{id}'");
    let done = sqlx::raw_sql(AssertSqlSafe(prepare))
        .execute(connection)
        .await;
    done.expect("the server allows prepared transactions");
}

/// An event in a prepared transaction; answers its position.
async fn prepared(store: &Store, id: &str) -> u64 {
    let (mut tx, position) = open(store).await;
    prepare(tx.as_postgres().expect("PostgreSQL"), id).await;
    position
}

#[tokio::test]
async fn a_prepared_transaction_holds_up_until_it_is_committed() {
    let served = served().await;
    let first = committed(&served.store).await;
    assert_eq!(read(&served.store, 0).await.0, [first]);
    let late = prepared(&served.store, "one").await;
    let higher = committed(&served.store).await;
    // One that knows how things were, and one that does not.
    let fresh = served.database.store().await;
    for store in [&served.store, &fresh] {
        assert_eq!(read(store, first).await, (vec![], first));
        let feed = store.feed().after(Position::new(first));
        let each = feed.each(|event| -> Result<(), Error> { panic!("{event:?} is held up") });
        assert_eq!(each.await.expect("readable").get(), first);
    }
    served.database.sql("COMMIT PREPARED 'one'").await;
    for store in [&served.store, &fresh] {
        assert_eq!(read(store, first).await, (vec![late, higher], higher));
    }
}

#[tokio::test]
async fn a_prepared_transaction_that_is_rolled_back_delays_nobody_any_more() {
    let served = served().await;
    let late = prepared(&served.store, "one").await;
    let higher = committed(&served.store).await;
    assert_eq!(read(&served.store, 0).await.0, [0; 0]);
    served.database.sql("ROLLBACK PREPARED 'one'").await;
    assert_eq!(read(&served.store, 0).await, (vec![higher], higher));
    assert!(late < higher);
}

/// It was seen as one of a session, and has no session any more.
#[tokio::test]
async fn a_writer_that_is_prepared_while_it_is_waited_for_holds_up_further() {
    let served = served().await;
    let first = committed(&served.store).await;
    assert_eq!(read(&served.store, 0).await.0, [first]);
    let (mut tx, late) = open(&served.store).await;
    let mut higher = vec![committed(&served.store).await];
    assert_eq!(read(&served.store, first).await.0, [0; 0]);
    prepare(tx.as_postgres().expect("PostgreSQL"), "one").await;
    drop(tx);
    for _ in 0..3 {
        higher.push(committed(&served.store).await);
        assert_eq!(read(&served.store, first).await.0, [0; 0]);
    }
    served.database.sql("COMMIT PREPARED 'one'").await;
    let mut all = vec![late];
    all.extend(higher);
    assert_eq!(read(&served.store, first).await.0, all);
}

/// Its name in the table of locks is another one after a crash.
#[tokio::test]
async fn a_prepared_transaction_survives_a_crash_and_is_waited_for() {
    let served = served().await;
    let first = committed(&served.store).await;
    assert_eq!(read(&served.store, 0).await.0, [first]);
    let late = prepared(&served.store, "one").await;
    let higher = committed(&served.store).await;
    assert_eq!(read(&served.store, first).await.0, [0; 0]);
    served.cluster.crash();
    served.cluster.start();
    let fresh = served.database.store().await;
    for store in [&served.store, &fresh] {
        crate::crash::recovered(store).await;
        assert_eq!(read(store, first).await, (vec![], first));
    }
    let highest = committed(&fresh).await;
    assert_eq!(read(&fresh, first).await.0, [0; 0]);
    served.database.sql("COMMIT PREPARED 'one'").await;
    for store in [&served.store, &fresh] {
        assert_eq!(
            read(store, first).await,
            (vec![late, higher, highest], highest)
        );
    }
}
