//! Servers and relays are killed while writers go on, and every event is there once.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use annals::{Append, Expected, Store};
use annals_tests::domain::{account, deposited};
use annals_tests::nats::NatsServer;
use annals_tests::{Database, contract, relays};
use futures_util::StreamExt;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use crate::broker::{count, stored, until};

contract![every_event_is_published_once_and_in_order];

const WRITERS: u64 = 4;
const ROUNDS: u64 = 400;
/// Longer than the relay waits for the acknowledgement of two pages: the one on which it is at work, and the next.
const LONG_OUTAGE: Duration = Duration::from_secs(11);

/// A relay in a process of its own.
async fn process(database: &Database, nats: &NatsServer) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_relayer"))
        .args(["relay", database.url(), &nats.url()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the relay starts");
    let out = child.stdout.take().expect("a pipe");
    let line = BufReader::new(out).lines().next_line().await;
    assert_eq!(line.expect("readable").as_deref(), Some("running"));
    child
}

/// Writers of several streams, side by side.
fn write(store: &Store) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        tasks.spawn(async move {
            for round in 0..ROUNDS {
                let stream = account(&((writer + round) % 7).to_string());
                let events = [deposited(1), deposited(2)];
                let append = Append::to(&stream, Expected::Any, events);
                store.append(append).await.expect("it is stored");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
    }
    tasks
}

/// Counts what is sent to the server, whether or not it is stored.
async fn count_sent(url: &str) -> impl Fn() -> usize {
    let client = async_nats::connect(url).await.expect("NATS is there");
    let mut sent = client.subscribe("annals.>").await.expect("a subscription");
    client.flush().await.expect("it is sent");
    let counter = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&counter);
    tokio::spawn(async move {
        while sent.next().await.is_some() {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    });
    move || counter.load(std::sync::atomic::Ordering::SeqCst)
}

/// Kills the server, and then the relay with all that it would still send: what it has passed over is stored. Appends an event.
async fn nothing_is_passed_over_without_a_server(
    database: &Database,
    store: &Store,
    nats: &mut NatsServer,
    relay: &mut Child,
) {
    nats.kill();
    // There is one that nobody can have published.
    let append = Append::to(&account("0"), Expected::Any, [deposited(3)]);
    store.append(append).await.expect("it is stored");
    tokio::time::sleep(LONG_OUTAGE).await;
    relay.kill().await.expect("it can be killed");
    nats.start();
    let passed = "select count(*) from {events} e, {partitions} p where e.position <= p.checkpoint";
    let passed = database.number(passed).await;
    let stored = count(&nats.url()).await;
    assert!(
        u64::try_from(passed).is_ok_and(|passed| passed <= stored),
        "{stored} events are stored by the server, and the checkpoint is behind {passed}"
    );
}

async fn every_event_is_published_once_and_in_order(database: &Database) {
    let store = database.store().await;
    let mut nats = NatsServer::start_new();
    let mut relay = process(database, &nats).await;
    let writers = write(&store);
    let mut all = WRITERS * ROUNDS * 2;

    let url = nats.url();
    until(|| count(&url), |count| *count >= all / 6).await;
    nats.kill();
    // For longer than the relay waits for an acknowledgement.
    tokio::time::sleep(Duration::from_millis(1300)).await;
    nats.start();
    until(|| count(&url), |count| *count >= all / 3).await;
    relay.kill().await.expect("it can be killed");
    relay = process(database, &nats).await;
    until(|| count(&url), |count| *count >= all / 2).await;
    nothing_is_passed_over_without_a_server(database, &store, &mut nats, &mut relay).await;
    relay = process(database, &nats).await;
    writers.join_all().await;
    all += 1;
    until(|| count(&url), |count| *count >= all).await;
    relay.kill().await.expect("it can be killed");

    // From the first event on again, as after a crash between the acknowledgement and the checkpoint.
    let sent = count_sent(&url).await;
    let back = match database.is_postgres() {
        true => "update annals.partitions set checkpoint = 0",
        false => "update annals_partitions set checkpoint = 0",
    };
    database.sql(back).await;
    let running = relays::app(store.clone(), &url).start().await;
    let running = running.expect("it starts");
    until(
        async || sent(),
        |sent| *sent >= usize::try_from(all).expect("a number"),
    )
    .await;
    running.stop().await;

    let messages = stored(&url).await;
    assert_eq!(messages.len() as u64, all, "each event is stored once");
    let mut versions: BTreeMap<String, u64> = BTreeMap::new();
    for message in &messages {
        let (stream, version) = message.place();
        let last = versions.entry(stream.clone()).or_default();
        assert_eq!(version, *last + 1, "in stream {stream}");
        *last = version;
    }
    assert_eq!(versions.values().sum::<u64>(), all);
}
