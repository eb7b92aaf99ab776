//! Where instances stand, and what operators see and do.

use annals_tests::{Database, contract};
use uuid::Uuid;

use super::{
    HOUR, PROCESS, add, append, delivery, delivery_place, due, due_timers, fail, fail_timer, now,
    open, part, place, set, timer, timer_place, told,
};
use crate::ErrorKind;
use crate::store::backend::Backend;
use crate::store::backend::tests::hand;
use crate::store::processes::{InstanceFilter, InstanceStatus, ListedInstance, SavedInstance};
use crate::store::projections::NewParked;

contract!(
    instances_are_found_with_their_states,
    instances_are_listed_with_what_is_under_way,
    what_waits_for_an_operator_is_tried_again,
    a_row_whose_event_is_missing_is_damage
);

fn saved((tenant, id): (&str, &str), status: InstanceStatus, version: i64) -> SavedInstance {
    SavedInstance {
        tenant: tenant.into(),
        id: id.to_owned(),
        partition: 3,
        status,
        state_version: version,
        steps: version * 10,
    }
}

async fn save(backend: &Backend, process: &str, instances: &[SavedInstance]) {
    let mut tx = backend.begin().await.expect("begun");
    let done = backend.save_instances(&mut tx, process, instances).await;
    done.expect("saved");
    tx.commit().await.expect("committed");
}

async fn list(backend: &Backend, filter: InstanceFilter<'_>, limit: u32) -> Vec<ListedInstance> {
    backend.list_instances(filter, limit).await.expect("listed")
}

async fn instances_are_found_with_their_states(database: &Database) {
    let backend = open(database).await;
    let (mine, other) = (("", "17"), ("acme", "17"));
    for at in [mine, other, ("", "18")] {
        append(&backend, at, 3).await;
    }
    let first = [
        saved(mine, InstanceStatus::Running, 1),
        saved(other, InstanceStatus::Cancelled, 2),
        saved(("", "18"), InstanceStatus::Running, 1),
    ];
    save(&backend, PROCESS, &first).await;
    save(&backend, "other", &first).await;
    let second = [
        saved(("", "18"), InstanceStatus::Running, 2),
        saved(mine, InstanceStatus::Finished, 3),
    ];
    save(&backend, PROCESS, &second).await;
    save(&backend, PROCESS, &[]).await;

    let asked = [mine, other, ("", "19"), ("globex", "17")].map(place);
    let mut tx = backend.begin().await.expect("begun");
    let found = backend.find_instances(&mut tx, PROCESS, &asked).await;
    tx.commit().await.expect("committed");
    let found = found.expect("read");
    let mut found: Vec<_> = found
        .iter()
        .map(|it| {
            let recorded = it.state.recorded();
            assert_eq!(recorded.tenant(), &*it.tenant);
            assert_eq!(recorded.stream().as_str(), "order-fulfilment-17");
            assert_eq!(recorded.stream().category(), PROCESS);
            assert_eq!(recorded.event_type(), "stepped");
            let state = std::str::from_utf8(it.state.payload()).expect("text");
            (&*it.tenant, &*it.id, it.status, it.steps, state.to_owned())
        })
        .collect();
    found.sort_by_key(|it| it.0);
    let expected = [
        ("", "17", InstanceStatus::Finished, 30, told(mine, 3)),
        ("acme", "17", InstanceStatus::Cancelled, 20, told(other, 2)),
    ];
    assert_eq!(found, expected);

    let filter = InstanceFilter {
        process: Some("other"),
        ..InstanceFilter::default()
    };
    let untouched = list(&backend, filter, 9).await;
    assert!(untouched.iter().all(|it| it.started_at == it.updated_at));
    let again = &list(&backend, InstanceFilter::default(), 1).await[0];
    assert!(again.started_at < again.updated_at, "{again:?}");
}

