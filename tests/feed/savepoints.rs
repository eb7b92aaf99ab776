//! Writers that append in savepoints.

use annals::Tx;

use crate::{committed, open_in, read};

async fn sql(tx: &mut Tx, sql: &'static str) {
    let connection = tx.as_postgres().expect("PostgreSQL");
    sqlx::raw_sql(sql).execute(connection).await.expect(sql);
}

#[tokio::test]
async fn what_was_appended_in_a_savepoint_is_waited_for() {
    let database = annals_tests::postgres().await;
    let store = database.store().await;
    let first = committed(&store).await;
    assert_eq!(read(&store, 0).await.0, [first]);
    let mut tx = store.begin().await.expect("a transaction");
    sql(&mut tx, "SAVEPOINT one").await;
    let late = open_in(&store, &mut tx).await;
    let mut higher = vec![committed(&store).await];
    assert_eq!(read(&store, first).await.0, [0; 0], "in the savepoint");
    sql(&mut tx, "RELEASE one").await;
    higher.push(committed(&store).await);
    assert_eq!(read(&store, first).await.0, [0; 0], "after its release");
    // What comes to nothing in a later one changes nothing.
    sql(&mut tx, "SAVEPOINT two").await;
    open_in(&store, &mut tx).await;
    sql(&mut tx, "ROLLBACK TO two").await;
    higher.push(committed(&store).await);
    assert_eq!(read(&store, first).await.0, [0; 0], "after another one");
    tx.commit().await.expect("committed");
    let mut all = vec![late];
    all.extend(higher);
    assert_eq!(read(&store, first).await.0, all);
}

/// Its transaction goes on, and has stored nothing.
#[tokio::test]
async fn what_was_rolled_back_to_a_savepoint_delays_nobody() {
    let database = annals_tests::postgres().await;
    let store = database.store().await;
    let mut tx = store.begin().await.expect("a transaction");
    sql(&mut tx, "SAVEPOINT one").await;
    let burnt = open_in(&store, &mut tx).await;
    let higher = committed(&store).await;
    assert_eq!(read(&store, 0).await.0, [0; 0]);
    sql(&mut tx, "ROLLBACK TO one").await;
    assert_eq!(read(&store, 0).await, (vec![higher], higher));
    assert!(burnt < higher);
    // And what it stores after that is waited for.
    let late = open_in(&store, &mut tx).await;
    let highest = committed(&store).await;
    assert_eq!(read(&store, higher).await.0, [0; 0]);
    tx.commit().await.expect("committed");
    assert_eq!(read(&store, higher).await.0, [late, highest]);
}
