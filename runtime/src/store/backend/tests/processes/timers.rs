//! When instances are told the time.

use std::time::Duration;

use annals_tests::{Database, contract};
use chrono::{DateTime, Utc};

use super::{
    HOUR, PROCESS, append, due_timers, fail_timer, is_about_an_hour, now, open, part, place, set,
    timer, timer_place, told,
};
use crate::store::processes::NewTimer;

contract!(
    timers_come_due_in_their_order,
    timers_are_dropped_and_kept_for_an_operator,
    a_time_that_no_year_of_four_digits_has_is_not_due,
    timers_are_listed
);

async fn timers_come_due_in_their_order(database: &Database) {
    let backend = open(database).await;
    let (mine, other) = (("", "17"), ("acme", "17"));
    append(&backend, mine, 4).await;
    append(&backend, other, 4).await;
    assert_eq!(
        backend.timer_due_in(&part(3)).await.expect("looked"),
        None,
        "there is none"
    );
    let now = now();
    let elsewhere = NewTimer {
        partition: 4,
        ..timer(mine, "elsewhere", 4, now - HOUR * 9)
    };
    let timers = [
        timer(mine, "newer", 1, now - HOUR * 2),
        timer(other, "older", 2, now - HOUR * 3),
        timer(mine, "later", 3, now + HOUR),
        elsewhere,
    ];
    set(&backend, PROCESS, &timers).await;
    set(&backend, "other", &[timer(mine, "x", 1, now - HOUR * 8)]).await;

    let older = ("older".to_owned(), told(other, 2));
    let newer = ("newer".to_owned(), told(mine, 1));
    let due = due_timers(&backend, 3, 9).await;
    assert_eq!(due, [older.clone(), newer.clone()]);
    assert_eq!(due_timers(&backend, 3, 1).await, [older]);
    assert_eq!(due_timers(&backend, 4, 9).await.len(), 1);
    assert_eq!(due_timers(&backend, 5, 9).await, []);
    let due_in = backend.timer_due_in(&part(3)).await.expect("looked");
    assert_eq!(due_in, Some(Duration::ZERO));

    // One of the same name takes its place, with its content.
    set(&backend, PROCESS, &[timer(other, "older", 4, now + HOUR)]).await;
    assert_eq!(due_timers(&backend, 3, 9).await, [newer]);
    set(&backend, PROCESS, &[timer(mine, "newer", 2, now + HOUR)]).await;
    assert_eq!(due_timers(&backend, 3, 9).await, []);
    let due_in = backend.timer_due_in(&part(3)).await.expect("looked");
    assert!(is_about_an_hour(due_in), "{due_in:?}");
    set(&backend, PROCESS, &[timer(mine, "later", 4, now - HOUR)]).await;
    let later = [("later".to_owned(), told(mine, 4))];
    assert_eq!(due_timers(&backend, 3, 9).await, later);
}

