//! A tenant sees and writes nothing but its own.

use annals::{Append, AsOf, CommandError, ErrorKind, Expected, Store, Version};
use annals_tests::domain::{
    Account, Deposit, Ledger, Refusal, Withdraw, account, deposited, deposits,
};
use annals_tests::{Database, contract};

contract![
    the_same_stream_is_another_one_for_each_tenant,
    appends_of_one_tenant_do_not_conflict_with_those_of_another,
    a_guard_sees_its_own_tenant_only,
    a_warm_aggregate_is_of_one_tenant,
    a_key_is_of_one_tenant,
    a_snapshot_is_of_one_tenant,
    the_store_that_was_connected_has_the_empty_name,
    a_transaction_carries_appends_of_several_tenants,
    an_event_tells_whose_it_is,
    names_of_tenants_are_taken_as_they_are,
    names_that_no_database_can_keep_are_refused,
];

async fn two(database: &Database) -> (Store, Store) {
    let store = database.store().await;
    (store.tenant("acme"), store.tenant("globex"))
}

fn new(cents: i64) -> Append {
    Append::to(&account("1"), Expected::NoStream, [deposited(cents)])
}

async fn the_same_stream_is_another_one_for_each_tenant(database: &Database) {
    let (acme, globex) = two(database).await;
    acme.append(new(1)).await.expect("stored");
    assert_eq!(deposits(&globex, &account("1")).await, [0; 0]);
    globex.append(new(2)).await.expect("stored");
    assert_eq!(deposits(&acme, &account("1")).await, [1]);
    assert_eq!(deposits(&globex, &account("1")).await, [2]);
    for (store, balance) in [(&acme, 1), (&globex, 2)] {
        let root = store.aggregate::<Account>("1");
        assert_eq!(root.load().await.expect("loads").balance, balance);
        let then = root.state_at(AsOf::version(Version::new(1))).await;
        assert_eq!(then.expect("a state").balance, balance);
        let mut history = root.history();
        let entry = history.next().await.expect("readable").expect("an entry");
        assert_eq!(entry.state()["balance"], balance);
        assert!(history.next().await.expect("readable").is_none());
        let mut events = root.events();
        assert!(events.next().await.expect("readable").is_some());
        assert!(events.next().await.expect("readable").is_none());
    }
    assert_eq!(
        database
            .number("SELECT count(DISTINCT tenant) FROM {events}")
            .await,
        2
    );
}

async fn appends_of_one_tenant_do_not_conflict_with_those_of_another(database: &Database) {
    let (acme, globex) = two(database).await;
    for version in 0..3 {
        let expected = Expected::Exact(Version::new(version));
        for store in [&acme, &globex] {
            store
                .append(Append::to(&account("1"), expected, [deposited(1)]))
                .await
                .expect("stored");
        }
    }
}

async fn a_guard_sees_its_own_tenant_only(database: &Database) {
    let (acme, globex) = two(database).await;
    acme.append(new(1)).await.expect("stored");
    let guard = |expected| {
        Append::to(&account("2"), Expected::NoStream, [deposited(1)]).guard(&account("1"), expected)
    };
    let error = globex.append(guard(Expected::Exists)).await;
    assert!(error.expect_err("not there").is_conflict());
    globex
        .append(guard(Expected::NoStream))
        .await
        .expect("it holds");
}

async fn a_warm_aggregate_is_of_one_tenant(database: &Database) {
    let (acme, globex) = two(database).await;
    let rich = acme.aggregate::<Account>("1");
    rich.execute(Deposit(100)).await.expect("stored");
    rich.execute(Withdraw(1)).await.expect("there is enough");
    let refused = globex.aggregate::<Account>("1").execute(Withdraw(1)).await;
    assert!(
        matches!(
            refused,
            Err(CommandError::Rejected(Refusal::Insufficient { missing: 1 }))
        ),
        "{refused:?}"
    );
}

async fn a_key_is_of_one_tenant(database: &Database) {
    let (acme, globex) = two(database).await;
    for store in [&acme, &globex] {
        let root = store.aggregate::<Account>("1");
        let receipt = root.execute(Deposit(1)).key("a").await.expect("stored");
        assert!(!receipt.is_repeated());
    }
    assert_eq!(database.events().await, 2);
}

