//! Appends to several streams: each caller's group wins whole or not at all, and groups are independent.

use annals::{Append, Error, ErrorKind, Expected, Receipt, Store, Version};
use annals_tests::domain::{account, deposited, deposits, exact};
use annals_tests::{Database, contract};

contract![
    a_group_is_stored_in_all_its_streams,
    a_group_that_loses_one_stream_stores_none,
    a_group_of_new_streams_that_loses_leaves_no_heads,
    a_guard_that_holds_lets_the_group_win,
    a_guard_that_fails_stops_the_group,
    a_guard_alone_is_checked,
    a_guard_on_a_stream_that_does_not_exist_makes_none,
    a_group_may_name_many_streams_in_any_order,
    the_same_stream_twice_is_refused,
    groups_are_independent_of_each_other,
    groups_on_one_stream_are_decided_in_order,
    no_group_is_no_work,
    a_refused_event_hurts_only_its_own_group,
];

async fn existing(database: &Database, ids: &[&str]) -> Store {
    let store = database.store().await;
    for id in ids {
        store
            .append(Append::to(&account(id), Expected::NoStream, [deposited(1)]))
            .await
            .expect("a new stream");
    }
    store
}

#[track_caller]
fn loses(result: Result<Receipt, Error>, id: &str) {
    let error = result.expect_err("a conflict");
    let conflict = error.conflict().unwrap_or_else(|| panic!("{error:?}"));
    assert_eq!(conflict.stream, account(id));
}

async fn a_group_is_stored_in_all_its_streams(database: &Database) {
    let store = existing(database, &["old"]).await;
    let receipt = store
        .append(
            Append::to(&account("old"), exact(1), [deposited(2), deposited(3)]).and(
                &account("new"),
                Expected::NoStream,
                [deposited(4)],
            ),
        )
        .await
        .expect("the group wins");
    let told: Vec<_> = receipt
        .streams()
        .iter()
        .map(|it| {
            (
                it.stream().as_str(),
                it.version().get(),
                it.positions().len(),
            )
        })
        .collect();
    assert_eq!(told, [("account-old", 3, 2), ("account-new", 1, 1)]);
    assert_eq!(receipt.version(), Version::new(3));
    let mut positions: Vec<_> = receipt
        .streams()
        .iter()
        .flat_map(|it| it.positions())
        .collect();
    positions.sort();
    assert_eq!(receipt.position().as_ref(), positions.last().copied());
    assert_eq!(deposits(&store, &account("old")).await, [1, 2, 3]);
    assert_eq!(deposits(&store, &account("new")).await, [4]);
}

async fn a_group_that_loses_one_stream_stores_none(database: &Database) {
    let store = existing(database, &["a", "b", "c"]).await;
    for wrong in ["a", "b", "c"] {
        let at = |id: &str| exact(if id == wrong { 5 } else { 1 });
        let group = Append::to(&account("a"), at("a"), [deposited(2)])
            .and(&account("b"), at("b"), [deposited(2)])
            .and(&account("c"), at("c"), [deposited(2)]);
        loses(store.append(group).await, wrong);
    }
    assert_eq!(database.events().await, 3);
    assert_eq!(
        database
            .number("SELECT count(*) FROM {streams} WHERE version = 1")
            .await,
        3
    );
}

async fn a_group_of_new_streams_that_loses_leaves_no_heads(database: &Database) {
    let store = existing(database, &["old"]).await;
    let group = Append::to(&account("new1"), Expected::NoStream, [deposited(2)])
        .and(&account("new2"), Expected::Any, [deposited(2)])
        .and(&account("old"), Expected::NoStream, [deposited(2)]);
    loses(store.append(group).await, "old");
    assert_eq!(database.events().await, 1);
    assert_eq!(database.number("SELECT count(*) FROM {streams}").await, 1);
    // And the names are free.
    store
        .append(Append::to(
            &account("new1"),
            Expected::NoStream,
            [deposited(3)],
        ))
        .await
        .expect("a new stream");
}

async fn a_guard_that_holds_lets_the_group_win(database: &Database) {
    let store = existing(database, &["bank"]).await;
    for (id, guard) in [
        ("1", Expected::Exists),
        ("2", exact(1)),
        ("3", Expected::Any),
    ] {
        let group = Append::to(&account(id), Expected::NoStream, [deposited(2)])
            .guard(&account("bank"), guard)
            .guard(&account("none"), Expected::NoStream);
        let receipt = store.append(group).await.expect("the guards hold");
        let guarded = &receipt.streams()[1];
        assert_eq!(guarded.stream(), &account("bank"));
        assert_eq!(guarded.version(), Version::new(1));
        assert!(guarded.positions().is_empty());
        assert_eq!(guarded.recorded_at(), None);
    }
    assert_eq!(database.events().await, 4);
}

async fn a_guard_that_fails_stops_the_group(database: &Database) {
    let store = existing(database, &["bank"]).await;
    for guard in [Expected::NoStream, exact(2), exact(0)] {
        let group = Append::to(&account("1"), Expected::NoStream, [deposited(2)])
            .guard(&account("bank"), guard);
        loses(store.append(group).await, "bank");
    }
    let group = Append::to(&account("1"), Expected::NoStream, [deposited(2)])
        .guard(&account("none"), Expected::Exists);
    loses(store.append(group).await, "none");
    assert_eq!(database.events().await, 1);
    assert_eq!(database.number("SELECT count(*) FROM {streams}").await, 1);
}

