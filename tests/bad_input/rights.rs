//! Users of the database with fewer rights.

use annals::ErrorKind;
use annals::manifest::Older;
use annals::prelude::*;
use annals_tests::domain::Ticked;
use annals_tests::{Cluster, Database};

use crate::{one, refused, says};

struct Shop {
    // Kept: it stops with the value.
    _cluster: Cluster,
    owner: Database,
    clerk: Database,
}

/// A migrated database and a user who may connect to it, and no more.
async fn shop() -> Shop {
    let cluster = Cluster::start_new();
    let owner = Database::at(cluster.url("postgres"));
    Store::migrate(owner.url()).await.expect("migrated");
    owner.sql("CREATE ROLE clerk LOGIN").await;
    let clerk = Database::at(owner.url().replace("postgres@", "clerk@"));
    Shop {
        _cluster: cluster,
        owner,
        clerk,
    }
}

#[tokio::test]
async fn a_user_without_rights_is_denied() {
    let shop = shop().await;
    let error = refused(shop.clerk.url()).await;
    says(&error, ErrorKind::Denied, &["annals"], &["grant"]);
    assert!(!error.is_retryable());
    // One who may see the schema, and none of its tables.
    shop.owner
        .sql("GRANT USAGE ON SCHEMA annals TO clerk")
        .await;
    let error = refused(shop.clerk.url()).await;
    says(&error, ErrorKind::Denied, &["migrations"], &["grant"]);
}

#[tokio::test]
async fn a_user_who_may_only_read_reads() {
    let shop = shop().await;
    shop.owner
        .store()
        .await
        .append(one("1"))
        .await
        .expect("stored");
    shop.owner
        .sql("GRANT USAGE ON SCHEMA annals TO clerk; GRANT SELECT ON ALL TABLES IN SCHEMA annals TO clerk")
        .await;
    let store = shop.clerk.open(Store::options().read_only()).await;
    let stream = annals_tests::domain::account("1");
    let events = store.stream(&stream).all().await.expect("readable");
    assert_eq!(events.len(), 1);
    let store = shop.clerk.store().await;
    let error = store.append(one("1")).await.expect_err("denied");
    says(&error, ErrorKind::Denied, &["denied"], &["grant"]);
    assert_eq!(shop.owner.events().await, 1);
}

#[tokio::test]
async fn a_user_who_may_make_no_schema_cannot_migrate() {
    let shop = shop().await;
    let options = annals_tests::options().schema("mine");
    let error = options.migrate(shop.clerk.url()).await.expect_err("denied");
    says(&error, ErrorKind::Denied, &["denied"], &["grant"]);
}

/// What an operator has to grant, and nothing else.
#[tokio::test]
async fn the_least_rights_are_enough() {
    let shop = shop().await;
    shop.owner
        .sql(
            "GRANT USAGE ON SCHEMA annals TO clerk;
             GRANT SELECT ON annals.migrations TO clerk;
             GRANT SELECT, INSERT ON annals.events, annals.commands, annals.schemas TO clerk;
             GRANT SELECT, INSERT, UPDATE ON annals.streams, annals.snapshots TO clerk;
             GRANT DELETE ON annals.snapshots TO clerk;
             GRANT USAGE ON SEQUENCE annals.event_position TO clerk",
        )
        .await;
    let store = shop.clerk.store().await;
    annals::manifest::register(&store, [Ticked::LINEAGE], Older::MayRun)
        .await
        .expect("kept");
    assert_eq!(shop.owner.number("SELECT count(*) FROM {schemas}").await, 1);
    let root = store.aggregate::<annals_tests::domain::Ledger>("1");
    for n in 0..4 {
        let deposit = annals_tests::domain::Deposit(1);
        let receipt = root.execute(deposit).key(n.to_string()).await;
        receipt.expect("stored");
    }
    root.execute(annals_tests::domain::Withdraw(99))
        .key("r")
        .await
        .expect_err("refused");
    store.close().await;
    assert_eq!(
        shop.owner.number("SELECT count(*) FROM {snapshots}").await,
        1
    );
    assert_eq!(
        shop.owner.number("SELECT count(*) FROM {commands}").await,
        5
    );
}