async fn timers_are_dropped_and_kept_for_an_operator(database: &Database) {
    let backend = open(database).await;
    let (mine, other, third) = (("", "17"), ("acme", "17"), ("", "18"));
    let now = now();
    let mut timers = Vec::new();
    for at in [mine, other, third] {
        append(&backend, at, 1).await;
        timers.extend(["a", "b"].map(|name| timer(at, name, 1, now - HOUR)));
    }
    set(&backend, PROCESS, &timers).await;
    set(&backend, "other", &timers).await;

    fail_timer(&backend, &timer_place(mine, "a"), "it panicked").await;
    let of_mine = due_timers(&backend, 3, 9).await;
    assert_eq!(
        of_mine.len(),
        5,
        "who failed does not come due: {of_mine:?}"
    );
    let failed = |error: Option<&str>| error.map(str::to_owned);
    let listed = backend.list_timers(Some(PROCESS), Some("17"), 9).await;
    let listed = listed.expect("listed");
    let errors: Vec<_> = listed.iter().map(|it| it.error.clone()).collect();
    assert_eq!(errors, [failed(Some("it panicked")), None, None, None]);

    // Set again, it has not failed.
    set(&backend, PROCESS, &[timer(mine, "a", 1, now - HOUR)]).await;
    assert_eq!(due_timers(&backend, 3, 9).await.len(), 6);

    let mut tx = backend.begin().await.expect("begun");
    let gone = [
        timer_place(mine, "a"),
        timer_place(other, "b"),
        timer_place(other, "c"),
    ];
    let dropped = backend.drop_timers(&mut tx, PROCESS, &gone).await;
    dropped.expect("dropped");
    let dropped = backend
        .drop_timers_of(&mut tx, PROCESS, &[place(third), place(("acme", "18"))])
        .await;
    dropped.expect("dropped");
    tx.commit().await.expect("committed");
    let left = backend.list_timers(Some(PROCESS), None, 9).await;
    let left: Vec<_> = left
        .expect("listed")
        .into_iter()
        .map(|it| (it.tenant, it.instance, it.name))
        .collect();
    let expected = [("", "17", "b"), ("acme", "17", "a")];
    let expected = expected.map(|(tenant, id, name)| (tenant.into(), id.into(), name.into()));
    assert_eq!(left, expected);
    let others = backend.list_timers(Some("other"), None, 9).await;
    assert_eq!(others.expect("listed").len(), 6);

    for at in [("", "b"), ("acme", "a")] {
        fail_timer(&backend, &timer_place((at.0, "17"), at.1), "no").await;
    }
    let due_in = backend.timer_due_in(&part(3)).await.expect("looked");
    assert_eq!(due_in, None, "all have failed");
}

async fn a_time_that_no_year_of_four_digits_has_is_not_due(database: &Database) {
    let backend = open(database).await;
    append(&backend, ("", "17"), 1).await;
    let never = DateTime::<Utc>::MAX_UTC;
    set(&backend, PROCESS, &[timer(("", "17"), "a", 1, never)]).await;
    assert_eq!(due_timers(&backend, 3, 9).await, []);
    let due_in = backend.timer_due_in(&part(3)).await.expect("looked");
    let years = due_in.expect("there is one").as_secs() / 3600 / 24 / 366;
    assert!(years > 7000, "{years}");
}

async fn timers_are_listed(database: &Database) {
    let backend = open(database).await;
    let now = now();
    let (mine, other, third) = (("", "17"), ("acme", "17"), ("", "18"));
    let timers = [
        timer(mine, "a", 1, now + HOUR),
        timer(other, "a", 1, now - HOUR),
        timer(third, "b", 1, now),
    ];
    set(&backend, PROCESS, &timers).await;
    set(&backend, "other", &[timer(mine, "a", 1, now + HOUR * 2)]).await;
    let all = backend.list_timers(None, None, 9).await.expect("listed");
    let told: Vec<_> = all
        .iter()
        .map(|it| {
            assert_eq!(it.error, None);
            let at = format!("{} {} {} {}", it.process, it.tenant, it.instance, it.name);
            (at, it.due_at)
        })
        .collect();
    let expected = [
        ("order-fulfilment acme 17 a", now - HOUR),
        ("order-fulfilment  18 b", now),
        ("order-fulfilment  17 a", now + HOUR),
        ("other  17 a", now + HOUR * 2),
    ];
    assert_eq!(told, expected.map(|(at, due)| (at.to_owned(), due)));
    for (process, instance, limit, places) in [
        (Some(PROCESS), None, 9, &[0, 1, 2][..]),
        (None, Some("17"), 9, &[0, 2, 3]),
        (Some(PROCESS), Some("17"), 9, &[0, 2]),
        (None, None, 2, &[0, 1]),
        (None, Some("1"), 9, &[]),
    ] {
        let listed = backend.list_timers(process, instance, limit).await;
        let expected: Vec<_> = places.iter().map(|&place| all[place].clone()).collect();
        assert_eq!(listed.expect("listed"), expected);
    }
}