async fn a_snapshot_is_of_one_tenant(database: &Database) {
    let (acme, globex) = two(database).await;
    for cents in [100, 200, 300, 400] {
        let root = acme.aggregate::<Ledger>("1");
        root.execute(Deposit(cents)).await.expect("stored");
    }
    for cents in [1, 2, 3, 4] {
        let root = globex.aggregate::<Ledger>("1");
        root.execute(Deposit(cents)).await.expect("stored");
    }
    acme.close().await;
    assert_eq!(database.number("SELECT count(*) FROM {snapshots}").await, 2);
    let (acme, globex) = two(database).await;
    for (store, balance) in [(acme, 1_000), (globex, 10)] {
        let loaded = store.aggregate::<Ledger>("1").load().await.expect("loads");
        assert_eq!(loaded.balance, balance);
    }
}

async fn the_store_that_was_connected_has_the_empty_name(database: &Database) {
    let store = database.store().await;
    assert_eq!(store.tenant_name(), "");
    store.append(new(1)).await.expect("stored");
    assert_eq!(deposits(&store.tenant(""), &account("1")).await, [1]);
    assert_eq!(deposits(&store.tenant("acme"), &account("1")).await, [0; 0]);
    let back = store.tenant("acme").tenant("");
    assert_eq!(deposits(&back, &account("1")).await, [1]);
}

async fn a_transaction_carries_appends_of_several_tenants(database: &Database) {
    let (acme, globex) = two(database).await;
    let mut tx = acme.begin().await.expect("a transaction");
    acme.append_in(&mut tx, new(1)).await.expect("stored");
    globex.append_in(&mut tx, new(2)).await.expect("stored");
    tx.commit().await.expect("committed");
    assert_eq!(deposits(&acme, &account("1")).await, [1]);
    assert_eq!(deposits(&globex, &account("1")).await, [2]);
}

async fn an_event_tells_whose_it_is(database: &Database) {
    let (acme, globex) = two(database).await;
    let nobody = database.store().await;
    for (store, tenant) in [(&acme, "acme"), (&globex, "globex"), (&nobody, "")] {
        store.append(new(1)).await.expect("stored");
        let page = store.feed().read().await.expect("readable");
        let stream = store.stream(&account("1")).all().await;
        for events in [page.events(), &stream.expect("readable")] {
            let [event] = events else {
                panic!("{events:?}")
            };
            assert_eq!(event.recorded().tenant(), tenant);
        }
        let mut history = store.aggregate::<Account>("1").history();
        let entry = history.next().await.expect("readable").expect("an entry");
        assert_eq!(entry.recorded().tenant(), tenant);
    }
}

async fn names_of_tenants_are_taken_as_they_are(database: &Database) {
    let store = database.store().await;
    let names = ["a", "A", "a ", "'", "%", "ключ", "a-account"];
    for (n, name) in names.iter().enumerate() {
        let tenant = store.tenant(name);
        tenant.append(new(n as i64)).await.expect("stored");
    }
    for (n, name) in names.iter().enumerate() {
        let tenant = store.tenant(name);
        assert_eq!(tenant.tenant_name(), *name);
        assert_eq!(deposits(&tenant, &account("1")).await, [n as i64]);
    }
}

async fn names_that_no_database_can_keep_are_refused(database: &Database) {
    let long = "t".repeat(501);
    for (name, what) in [("a\0b", "NUL"), (long.as_str(), "500 bytes")] {
        let tenant = database.store().await.tenant(name);
        let root = tenant.aggregate::<Account>("1");
        let errors = [
            tenant.append(new(1)).await.expect_err("refused"),
            tenant
                .stream(&account("1"))
                .all()
                .await
                .expect_err("refused"),
            tenant.streams("account").next().await.expect_err("refused"),
            root.load().await.expect_err("refused"),
            root.history().next().await.expect_err("refused"),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
            assert!(error.to_string().contains(what), "{error}");
        }
        let result = root.execute(Deposit(1)).await;
        assert!(
            matches!(&result, Err(CommandError::Store(error)) if error.kind() == ErrorKind::Name),
            "{result:?}"
        );
    }
    assert_eq!(database.events().await, 0);
    // The longest that can be kept.
    let longest = "t".repeat(500);
    let tenant = database.store().await.tenant(&longest);
    tenant.append(new(1)).await.expect("stored");
    assert_eq!(deposits(&tenant, &account("1")).await, [1]);
}