async fn instances_are_listed_with_what_is_under_way(database: &Database) {
    let backend = open(database).await;
    let now = now();
    let (mine, other, third) = (("", "17"), ("acme", "17"), ("", "18"));
    for (at, status) in [
        (mine, InstanceStatus::Running),
        (other, InstanceStatus::Finished),
        (third, InstanceStatus::Running),
    ] {
        append(&backend, at, 4).await;
        save(&backend, PROCESS, &[saved(at, status, 1)]).await;
    }
    save(
        &backend,
        "other",
        &[saved(mine, InstanceStatus::Cancelled, 1)],
    )
    .await;
    // It changed last.
    save(
        &backend,
        PROCESS,
        &[saved(mine, InstanceStatus::Running, 2)],
    )
    .await;

    let deliveries = [1, 2, 3].map(|n| delivery(mine, n, "inventory-1"));
    add(&backend, PROCESS, &deliveries).await;
    fail(&backend, &delivery_place(mine, 1), 5, None).await;
    let timers = [
        timer(mine, "failed", 1, now - HOUR),
        timer(mine, "late", 1, now + HOUR * 2),
        timer(mine, "next", 1, now + HOUR),
        timer(third, "next", 1, now + HOUR),
    ];
    set(&backend, PROCESS, &timers).await;
    fail_timer(&backend, &timer_place(mine, "failed"), "it panicked").await;
    let parked = |at: (&str, &str), position| NewParked {
        tenant: at.0.into(),
        key: at.1.to_owned(),
        position,
        event_id: Uuid::from_u128(1),
        stream: "order-1".to_owned(),
        event_type: "order.placed".to_owned(),
        error: Some("no".to_owned()),
        attempts: 1,
    };
    let mut tx = backend.begin().await.expect("begun");
    let events = [parked(mine, 1), parked(mine, 2), parked(other, 3)];
    let done = backend.park(&mut tx, &part(3), &events).await;
    done.expect("parked");
    tx.commit().await.expect("committed");

    let told = |listed: &[ListedInstance]| -> Vec<(String, i64, i64)> {
        let told = listed.iter().map(|it| {
            let at = format!("{} {} {}", it.process, it.tenant, it.id);
            (at, it.pending, it.parked)
        });
        told.collect()
    };
    let all = list(&backend, InstanceFilter::default(), 9).await;
    let expected = [
        ("order-fulfilment  17", 2, 4),
        ("other  17", 0, 0),
        ("order-fulfilment  18", 0, 0),
        ("order-fulfilment acme 17", 0, 1),
    ];
    let expected = expected.map(|(at, pending, parked)| (at.to_owned(), pending, parked));
    assert_eq!(told(&all), expected);
    let statuses: Vec<_> = all.iter().map(|it| it.status).collect();
    let running = InstanceStatus::Running;
    assert_eq!(
        statuses,
        [
            running,
            InstanceStatus::Cancelled,
            running,
            InstanceStatus::Finished
        ]
    );
    let timers: Vec<_> = all.iter().map(|it| it.next_timer).collect();
    assert_eq!(timers, [Some(now + HOUR), None, Some(now + HOUR), None]);
    assert_eq!((all[0].steps, all[3].steps), (20, 10));
    assert_eq!(list(&backend, InstanceFilter::default(), 2).await, all[..2]);

    let at = |places: &[usize]| -> Vec<ListedInstance> {
        places.iter().map(|&place| all[place].clone()).collect()
    };
    let everything = InstanceFilter::default();
    for (filter, places) in [
        (
            InstanceFilter {
                process: Some(PROCESS),
                ..everything
            },
            &[0, 2, 3][..],
        ),
        (
            InstanceFilter {
                id: Some("17"),
                ..everything
            },
            &[0, 1, 3],
        ),
        (
            InstanceFilter {
                status: Some(InstanceStatus::Running),
                ..everything
            },
            &[0, 2],
        ),
        (
            InstanceFilter {
                only_parked: true,
                ..everything
            },
            &[0, 3],
        ),
        (
            InstanceFilter {
                process: Some(PROCESS),
                id: Some("17"),
                status: Some(InstanceStatus::Finished),
                only_parked: true,
            },
            &[3],
        ),
        (
            InstanceFilter {
                process: Some("nobody"),
                ..everything
            },
            &[],
        ),
    ] {
        assert_eq!(list(&backend, filter, 9).await, at(places), "{filter:?}");
    }

    // Each of the three is enough to be listed.
    let retried = backend.retry_instance(PROCESS, &place(mine)).await;
    assert_eq!(retried.expect("retried"), 2);
    add(&backend, "other", &[delivery(mine, 1, "inventory-1")]).await;
    let at = delivery_place(mine, 1);
    let done = backend.fail_delivery("other", &at, 5, "no", None).await;
    done.expect("kept");
    fail_timer(&backend, &timer_place(third, "next"), "it panicked").await;
    let filter = InstanceFilter {
        only_parked: true,
        ..everything
    };
    let waiting = told(&list(&backend, filter, 9).await);
    let expected = [
        ("order-fulfilment  17", 3, 2),
        ("other  17", 0, 1),
        ("order-fulfilment  18", 0, 1),
        ("order-fulfilment acme 17", 0, 1),
    ];
    let expected = expected.map(|(at, pending, parked)| (at.to_owned(), pending, parked));
    assert_eq!(waiting, expected);
}

