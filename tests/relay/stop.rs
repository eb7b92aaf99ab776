//! What the broker will not take is not passed over.

use std::time::Duration;

use annals::projection::status::{self, ProjectionStatus};
use annals::relay::Relay;
use annals::relay::nats::Nats;
use annals::{App, Append, Expected, NewEvent, migrate};
use annals_tests::domain::{Account, Opened, account, deposited};
use annals_tests::nats::NatsServer;
use annals_tests::{Database, contract, relays};
use futures_util::StreamExt;

use crate::broker::{context, stored, until};

contract![
    a_message_that_is_too_large_stops_the_relay_until_it_fits,
    a_broker_that_is_not_there_is_waited_for,
    a_stream_that_is_not_there_keeps_the_program_from_starting,
    a_subject_of_no_stream_is_waited_for,
    a_message_that_nobody_acknowledges_is_published_again,
];

async fn standing(app: &App) -> ProjectionStatus {
    let mut found = status::list(app, Some("events"))
        .await
        .expect("it is found");
    found.pop().expect("one")
}

async fn a_message_that_is_too_large_stops_the_relay_until_it_fits(database: &Database) {
    let store = database.store().await;
    let mut nats = NatsServer::with("max_payload: 2000");
    let large = NewEvent::of(&Opened {
        owner: "x".repeat(4000),
    });
    for (stream, event) in [
        ("1", deposited(1)),
        ("2", large),
        ("2", deposited(2)),
        ("3", deposited(3)),
    ] {
        let append = Append::to(&account(stream), Expected::Any, [event]);
        store.append(append).await.expect("it is stored");
    }
    let app = relays::app(store, &nats.url());
    let running = app.start().await.expect("it starts");
    let found = until(|| standing(&app), |of| of.partitions[0].stopped.is_some()).await;
    running.stop().await;
    let stopped = found.partitions[0].stopped.clone().expect("it has stopped");
    assert_eq!(
        stopped.position.get(),
        found.partitions[0].checkpoint.get() + 1
    );
    assert!(
        stopped
            .why
            .contains("event `account.opened` of stream `account-2`"),
        "{}",
        stopped.why
    );
    assert!(stopped.why.contains("max_payload"), "{}", stopped.why);
    assert!(found.needs_attention());
    // Of its stream nothing is there, whatever became of others behind it.
    let url = nats.url();
    let messages = stored(&url).await;
    assert_eq!(messages[0].place(), ("account-1".to_owned(), 1));
    assert!(
        messages
            .iter()
            .all(|message| message.place().0 != "account-2")
    );

    nats.kill();
    nats.set("max_payload: 100000");
    nats.start();
    migrate::resume(&app, "events").await.expect("it goes on");
    let running = app.start().await.expect("it starts");
    let messages = until(|| stored(&url), |messages| messages.len() == 4).await;
    running.stop().await;
    let of_2: Vec<_> = messages
        .iter()
        .map(|message| message.place())
        .filter(|place| place.0 == "account-2")
        .collect();
    assert_eq!(
        of_2,
        [("account-2".to_owned(), 1), ("account-2".to_owned(), 2)]
    );
}

async fn a_broker_that_is_not_there_is_waited_for(database: &Database) {
    let store = database.store().await;
    let mut nats = NatsServer::start_new();
    nats.kill();
    let running = relays::app(store.clone(), &nats.url()).start().await;
    let running = running.expect("it starts without the broker");
    let append = Append::to(&account("1"), Expected::NoStream, [deposited(1)]);
    store
        .append(append)
        .await
        .expect("it is stored without the broker");
    // Somebody else answers there, and hangs up: the relay has tried.
    let address = nats.url().replace("nats://", "");
    let other = tokio::net::TcpListener::bind(address).await;
    let other = other.expect("nobody else is there");
    drop(other.accept().await.expect("the relay connects"));
    drop(other);
    nats.start();
    let url = nats.url();
    until(|| stored(&url), |messages| messages.len() == 1).await;
    running.stop().await;
}

async fn a_stream_that_is_not_there_keeps_the_program_from_starting(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let relay = Relay::new("events", Nats::new(nats.url()).stream("MISSING"));
    let app = App::new(store).aggregate::<Account>().relay(relay);
    let error = app.start().await.expect_err("the stream is missing");
    assert!(
        error.to_string().contains("JetStream stream `MISSING`"),
        "{error}"
    );
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("nats stream add MISSING")),
        "{error:?}"
    );
}

async fn a_subject_of_no_stream_is_waited_for(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let append = Append::to(
        &account("1"),
        Expected::NoStream,
        [deposited(1), deposited(2)],
    );
    store.append(append).await.expect("it is stored");
    let broker = Nats::new(nats.url()).ack_timeout(Duration::from_millis(200));
    let relay = Relay::new("events", broker);
    let app = App::new(store).aggregate::<Account>().relay(relay);
    let context = context(&nats.url()).await;
    let client = context.client();
    let mut sent = client.subscribe("annals.>").await.expect("a subscription");
    client.flush().await.expect("it is there");
    let running = app.start().await.expect("it starts");
    for _ in 0..2 {
        sent.next().await.expect("the relay tries");
    }
    // Made by somebody else, after nobody has taken what was sent.
    let config = async_nats::jetstream::stream::Config {
        name: relays::STREAM.to_owned(),
        subjects: vec!["annals.>".to_owned()],
        ..Default::default()
    };
    context.create_stream(config).await.expect("it is made");
    let url = nats.url();
    let messages = until(|| stored(&url), |messages| messages.len() == 2).await;
    running.stop().await;
    assert_eq!(messages[1].place(), ("account-1".to_owned(), 2));
}

async fn a_message_that_nobody_acknowledges_is_published_again(database: &Database) {
    let (store, nats) = (database.store().await, NatsServer::start_new());
    let append = Append::to(&account("1"), Expected::NoStream, [deposited(1)]);
    store.append(append).await.expect("it is stored");
    let context = context(&nats.url()).await;
    let config = async_nats::jetstream::stream::Config {
        name: relays::STREAM.to_owned(),
        subjects: vec!["annals.>".to_owned()],
        no_ack: true,
        ..Default::default()
    };
    context.create_stream(config).await.expect("it is made");
    let client = context.client();
    let mut sent = client.subscribe("annals.>").await.expect("a subscription");
    client.flush().await.expect("it is there");
    let broker = Nats::new(nats.url())
        .stream(relays::STREAM)
        .ack_timeout(Duration::from_millis(200));
    let relay = Relay::new("events", broker);
    let app = App::new(store).aggregate::<Account>().relay(relay);
    let running = app.start().await.expect("it starts");
    sent.next().await.expect("the relay tries");
    // Sooner than the five seconds that it would be by default.
    let again = tokio::time::timeout(Duration::from_secs(4), sent.next()).await;
    running.stop().await;
    assert!(matches!(again, Ok(Some(_))), "{again:?}");
}