async fn a_guard_alone_is_checked(database: &Database) {
    let store = existing(database, &["bank"]).await;
    let guard = |expected| Append::to(&account("bank"), expected, []);
    let receipt = store.append(guard(exact(1))).await.expect("it holds");
    assert_eq!(receipt.position(), None);
    assert_eq!(receipt.version(), Version::new(1));
    loses(store.append(guard(exact(2))).await, "bank");
}

async fn a_guard_on_a_stream_that_does_not_exist_makes_none(database: &Database) {
    let store = existing(database, &[]).await;
    let guards = Append::to(&account("1"), Expected::NoStream, [])
        .guard(&account("2"), Expected::Any)
        .guard(&account("3"), exact(0));
    let receipt = store.append(guards).await.expect("they hold");
    assert_eq!(receipt.version(), Version::new(0));
    assert_eq!(database.number("SELECT count(*) FROM {streams}").await, 0);
}

async fn a_group_may_name_many_streams_in_any_order(database: &Database) {
    let store = existing(database, &[]).await;
    let ids: Vec<String> = (0..64).rev().map(|n| format!("{n:02}")).collect();
    for round in 0..3 {
        let mut group = Append::to(&account(&ids[0]), exact(round), [deposited(0)]);
        for (n, id) in ids.iter().enumerate().skip(1) {
            group = group.and(&account(id), exact(round), [deposited(n as i64)]);
        }
        let receipt = store.append(group).await.expect("the group wins");
        let told: Vec<_> = receipt
            .streams()
            .iter()
            .map(|it| it.stream().id())
            .collect();
        assert_eq!(told, ids, "in the order in which they were named");
    }
    for (n, id) in ids.iter().enumerate() {
        assert_eq!(deposits(&store, &account(id)).await, [n as i64; 3]);
    }
}

async fn the_same_stream_twice_is_refused(database: &Database) {
    let store = existing(database, &["1"]).await;
    let twice = Append::to(&account("1"), exact(1), [deposited(2)]).and(
        &account("1"),
        exact(2),
        [deposited(3)],
    );
    let error = store.append(twice).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unstorable);
    assert!(error.to_string().contains("account-1"), "{error}");
    assert!(error.hint().is_some());
    assert_eq!(database.events().await, 1);
}

async fn groups_are_independent_of_each_other(database: &Database) {
    let store = existing(database, &["a", "b", "c"]).await;
    let groups = vec![
        Append::to(&account("a"), exact(1), [deposited(2)]),
        Append::to(&account("b"), exact(9), [deposited(2)]),
        Append::to(&account("new"), Expected::NoStream, [deposited(2)]).and(
            &account("c"),
            exact(1),
            [deposited(2)],
        ),
        Append::to(&account("d"), Expected::Exists, [deposited(2)]),
        Append::to(&account("e"), Expected::Any, [deposited(2), deposited(3)]),
    ];
    let results = store.append_many(groups).await;
    let told: Vec<_> = results
        .iter()
        .map(|result| match result {
            Ok(receipt) => Ok(receipt.version().get()),
            Err(error) => Err(error.conflict().map(|it| it.stream.id().to_owned())),
        })
        .collect();
    let lost = |id: &str| Err(Some(id.to_owned()));
    assert_eq!(told, [Ok(2), lost("b"), Ok(1), lost("d"), Ok(2)]);
    assert_eq!(deposits(&store, &account("a")).await, [1, 2]);
    assert_eq!(deposits(&store, &account("b")).await, [1]);
    assert_eq!(deposits(&store, &account("c")).await, [1, 2]);
    assert_eq!(deposits(&store, &account("e")).await, [2, 3]);
}

async fn groups_on_one_stream_are_decided_in_order(database: &Database) {
    let store = existing(database, &["a"]).await;
    let at = |version, cents| Append::to(&account("a"), exact(version), [deposited(cents)]);
    let results = store
        .append_many(vec![at(1, 10), at(1, 11), at(2, 20), at(1, 12), at(3, 30)])
        .await;
    let won: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(won, [true, false, true, false, true]);
    assert_eq!(deposits(&store, &account("a")).await, [1, 10, 20, 30]);
}

async fn no_group_is_no_work(database: &Database) {
    let store = existing(database, &[]).await;
    assert!(store.append_many(Vec::new()).await.is_empty());
}

async fn a_refused_event_hurts_only_its_own_group(database: &Database) {
    let store = existing(database, &[]).await;
    let results = store
        .append_many(vec![
            Append::to(&account("1"), Expected::NoStream, [deposited(1)]),
            Append::to(&account(""), Expected::NoStream, [deposited(2)]),
            Append::to(&account("3"), Expected::NoStream, [deposited(3)]),
        ])
        .await;
    let kinds: Vec<_> = results
        .iter()
        .map(|result| result.as_ref().err().map(Error::kind))
        .collect();
    assert_eq!(kinds, [None, Some(ErrorKind::Name), None]);
    assert_eq!(database.events().await, 2);
}
