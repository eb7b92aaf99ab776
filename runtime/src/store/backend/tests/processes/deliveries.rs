//! Commands on their way.

use std::time::Duration;

use annals_tests::{Database, contract};

use super::{
    HOUR, PROCESS, add, append, delivery, delivery_place, due, end, fail, is_about_an_hour, now,
    open, part, place,
};
use crate::store::backend::Backend;
use crate::store::processes::NewDelivery;

contract!(
    commands_to_one_aggregate_are_delivered_in_their_order,
    a_parked_command_holds_up_later_ones_to_the_same_aggregate_alone,
    deliveries_end_and_parked_ones_are_dropped,
    deliveries_are_listed
);

/// As [`due`], of partition 3, in any order and without attempts.
async fn turns(backend: &Backend) -> Vec<String> {
    let due = due(backend, 3, 100).await.into_iter();
    let mut turns: Vec<_> = due.map(|(turn, _)| turn).collect();
    turns.sort();
    turns
}

async fn commands_to_one_aggregate_are_delivered_in_their_order(database: &Database) {
    let backend = open(database).await;
    let (mine, other, third) = (("", "17"), ("acme", "17"), ("", "18"));
    for at in [mine, other, third] {
        append(&backend, at, 9).await;
    }
    assert_eq!(
        backend.delivery_due_in(&part(3)).await.expect("looked"),
        None
    );
    let elsewhere = NewDelivery {
        partition: 4,
        ..delivery(third, 2, "inventory-1")
    };
    let deliveries = [
        delivery(mine, 5, "inventory-1"),
        delivery(mine, 4, "inventory-2"),
        delivery(mine, 3, "inventory-1"),
        delivery(other, 2, "inventory-1"),
        elsewhere,
    ];
    add(&backend, PROCESS, &deliveries).await;
    // Those of another process hold up nothing.
    add(&backend, "other", &[delivery(mine, 1, "inventory-1")]).await;

    let first = [
        " 17 3 inventory-1",
        " 17 4 inventory-2",
        "acme 17 2 inventory-1",
    ];
    assert_eq!(turns(&backend).await, first);
    assert_eq!(due(&backend, 3, 2).await.len(), 2);
    assert_eq!(due(&backend, 4, 9).await.len(), 1);
    let due_in = backend.delivery_due_in(&part(3)).await.expect("looked");
    assert_eq!(due_in, Some(Duration::ZERO));

    // One that is to be tried again holds up those behind it, until it is delivered.
    let hour = HOUR.to_std().expect("an hour");
    fail(&backend, &delivery_place(mine, 3), 1, Some(hour)).await;
    assert_eq!(turns(&backend).await, first[1..]);
    for at in [delivery_place(mine, 4), delivery_place(other, 2)] {
        assert!(end(&backend, &at).await);
    }
    assert_eq!(turns(&backend).await, [""; 0]);
    let due_in = backend.delivery_due_in(&part(3)).await.expect("looked");
    assert!(is_about_an_hour(due_in), "{due_in:?}");
    let soon = Some(Duration::ZERO);
    fail(&backend, &delivery_place(mine, 3), 2, soon).await;
    let again = due(&backend, 3, 9).await;
    assert_eq!(again, [(" 17 3 inventory-1".to_owned(), 2)]);
    assert!(end(&backend, &delivery_place(mine, 3)).await);
    assert_eq!(turns(&backend).await, [" 17 5 inventory-1"]);

    // Those first that have waited longest.
    let later = [delivery(mine, 9, "inventory-9")];
    add(&backend, PROCESS, &later).await;
    let order = due(&backend, 3, 9).await;
    assert_eq!(order[0].0, " 17 5 inventory-1");
    fail(&backend, &delivery_place(mine, 5), 1, soon).await;
    let order = due(&backend, 3, 1).await;
    assert_eq!(order, [(" 17 9 inventory-9".to_owned(), 0)]);
}

async fn a_parked_command_holds_up_later_ones_to_the_same_aggregate_alone(database: &Database) {
    let backend = open(database).await;
    let (mine, other, third) = (("", "17"), ("acme", "17"), ("", "18"));
    let mut deliveries = Vec::new();
    for at in [mine, other, third] {
        append(&backend, at, 3).await;
        let targets = [(1, "inventory-1"), (2, "inventory-1"), (3, "inventory-2")];
        deliveries.extend(targets.map(|(version, target)| delivery(at, version, target)));
    }
    add(&backend, PROCESS, &deliveries).await;
    fail(&backend, &delivery_place(mine, 1), 5, None).await;
    let expected = [
        " 17 3 inventory-2",
        " 18 1 inventory-1",
        " 18 3 inventory-2",
        "acme 17 1 inventory-1",
        "acme 17 3 inventory-2",
    ];
    assert_eq!(turns(&backend).await, expected);
    for (at, version) in [(mine, 3), (third, 1), (third, 3), (other, 1), (other, 3)] {
        assert!(end(&backend, &delivery_place(at, version)).await);
    }
    assert_eq!(
        turns(&backend).await,
        [" 18 2 inventory-1", "acme 17 2 inventory-1"]
    );
    for at in [third, other] {
        assert!(end(&backend, &delivery_place(at, 2)).await);
    }
    // What is left is parked, or behind what is.
    let due_in = backend.delivery_due_in(&part(3)).await.expect("looked");
    assert_eq!(due_in, None);
    let left = backend.list_deliveries(None, None, 9).await;
    let left = left.expect("listed");
    assert_eq!(left.len(), 2);
    assert!(left[0].parked_at.is_some() && left[1].parked_at.is_none());

    assert!(end(&backend, &delivery_place(mine, 1)).await);
    assert_eq!(turns(&backend).await, [" 17 2 inventory-1"]);
}

