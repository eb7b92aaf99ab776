//! What messages ask for is done once.

use std::time::Duration;

use annals::relay::inbox::Unusable;
use annals::{RecordedEvent, Store, StreamId};
use annals_tests::domain::{Account, account};
use annals_tests::nats::NatsServer;
use annals_tests::{Database, contract, relays};
use tokio::process::Command;

use crate::broker::until;
use crate::inbox::{left, orders, send};

contract![
    what_is_delivered_twice_is_done_once,
    who_dies_before_the_acknowledgement_has_done_it_once,
    what_is_no_command_is_recorded_once_and_is_not_in_the_way,
    a_refusal_is_an_answer,
    what_the_store_cannot_take_for_the_moment_comes_again,
];

const FIVE: &str = r#"{"deposit": {"account": "1", "cents": 5}}"#;

async fn events(store: &Store, stream: &StreamId) -> Vec<RecordedEvent> {
    store.stream(stream).all().await.expect("it is read")
}

/// Runs the inbox until all messages are acknowledged.
async fn done(store: &Store, nats: &NatsServer) {
    let context = crate::broker::context(&nats.url()).await;
    let consumer = relays::nats(&nats.url()).consumer("ORDERS", "orders");
    let inbox = relays::inbox(consumer);
    let ready = async {
        until(|| left(&context), |left| *left == 0).await;
    };
    inbox.run(store, ready).await.expect("it runs");
}

async fn what_is_delivered_twice_is_done_once(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let context = orders(&nats.url()).await;
    send(&context, "a", FIVE).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    send(&context, "a", FIVE).await;
    send(&context, "b", FIVE).await;
    assert_eq!(
        left(&context).await,
        3,
        "the server has the first one twice"
    );
    done(&store, &nats).await;
    let events = events(&store, &account("1")).await;
    assert_eq!(events.len(), 2);
    let metadata = events[0].recorded().metadata();
    assert_eq!(metadata.correlation(), Some("talk"));
    assert_eq!(metadata.causation(), Some("cause"));
    assert_eq!(metadata.get("traceparent"), Some(&"trace".into()));
}

async fn who_dies_before_the_acknowledgement_has_done_it_once(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let context = orders(&nats.url()).await;
    send(&context, "a", FIVE).await;
    for _ in 0..2 {
        let died = Command::new(env!("CARGO_BIN_EXE_relayer"))
            .args(["dying-inbox", database.url(), &nats.url()])
            .kill_on_drop(true)
            .status();
        let died = tokio::time::timeout(Duration::from_secs(60), died).await;
        assert!(!died.expect("it dies").expect("it starts").success());
        assert_eq!(events(&store, &account("1")).await.len(), 1);
        assert_eq!(left(&context).await, 1, "it is not acknowledged");
    }
    done(&store, &nats).await;
    assert_eq!(events(&store, &account("1")).await.len(), 1);
}

async fn what_is_no_command_is_recorded_once_and_is_not_in_the_way(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let context = orders(&nats.url()).await;
    for payload in [
        &b"{\"deposit\": 5}"[..],
        b"\xff\0",
        br#"{"deposit": {"account": "", "cents": 5}}"#,
    ] {
        for _ in 0..2 {
            let id = format!("id of {}", payload.len());
            send(&context, &id, payload).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    send(&context, "good", FIVE).await;
    assert_eq!(left(&context).await, 7);
    done(&store, &nats).await;
    assert_eq!(events(&store, &account("1")).await.len(), 1);
    let recorded = events(&store, &StreamId::new("inbox", "orders")).await;
    let unusable: Vec<Unusable> = recorded
        .iter()
        .map(|event| event.decode().expect("it is read").expect("of this type"))
        .collect();
    assert_eq!(unusable.len(), 3);
    assert_eq!(unusable[0].message_id, "id of 14");
    assert_eq!(unusable[0].subject, "orders.new");
    assert_eq!(unusable[0].text.as_deref(), Some("{\"deposit\": 5}"));
    assert!(
        unusable[0].error.contains("invalid type"),
        "{}",
        unusable[0].error
    );
    assert_eq!(unusable[1].base64.as_deref(), Some("/wA="));
    assert!(
        unusable[2].error.contains("id is empty"),
        "{}",
        unusable[2].error
    );
}

async fn a_refusal_is_an_answer(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let context = orders(&nats.url()).await;
    let withdraw = r#"{"withdraw": {"account": "1", "cents": 3}}"#;
    send(&context, "refused", withdraw).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    send(&context, "deposit", FIVE).await;
    // What was refused once stays refused, though it would not be any more.
    send(&context, "refused", withdraw).await;
    done(&store, &nats).await;
    let account = store
        .aggregate::<Account>("1")
        .load()
        .await
        .expect("it is there");
    assert_eq!(account.balance, 5);
    assert!(
        events(&store, &StreamId::new("inbox", "orders"))
            .await
            .is_empty()
    );
}

async fn what_the_store_cannot_take_for_the_moment_comes_again(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let context = orders(&nats.url()).await;
    let (events_table, away) = match database.is_postgres() {
        true => ("annals.events", "away"),
        false => ("annals_events", "away"),
    };
    database
        .sql(&format!("alter table {events_table} rename to {away}"))
        .await;
    send(&context, "a", FIVE).await;
    let there = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (away, events) = match database.is_postgres() {
            true => ("annals.away", "events"),
            false => ("away", "annals_events"),
        };
        database
            .sql(&format!("alter table {away} rename to {events}"))
            .await;
    };
    tokio::join!(done(&store, &nats), there);
    assert_eq!(events(&store, &account("1")).await.len(), 1);
}