async fn what_waits_for_an_operator_is_tried_again(database: &Database) {
    let backend = open(database).await;
    let (mine, other) = (("", "17"), ("acme", "17"));
    let now = now();
    for at in [mine, other] {
        append(&backend, at, 3).await;
        let timers = ["a", "b"].map(|name| timer(at, name, 1, now - HOUR));
        set(&backend, PROCESS, &timers).await;
        fail_timer(&backend, &timer_place(at, "a"), "it panicked").await;
        let deliveries = [1, 2, 3].map(|n| delivery(at, n, &format!("inventory-{n}")));
        add(&backend, PROCESS, &deliveries).await;
        fail(&backend, &delivery_place(at, 1), 5, None).await;
        let hour = HOUR.to_std().expect("an hour");
        fail(&backend, &delivery_place(at, 2), 4, Some(hour)).await;
        fail(&backend, &delivery_place(at, 2), 5, None).await;
    }
    assert_eq!(due_timers(&backend, 3, 9).await.len(), 2);
    assert_eq!(due(&backend, 3, 9).await.len(), 2);

    let retried = backend.retry_instance("other", &place(mine)).await;
    assert_eq!(retried.expect("retried"), 0);
    let retried = backend.retry_instance(PROCESS, &place(mine)).await;
    assert_eq!(retried.expect("retried"), 3, "two commands and a timer");
    let retried = backend.retry_instance(PROCESS, &place(mine)).await;
    assert_eq!(retried.expect("retried"), 0);

    let timers: Vec<_> = due_timers(&backend, 3, 9).await;
    let names: Vec<&str> = timers.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["a", "b", "b"]);
    let mut turns = due(&backend, 3, 9).await;
    turns.sort();
    let expected = [
        (" 17 1 inventory-1", 0),
        (" 17 2 inventory-2", 0),
        (" 17 3 inventory-3", 0),
        ("acme 17 3 inventory-3", 0),
    ];
    let expected = expected.map(|(turn, attempts)| (turn.to_owned(), attempts));
    assert_eq!(turns, expected);
}

async fn a_row_whose_event_is_missing_is_damage(database: &Database) {
    let backend = open(database).await;
    // The other tenant has such an event.
    append(&backend, ("acme", "17"), 9).await;
    append(&backend, ("", "17"), 1).await;
    let mine = ("", "17");
    save(
        &backend,
        PROCESS,
        &[saved(mine, InstanceStatus::Running, 2)],
    )
    .await;
    set(&backend, PROCESS, &[timer(mine, "a", 3, now() - HOUR)]).await;
    add(&backend, PROCESS, &[delivery(mine, 4, "inventory-1")]).await;
    let mut tx = backend.begin().await.expect("begun");
    let places = [place(mine)];
    let found = backend.find_instances(&mut tx, PROCESS, &places).await;
    let found = found.map(|_| ());
    let timers = backend.due_timers(&mut tx, &part(3), 9).await.map(|_| ());
    let unknown = match backend.is_postgres() {
        true => "update annals.instances set status = 'asleep', state_version = 1",
        false => "update annals_instances set status = 'asleep', state_version = 1",
    };
    hand(&mut tx, unknown).await;
    let asleep = backend.find_instances(&mut tx, PROCESS, &places).await;
    let asleep = asleep.expect_err("no status").to_string();
    assert!(asleep.contains("\"asleep\" is no status"), "{asleep}");
    tx.commit().await.expect("committed");
    let due = backend.due_deliveries(&part(3), 9).await.map(|_| ());
    for (outcome, version) in [(found, 2), (timers, 3), (due, 4)] {
        let error = outcome.expect_err("it is missing");
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
        let message = error.to_string();
        let stream = "`order-fulfilment-17`";
        assert!(message.contains(stream), "{message}");
        assert!(message.contains(&format!("event {version}")), "{message}");
    }
}