async fn deliveries_end_and_parked_ones_are_dropped(database: &Database) {
    let backend = open(database).await;
    let (mine, other) = (("", "17"), ("acme", "17"));
    let mut deliveries = Vec::new();
    for at in [mine, other] {
        append(&backend, at, 3).await;
        deliveries.extend((1..=3).map(|version| delivery(at, version, "inventory-1")));
    }
    add(&backend, PROCESS, &deliveries).await;
    add(&backend, "other", &deliveries).await;
    add(&backend, PROCESS, &[]).await;
    assert!(end(&backend, &delivery_place(mine, 2)).await);
    assert!(!end(&backend, &delivery_place(mine, 2)).await, "it is gone");
    assert!(!end(&backend, &delivery_place(("", "18"), 1)).await);
    // One that is gone does not come back.
    fail(&backend, &delivery_place(mine, 2), 1, None).await;
    fail(&backend, &delivery_place(mine, 1), 1, None).await;
    fail(&backend, &delivery_place(other, 3), 1, None).await;

    let mut tx = backend.begin().await.expect("begun");
    for expected in [1, 0] {
        let dropped = backend
            .drop_parked_deliveries(&mut tx, PROCESS, &place(mine))
            .await;
        assert_eq!(dropped.expect("dropped"), expected);
    }
    tx.commit().await.expect("committed");
    assert_eq!(
        turns(&backend).await,
        [" 17 3 inventory-1", "acme 17 1 inventory-1"]
    );
    for (process, count) in [(PROCESS, 4), ("other", 6)] {
        let left = backend.list_deliveries(Some(process), None, 9).await;
        assert_eq!(left.expect("listed").len(), count, "{process}");
    }
}

async fn deliveries_are_listed(database: &Database) {
    let backend = open(database).await;
    let now = now();
    let (mine, other, third) = (("", "17"), ("acme", "17"), ("", "18"));
    let deliveries = [
        delivery(mine, 10, "inventory-1"),
        delivery(third, 1, "inventory-1"),
        delivery(other, 1, "inventory-1"),
        delivery(mine, 9, "inventory-2"),
    ];
    add(&backend, PROCESS, &deliveries).await;
    add(&backend, "other", &[delivery(mine, 1, "inventory-1")]).await;
    fail(&backend, &delivery_place(mine, 9), 5, None).await;
    let hour = HOUR.to_std().expect("an hour");
    fail(&backend, &delivery_place(mine, 10), 1, Some(hour)).await;
    let all = backend.list_deliveries(None, None, 9).await;
    let all = all.expect("listed");
    let told: Vec<_> = all
        .iter()
        .map(|it| {
            assert_eq!(it.command, "inventory.reserve");
            let (tenant, id) = (&it.tenant, &it.instance);
            let at = format!("{} {tenant} {id} {} {}", it.process, it.version, it.target);
            (at, it.attempts, it.error.as_deref(), it.parked_at.is_some())
        })
        .collect();
    let expected = [
        ("order-fulfilment  17 9 inventory-2", 5, true),
        ("order-fulfilment  17 10 inventory-1", 1, false),
        ("order-fulfilment  18 1 inventory-1", 0, false),
        ("order-fulfilment acme 17 1 inventory-1", 0, false),
        ("other  17 1 inventory-1", 0, false),
    ];
    let expected = expected.map(|(at, attempts, is_parked)| {
        let error = (attempts > 0).then_some("no answer");
        (at.to_owned(), attempts, error, is_parked)
    });
    assert_eq!(told, expected);
    let pause = all[1].try_at - now;
    assert!(pause >= HOUR && pause < HOUR * 2, "{pause}");
    assert!(all[2].try_at < now + HOUR);
    for (process, instance, limit, places) in [
        (Some(PROCESS), None, 9, &[0, 1, 2, 3][..]),
        (None, Some("17"), 9, &[0, 1, 3, 4]),
        (Some(PROCESS), Some("17"), 9, &[0, 1, 3]),
        (None, None, 2, &[0, 1]),
        (Some("nobody"), None, 9, &[]),
    ] {
        let listed = backend.list_deliveries(process, instance, limit).await;
        let expected: Vec<_> = places.iter().map(|&place| all[place].clone()).collect();
        assert_eq!(listed.expect("listed"), expected);
    }
}
