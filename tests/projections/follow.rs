//! Rows follow the events.

use annals::prelude::*;
use annals_tests::domain::{Account, Deposit, Open, Withdraw};
use annals_tests::{Database, contract};

use crate::models::{Activity, Balance, Owner, running};

contract![
    a_row_is_made_and_changed,
    several_streams_make_one_row,
    each_event_makes_a_row,
    what_was_there_before_is_handled_too,
    tenants_have_rows_of_their_own,
    a_worker_that_stopped_goes_on_where_it_was,
    a_lease_of_which_a_worker_knows_nothing_is_not_kept_for_ever,
];

async fn open(store: &Store, id: &str, owner: &'static str, cents: i64) -> Receipt {
    let account = store.aggregate::<Account>(id);
    account.execute(Open(owner)).await.expect("it opens");
    account
        .execute(Deposit(cents))
        .await
        .expect("it takes money")
}

async fn a_row_is_made_and_changed(database: &Database) {
    let running = running(database).await;
    let store = running.store();
    open(store, "1", "ada", 500).await;
    let account = store.aggregate::<Account>("1");
    let receipt = account.execute(Withdraw(200)).await.expect("covered");
    let row = store.read_model::<Balance>().after(&receipt).get("1").await;
    let expected = Balance {
        account: "1".into(),
        owner: "ada".into(),
        cents: 300,
    };
    assert_eq!(row.expect("readable"), Some(expected));
    let nobody = store.read_model::<Balance>().get("2").await;
    assert_eq!(nobody.expect("readable"), None);
    running.stop().await;
}

async fn several_streams_make_one_row(database: &Database) {
    let running = running(database).await;
    let store = running.store();
    open(store, "1", "ada", 1).await;
    open(store, "2", "bob", 1).await;
    let receipt = open(store, "3", "ada", 1).await;
    let owners = store.read_model::<Owner>().after(&receipt);
    let accounts = owners.get("ada").await.expect("readable");
    assert_eq!(accounts.map(|owner| owner.accounts), Some(2));
    let all = owners.rows().await.expect("readable");
    let all = all.collect().await.expect("readable");
    let names: Vec<_> = all.iter().map(|owner| owner.name.as_str()).collect();
    assert_eq!(names, ["ada", "bob"]);
    running.stop().await;
}

async fn each_event_makes_a_row(database: &Database) {
    let running = running(database).await;
    let store = running.store();
    open(store, "1", "ada", 5).await;
    let receipt = open(store, "2", "bob", 7).await;
    let rows = store.read_model::<Activity>().after(&receipt).rows().await;
    let rows = rows.expect("readable").collect().await.expect("readable");
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.stream.as_str(), row.what.as_str(), row.cents))
        .collect();
    assert_eq!(
        told,
        [
            ("account-1", "opened", None),
            ("account-1", "deposited", Some(5)),
            ("account-2", "opened", None),
            ("account-2", "deposited", Some(7)),
        ]
    );
    running.stop().await;
}

async fn what_was_there_before_is_handled_too(database: &Database) {
    let receipt = open(&database.store().await, "1", "ada", 500).await;
    let running = running(database).await;
    let rows = running.store().read_model::<Balance>().after(&receipt);
    let row = rows.get("1").await.expect("readable");
    assert_eq!(row.map(|row| row.cents), Some(500));
    running.stop().await;
}

async fn tenants_have_rows_of_their_own(database: &Database) {
    let running = running(database).await;
    let store = running.store();
    let acme = store.tenant("acme");
    let of_ada = open(store, "1", "ada", 500).await;
    let receipt = open(&acme, "1", "bob", 7).await;
    let row = acme.read_model::<Balance>().after(&receipt).get("1").await;
    let row = row.expect("readable").expect("a row");
    assert_eq!((row.owner.as_str(), row.cents), ("bob", 7));
    let row = store.read_model::<Balance>().after(&of_ada).get("1").await;
    let row = row.expect("readable").expect("a row");
    assert_eq!((row.owner.as_str(), row.cents), ("ada", 500));
    let owners = acme.read_model::<Owner>().after(&receipt).count().await;
    assert_eq!(owners.expect("counted"), 1);
    running.stop().await;
}

async fn a_worker_that_stopped_goes_on_where_it_was(database: &Database) {
    let first = running(database).await;
    open(first.store(), "1", "ada", 500).await;
    first.stop().await;
    let receipt = open(&database.store().await, "2", "ada", 7).await;
    let second = running(database).await;
    let store = second.store();
    let rows = store.read_model::<Balance>().after(&receipt).rows().await;
    let rows = rows.expect("readable").collect().await.expect("readable");
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.account.as_str(), row.cents))
        .collect();
    assert_eq!(told, [("1", 500), ("2", 7)]);
    let owners = store.read_model::<Owner>().after(&receipt).get("ada").await;
    assert_eq!(
        owners.expect("readable").map(|owner| owner.accounts),
        Some(2)
    );
    second.stop().await;
}

/// A connection can be lost while a lease is taken or given back, and then nobody knows what became of that.
async fn a_lease_of_which_a_worker_knows_nothing_is_not_kept_for_ever(database: &Database) {
    let running = running(database).await;
    let store = running.store();
    let receipt = open(store, "1", "ada", 1).await;
    let row = store.read_model::<Balance>().after(&receipt).get("1").await;
    assert!(row.expect("readable").is_some());
    let worker = database.text("SELECT worker FROM {workers}").await;
    let taken =
        "UPDATE {partitions} SET owner = 'somebody', leased_until = '2999-01-01T00:00:00.000000Z'";
    assert!(database.sql(taken).await > 0);
    // Two rounds, after which the worker follows nothing any more.
    for _ in 0..2 {
        let seen = "SELECT CAST(max(seen_until) AS text) FROM {workers}";
        let before = database.text(seen).await;
        while database.text(seen).await == before {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    let own = format!("UPDATE {{partitions}} SET owner = '{worker}'");
    assert!(database.sql(&own).await > 0);
    let receipt = open(store, "2", "bob", 1).await;
    let row = store.read_model::<Balance>().after(&receipt).get("2").await;
    assert!(row.expect("followed again").is_some());
    running.stop().await;
}
