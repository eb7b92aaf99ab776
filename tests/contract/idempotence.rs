//! An append repeated with the same event ids takes effect once.

use annals::{Append, Expected, NewEvent, Receipt, Store, Version};
use annals_tests::domain::{Deposited, account, deposited, deposits, exact};
use annals_tests::{Database, contract};
use uuid::Uuid;

contract![
    a_repeated_append_stores_nothing,
    a_repeated_append_gives_the_original_receipt,
    a_repeated_append_succeeds_after_others_have_appended,
    a_repetition_is_seen_by_another_store,
    a_repeated_group_gives_all_its_streams_again,
    the_same_ids_at_another_version_are_a_conflict,
    some_of_the_same_ids_are_a_conflict,
    the_same_ids_in_another_order_are_a_conflict,
    fewer_of_the_same_ids_are_told_for_themselves,
    a_group_of_which_one_stream_is_new_is_not_a_repetition,
    a_repetition_within_one_batch_is_seen,
    a_group_is_told_again_where_one_of_its_parts_expects_anything,
    a_repeated_group_does_not_ask_its_guards_again,
    guards_alone_are_asked_again,
    one_id_for_two_events_is_refused,
    what_expects_anything_is_stored_again,
];

fn with_ids(ids: &[Uuid], cents: i64) -> Vec<NewEvent> {
    ids.iter()
        .map(|&id| NewEvent::of(&Deposited { cents }).id(id))
        .collect()
}

fn ids<const N: usize>() -> [Uuid; N] {
    std::array::from_fn(|_| Uuid::now_v7())
}

async fn first(store: &Store, ids: &[Uuid]) -> Receipt {
    store
        .append(Append::to(
            &account("1"),
            Expected::NoStream,
            with_ids(ids, 1),
        ))
        .await
        .expect("a new stream")
}

async fn a_repeated_append_stores_nothing(database: &Database) {
    let store = database.store().await;
    let ids = ids::<2>();
    first(&store, &ids).await;
    first(&store, &ids).await;
    first(&store, &ids).await;
    assert_eq!(database.events().await, 2);
    assert_eq!(database.number("SELECT version FROM {streams}").await, 2);
}

async fn a_repeated_append_gives_the_original_receipt(database: &Database) {
    let store = database.store().await;
    let ids = ids::<3>();
    let original = first(&store, &ids).await;
    let repeated = first(&store, &ids).await;
    assert!(!original.is_repeated());
    assert!(repeated.is_repeated());
    assert_eq!(repeated.version(), original.version());
    assert_eq!(repeated.position(), original.position());
    assert_eq!(repeated.streams(), original.streams());
}

async fn a_repeated_append_succeeds_after_others_have_appended(database: &Database) {
    let store = database.store().await;
    let early = ids::<1>();
    first(&store, &early).await;
    let ours = ids::<2>();
    let append = || Append::to(&account("1"), exact(1), with_ids(&ours, 2));
    let original = store.append(append()).await.expect("stored");
    store
        .append(Append::to(&account("1"), exact(3), [deposited(3)]))
        .await
        .expect("stored");
    let repeated = store.append(append()).await.expect("a repetition");
    assert!(repeated.is_repeated());
    assert_eq!(repeated.version(), Version::new(3));
    assert_eq!(repeated.streams(), original.streams());
    assert_eq!(deposits(&store, &account("1")).await, [1, 2, 2, 3]);
}

async fn a_repetition_is_seen_by_another_store(database: &Database) {
    let ids = ids::<1>();
    let original = first(&database.store().await, &ids).await;
    let repeated = first(&database.store().await, &ids).await;
    assert!(repeated.is_repeated());
    assert_eq!(repeated.streams(), original.streams());
}

async fn a_repeated_group_gives_all_its_streams_again(database: &Database) {
    let store = database.store().await;
    first(&store, &ids::<1>()).await;
    let (a, b) = (ids::<2>(), ids::<1>());
    let group = || {
        Append::to(&account("1"), exact(1), with_ids(&a, 2)).and(
            &account("2"),
            Expected::NoStream,
            with_ids(&b, 3),
        )
    };
    let original = store.append(group()).await.expect("stored");
    let repeated = store.append(group()).await.expect("a repetition");
    assert!(repeated.is_repeated());
    assert_eq!(repeated.streams(), original.streams());
    assert_eq!(database.events().await, 4);
}

async fn the_same_ids_at_another_version_are_a_conflict(database: &Database) {
    let store = database.store().await;
    let ids = ids::<1>();
    first(&store, &ids).await;
    store
        .append(Append::to(&account("1"), exact(1), [deposited(2)]))
        .await
        .expect("stored");
    let error = store
        .append(Append::to(&account("1"), exact(1), with_ids(&ids, 1)))
        .await
        .expect_err("the ids stand at another version");
    assert!(error.is_conflict(), "{error:?}");
    assert_eq!(database.events().await, 2);
}

async fn some_of_the_same_ids_are_a_conflict(database: &Database) {
    let store = database.store().await;
    let [a, b, c] = ids::<3>();
    first(&store, &[a, b]).await;
    for partly in [vec![a, c], vec![c, b], vec![a, b, c]] {
        let error = store
            .append(Append::to(
                &account("1"),
                Expected::NoStream,
                with_ids(&partly, 1),
            ))
            .await
            .expect_err("not the same append");
        assert!(error.is_conflict(), "{error:?}");
    }
    assert_eq!(database.events().await, 2);
}

