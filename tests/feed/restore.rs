//! A database that was dumped and restored on a fresh server.

use annals::{Expected, Position, Store};
use annals_tests::domain::account;
use annals_tests::{Cluster, Database};

use crate::{committed, in_time, open, positions, read, served};

const TRANSACTIONS: &str = "SELECT pg_current_xact_id()::text::bigint";

#[tokio::test]
async fn dump_and_restore_hide_nothing() {
    let old = served().await;
    // The old server has come much further.
    old.database
        .sql("DO $$ BEGIN FOR n IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")
        .await;
    let mut all = Vec::new();
    for n in 0..30 {
        let (tx, position) = open(&old.store).await;
        if n % 3 == 0 {
            tx.rollback().await.expect("rolled back");
        } else {
            all.push(position);
            all.push(committed(&old.store).await);
            tx.commit().await.expect("committed");
        }
    }
    let half = all[20];
    assert_eq!(read(&old.store, 0).await.0, all);
    // Under way while the dump is made: not in it.
    let (under_way, lost) = open(&old.store).await;
    let dump = old.cluster.dump("postgres");
    under_way.commit().await.expect("committed");

    let cluster = Cluster::start_new();
    let database = Database::at(cluster.url("postgres"));
    cluster.restore("postgres", &dump);
    assert!(database.number(TRANSACTIONS).await < old.database.number(TRANSACTIONS).await);
    let store = database.store().await;
    assert_eq!(read(&store, 0).await.0, all);
    let (rest, checkpoint) = read(&store, half).await;
    assert_eq!(rest, all[21..]);
    assert_eq!(checkpoint, all[all.len() - 1]);

    let mut subscription = store.feed().after(Position::new(half)).follow();
    let page = in_time(subscription.next_page()).await.expect("readable");
    assert_eq!(positions(&page), rest);
    // New events come after all that was ever given out, what got lost included.
    for _ in 0..3 {
        let position = committed(&store).await;
        assert!(position > lost);
        let page = in_time(subscription.next_page()).await.expect("readable");
        assert_eq!(positions(&page), [position]);
    }
    // A writer of the new server is waited for as one of the old was.
    let last = subscription.checkpoint().get();
    let (tx, late) = open(&store).await;
    let higher = committed(&store).await;
    assert_eq!(read(&store, last).await.0, [0; 0]);
    tx.commit().await.expect("committed");
    assert_eq!(read(&store, last).await.0, [late, higher]);
}

/// A checkpoint that went further than the copy is told, not taken for one that has read everything.
#[tokio::test]
async fn a_checkpoint_newer_than_the_copy_is_refused() {
    let old = served().await;
    committed(&old.store).await;
    let dump = old.cluster.dump("postgres");
    let newer = committed(&old.store).await;
    old.database.sql("DROP SCHEMA annals CASCADE").await;
    old.cluster.restore("postgres", &dump);
    // The store was open all the time.
    let feed = old.store.feed().after(Position::new(newer));
    let error = feed.read().await.expect_err("refused");
    assert_eq!(error.kind(), annals::ErrorKind::Checkpoint, "{error:?}");
}

/// A table that was replaced under a store that was open all the time.
#[tokio::test]
async fn what_was_known_of_a_replaced_table_is_not_believed() {
    let old = served().await;
    let reading: Store = old.database.store().await;
    for _ in 0..5 {
        committed(&old.store).await;
    }
    let dump = old.cluster.dump("postgres");
    for _ in 0..5 {
        committed(&old.store).await;
    }
    assert_eq!(read(&reading, 0).await.0.len(), 10);
    old.database.sql("DROP SCHEMA annals CASCADE").await;
    old.cluster.restore("postgres", &dump);
    let store = old.database.store().await;
    let (tx, late) = open(&store).await;
    let higher: Vec<u64> = futures_util::future::join_all((0..10).map(|_| committed(&store))).await;
    assert_eq!(read(&reading, late - 1).await.0, [0; 0]);
    tx.commit().await.expect("committed");
    let mut expected = higher;
    expected.push(late);
    expected.sort_unstable();
    assert_eq!(read(&reading, late - 1).await.0, expected);
    let again = annals::Append::to(
        &account("1"),
        Expected::NoStream,
        [annals_tests::domain::deposited(1)],
    );
    reading.append(again).await.expect("stored");
}
