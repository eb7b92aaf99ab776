//! `outbox status`, and what `projection ..` does with a relay.

use std::time::{Duration, Instant};

use annals::App;
use annals::relay::{Broker, BrokerError, Message, Relay};
use annals_tests::domain::Account;
use annals_tests::{Database, contract};
use serde_json::json;

use crate::run::{Ran, run};

contract![
    how_far_relays_have_come_is_shown,
    a_relay_that_stopped_is_found_and_goes_on,
    a_relay_is_paused_and_goes_on,
];

/// Takes what is not of version 2, or all.
struct Picky {
    takes_all: bool,
}

impl Broker for Picky {
    async fn publish(&self, messages: &[Message]) -> Result<(), BrokerError> {
        let mut messages = messages.iter();
        let refused = messages.find(|message| message.version().get() == 2);
        match refused.filter(|_| !self.takes_all) {
            None => Ok(()),
            Some(message) => Err(BrokerError::refused(message, "it is a second one")
                .with_hint("let there be no second one")),
        }
    }
}

async fn app(database: &Database, takes_all: bool) -> App {
    App::new(database.store().await)
        .aggregate::<Account>()
        .relay(Relay::new("events", Picky { takes_all }))
}

async fn ask(database: &Database, arguments: &[&str]) -> Ran {
    run(&app(database, true).await, arguments).await
}

/// Publishes until the relay has come as far as it can.
async fn publish(database: &Database, takes_all: bool, checkpoint: u64) {
    let app = app(database, takes_all).await;
    let running = app.start().await.expect("it starts");
    let begun = Instant::now();
    loop {
        let found = annals::projection::status::list(&app, Some("events")).await;
        let part = &found.expect("it is found")[0].partitions[0];
        if part.checkpoint.get() >= checkpoint && (takes_all || part.stopped.is_some()) {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "still {part:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running.stop().await;
}

async fn how_far_relays_have_come_is_shown(database: &Database) {
    let ran = ask(database, &["outbox", "status"]).await;
    ran.is(0, "events: missing\n", "");
    annals_tests::relays::deposits(&database.store().await, "1", 2).await;
    publish(database, true, 2).await;
    annals_tests::relays::deposits(&database.store().await, "2", 3).await;
    let ran = ask(database, &["outbox", "status"]).await;
    let first =
        "events: following, at position 2 of 5, 3 behind\n  nobody publishes, moved last at ";
    assert!(ran.out.starts_with(first), "{}", ran.out);
    assert_eq!(ran.code, 0);
    let ran = ask(database, &["outbox", "status", "--format", "json"]).await;
    let mut json = ran.json();
    let at = json["relays"][0]["updated_at"].take();
    assert!(at.is_string(), "{at}");
    assert_eq!(
        json,
        json!({"command": "status", "relays": [{
            "relay": "events", "status": "following", "declared": true, "checkpoint": 2, "frontier": 5, "lag": 3,
            "worker": null, "leased_until": null, "stopped": null, "updated_at": null,
        }]})
    );
    let ran = run(&App::new(database.store().await), &["outbox", "status"]).await;
    assert!(
        ran.out.starts_with("events: following, not declared, at"),
        "{}",
        ran.out
    );
}

async fn a_relay_that_stopped_is_found_and_goes_on(database: &Database) {
    annals_tests::relays::deposits(&database.store().await, "1", 3).await;
    publish(database, false, 1).await;
    let ran = ask(database, &["outbox", "status"]).await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.ends_with(
            "  stopped before position 2:\n    event `money.deposited` of stream `account-1` cannot be published: it is a second \
             one\n    help: let there be no second one\n  help: mend what it says, then run `projection resume events`\n"
        ),
        "{}",
        ran.out
    );
    let ran = ask(database, &["projection", "resume", "events"]).await;
    ran.is(0, "events v1 goes on\n", "");
    publish(database, true, 3).await;
    assert_eq!(ask(database, &["outbox", "status"]).await.code, 0);
}

async fn a_relay_is_paused_and_goes_on(database: &Database) {
    publish(database, true, 0).await;
    let ran = ask(database, &["projection", "pause", "events"]).await;
    ran.is(0, "events v1 is paused\n", "");
    let ran = ask(database, &["projection", "list"]).await;
    ran.is(0, "events v1: paused, relay, current\n", "");
    let ran = ask(database, &["migrate", "plan"]).await;
    assert_eq!(ran.code, 0, "a migration leaves it alone: {}", ran.out);
}
