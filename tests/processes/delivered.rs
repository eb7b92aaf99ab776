//! A command takes effect once and its outcome is recorded once, wherever a worker is gone or outrun.

use std::time::Duration;

use annals::process::operate::{Fate, Story, What};
use annals::{Store, StreamId};
use annals_tests::{Database, contract};
use tokio::time::sleep;
use uuid::Uuid;

use crate::held::HELD;
use crate::lamps::{DEADLINE, Lit, append, lamps, smoke, told};

contract![
    what_was_accepted_before_a_crash_is_accepted_again,
    what_another_has_recorded_is_not_recorded_again,
];

/// Longer than a test.
const LONG: u64 = 3_600_000;

fn accepted(story: &Story) -> Vec<u64> {
    let accepted = story.entries.iter().filter_map(|entry| match &entry.what {
        What::Accepted { version, .. } => Some(version.get()),
        _ => None,
    });
    accepted.collect()
}

fn refused(story: &Story) -> usize {
    let entries = story.entries.iter();
    entries
        .filter(|entry| matches!(entry.what, What::Refused { .. }))
        .count()
}

async fn events_of(store: &Store, lamp: &str) -> usize {
    let events = store.stream(&StreamId::new("lamp", lamp)).all().await;
    events.expect("read").len()
}

async fn what_was_accepted_before_a_crash_is_accepted_again(database: &Database) {
    let store = database.store().await;
    let app = lamps(store.clone());
    let running = app.start().await.expect("started");
    append(&store, "1", &Lit { for_ms: LONG })
        .await
        .expect("lit");
    smoke(&store, "1").await.expect("smoked");
    let story = told(&app, "1", |story| !accepted(story).is_empty()).await;
    let sent = story
        .entries
        .iter()
        .find(|entry| matches!(&entry.what, What::Sent { fate, .. } if *fate == Fate::Accepted));
    let command = sent.expect("the command").event.recorded().clone();
    // As after a crash between the transaction of the aggregate and that of the outcome.
    let back = format!(
        "insert into {{deliveries}}
             (process, tenant, instance, version, partition, command_id, command, aggregate, target, try_at)
         select process, tenant, id, {}, partition, '{}', 'lamp.dim', 'lamp', 'lamp-1', updated_at
         from {{instances}}",
        command.version(),
        command.event_id()
    );
    assert_eq!(database.sql(&back).await, 1);
    let story = told(&app, "1", |story| {
        accepted(story).len() + refused(story) == 2
    })
    .await;
    assert_eq!(accepted(&story), [2, 2], "{story:#?}");
    assert_eq!(events_of(&store, "1").await, 2, "it took effect once");
    running.stop().await;
}

async fn what_another_has_recorded_is_not_recorded_again(database: &Database) {
    let store = database.store().await;
    let app = lamps(store.clone());
    let running = app.start().await.expect("started");
    let lamp = Uuid::now_v7().to_string();
    HELD.hold(&lamp);
    append(&store, &lamp, &Lit { for_ms: LONG })
        .await
        .expect("lit");
    smoke(&store, &lamp).await.expect("smoked");
    let comes = tokio::time::timeout(DEADLINE, async {
        while !HELD.has_come(&lamp) {
            sleep(Duration::from_millis(5)).await;
        }
    });
    comes.await.expect("the command is decided on");
    // Another worker was faster: the delivery is over.
    let ended = database.sql("delete from {deliveries}").await;
    HELD.let_go(&lamp);
    assert_eq!(ended, 1);
    // What is on the way arrives before that.
    running.stop().await;
    assert_eq!(events_of(&store, &lamp).await, 2, "it was accepted");
    let story = told(&app, &lamp, |_| true).await;
    assert_eq!(
        (accepted(&story).len(), refused(&story)),
        (0, 0),
        "{story:#?}"
    );
}
