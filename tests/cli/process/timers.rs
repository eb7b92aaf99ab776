//! `timers list`

use annals_tests::{Database, contract};
use serde_json::json;

use super::models::{asked, begun, command, first, placed, store, stuck, work};

contract![
    timers_are_listed_by_when_they_are_due,
    a_late_timer_is_told,
    an_app_without_timers_has_none,
];

const LIST: [&str; 2] = ["timers", "list"];

async fn timers_are_listed_by_when_they_are_due(database: &Database) {
    stuck(database).await;
    store(database, "acme", "1", placed("1", "main", 5)).await;
    work::<first::Fulfilment>(database, &LIST, |shown| {
        shown["timers"].as_array().is_some_and(|of| of.len() == 5)
    })
    .await;
    let ran = command::<first::Fulfilment>(database, &LIST).await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""), "{ran:?}");
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(
        lines[0],
        "fulfilment  20  order.reminder  was due TIME, and failed: nobody can be reminded"
    );
    for line in &lines[1..4] {
        assert!(
            line.contains("  order.reminder  due TIME, in 59 min "),
            "{line}"
        );
    }
    assert!(
        lines[4].starts_with("fulfilment  1  tenant acme  order.reminder  due TIME, in 59 min "),
        "{lines:?}"
    );
    let limited = ["timers", "list", "fulfilment", "--limit", "1"];
    let ran = command::<first::Fulfilment>(database, &limited).await;
    ran.is(
        0,
        "fulfilment  20  order.reminder  was due TIME, and failed: nobody can be reminded\n",
        "there are more: raise `--limit`\n",
    );
    let mut shown = asked::<first::Fulfilment>(database, &limited).await;
    for time in [
        &mut shown["now"].take(),
        &mut shown["timers"][0]["due_at"].take(),
    ] {
        assert!(time.is_string(), "{time}");
    }
    assert_eq!(
        shown,
        json!({
            "command": "timers list", "complete": false, "now": null, "timers": [{
                "process": "fulfilment", "tenant": "", "id": "20", "name": "order.reminder", "due_at": null,
                "error": "nobody can be reminded",
            }],
        })
    );
    let none = ["timers", "list", "--limit", "0"];
    let ran = command::<first::Fulfilment>(database, &none).await;
    ran.is(0, "", "there are more: raise `--limit`\n");
}

/// Makes the timers of an order due so long ago.
pub(super) async fn make_late(database: &Database, order: &str, seconds: u32) {
    let ago = match database.is_postgres() {
        true => format!("now() - interval '{seconds} seconds'"),
        false => format!("strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-{seconds} seconds')"),
    };
    let edit = format!("update {{timers}} set due_at = {ago} where instance = '{order}'");
    assert_eq!(database.sql(&edit).await, 1);
}

async fn a_late_timer_is_told(database: &Database) {
    stuck(database).await;
    make_late(database, "17", 3700).await;
    let ran = command::<first::Fulfilment>(database, &LIST).await;
    assert!(
        ran.out
            .starts_with("fulfilment  17  order.reminder  due TIME, overdue by 1 h 1 min\n"),
        "{ran:?}"
    );
}

async fn an_app_without_timers_has_none(database: &Database) {
    begun(database).await;
    let ran = command::<first::Fulfilment>(database, &LIST).await;
    ran.is(0, "", "no timer is set\n");
}