async fn the_same_ids_in_another_order_are_a_conflict(database: &Database) {
    let store = database.store().await;
    let [a, b] = ids::<2>();
    first(&store, &[a, b]).await;
    let error = store
        .append(Append::to(
            &account("1"),
            Expected::NoStream,
            with_ids(&[b, a], 1),
        ))
        .await
        .expect_err("not the same append");
    assert!(error.is_conflict(), "{error:?}");
}

/// The first of two events again: it stands where it was to stand, and the receipt is of that event alone.
async fn fewer_of_the_same_ids_are_told_for_themselves(database: &Database) {
    let store = database.store().await;
    let [a, b] = ids::<2>();
    let original = first(&store, &[a, b]).await;
    let receipt = first(&store, &[a]).await;
    assert!(receipt.is_repeated());
    assert_eq!(receipt.version(), Version::new(1));
    let stored = original.streams()[0].positions();
    assert_eq!(receipt.streams()[0].positions(), &stored[..1]);
    assert_eq!(database.events().await, 2);
}

async fn a_group_of_which_one_stream_is_new_is_not_a_repetition(database: &Database) {
    let store = database.store().await;
    let (a, b) = (ids::<1>(), ids::<1>());
    first(&store, &a).await;
    let error = store
        .append(
            Append::to(&account("1"), Expected::NoStream, with_ids(&a, 1)).and(
                &account("2"),
                Expected::NoStream,
                with_ids(&b, 1),
            ),
        )
        .await
        .expect_err("half of it was never stored");
    assert!(error.is_conflict(), "{error:?}");
    assert_eq!(database.events().await, 1);
}

async fn a_repetition_within_one_batch_is_seen(database: &Database) {
    let store = database.store().await;
    let ids = ids::<2>();
    let append = || Append::to(&account("1"), Expected::NoStream, with_ids(&ids, 1));
    let results = store.append_many(vec![append(), append()]).await;
    let told: Vec<_> = results
        .into_iter()
        .map(|result| result.expect("a success").is_repeated())
        .collect();
    assert_eq!(told, [false, true]);
    assert_eq!(database.events().await, 2);
}

async fn a_group_is_told_again_where_one_of_its_parts_expects_anything(database: &Database) {
    let store = database.store().await;
    let (a, b) = (ids::<1>(), ids::<2>());
    let group = || {
        Append::to(&account("1"), Expected::NoStream, with_ids(&a, 1)).and(
            &account("2"),
            Expected::Any,
            with_ids(&b, 2),
        )
    };
    let original = store.append(group()).await.expect("stored");
    store
        .append(Append::to(&account("2"), Expected::Any, [deposited(9)]))
        .await
        .expect("stored");
    let repeated = store.append(group()).await.expect("a repetition");
    assert!(repeated.is_repeated());
    assert_eq!(repeated.streams(), original.streams());
    assert_eq!(deposits(&store, &account("2")).await, [2, 2, 9]);
}

async fn a_repeated_group_does_not_ask_its_guards_again(database: &Database) {
    let store = database.store().await;
    let ids = ids::<1>();
    let group = || {
        Append::to(&account("1"), Expected::NoStream, with_ids(&ids, 1))
            .guard(&account("2"), Expected::NoStream)
    };
    let original = store.append(group()).await.expect("stored");
    // The guard held then, and does not now.
    store
        .append(Append::to(&account("2"), Expected::Any, [deposited(9)]))
        .await
        .expect("stored");
    let repeated = store.append(group()).await.expect("a repetition");
    assert!(repeated.is_repeated());
    assert_eq!(repeated.streams(), original.streams());
    assert_eq!(database.events().await, 2);
}

/// Nothing was stored by which a repetition could be known.
async fn guards_alone_are_asked_again(database: &Database) {
    let store = database.store().await;
    let guard = || Append::to(&account("1"), Expected::NoStream, []);
    let receipt = store.append(guard()).await.expect("it holds");
    assert!(!receipt.is_repeated());
    first(&store, &ids::<1>()).await;
    let error = store.append(guard()).await.expect_err("it does not hold");
    assert!(error.is_conflict(), "{error:?}");
}

async fn one_id_for_two_events_is_refused(database: &Database) {
    let store = database.store().await;
    let [a] = ids::<1>();
    let event = |cents| with_ids(&[a], cents);
    let twice = Append::to(&account("1"), Expected::NoStream, with_ids(&[a, a], 1));
    let apart = Append::to(&account("1"), Expected::NoStream, event(1)).and(
        &account("2"),
        Expected::NoStream,
        event(2),
    );
    for append in [twice, apart] {
        let error = store.append(append).await.expect_err("refused");
        assert_eq!(error.kind(), annals::ErrorKind::Unstorable, "{error:?}");
        assert!(error.to_string().contains(&a.to_string()), "{error}");
    }
    assert_eq!(database.events().await, 0);
}

/// No expectation tells that it was there before.
async fn what_expects_anything_is_stored_again(database: &Database) {
    let store = database.store().await;
    let ids = ids::<1>();
    for expected in [Expected::Any, Expected::Any, Expected::Exists] {
        let append = Append::to(&account("1"), expected, with_ids(&ids, 1));
        let receipt = store.append(append).await.expect("stored");
        assert!(!receipt.is_repeated());
    }
    assert_eq!(deposits(&store, &account("1")).await, [1, 1, 1]);
}
