//! Measures how soon a subscription sees an event, and what it costs while nothing happens: run it on an idle machine with
//! `cargo run --release -p annals-tests --bin feed-latency`.

use std::io::Write;
use std::time::{Duration, Instant};

use annals::{Append, Expected, Store};
use annals_tests::domain::{account, deposited};
use annals_tests::proxy::Proxy;
use annals_tests::{Cluster, Database};

const EVENTS: u32 = 100;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let cluster = Cluster::start_new();
    let postgres = Database::at(cluster.url("postgres"));
    Store::migrate(postgres.url()).await.expect("migrated");
    let sqlite = annals_tests::sqlite().await;
    for (name, database) in [("PostgreSQL", &postgres), ("SQLite", &sqlite)] {
        let (store, other) = (database.store().await, database.store().await);
        let idle = Duration::from_millis(400);
        report(
            &format!("{name}, this process, idle"),
            &mut latencies(&store, &store, idle).await,
        );
        report(
            &format!("{name}, another, idle"),
            &mut latencies(&store, &other, idle).await,
        );
        let busy = Duration::from_millis(5);
        report(
            &format!("{name}, this process, busy"),
            &mut latencies(&store, &store, busy).await,
        );
        report(
            &format!("{name}, another, busy"),
            &mut latencies(&store, &other, busy).await,
        );
    }
    let notify = || annals_tests::options().notify();
    let (store, other) = (postgres.open(notify()).await, postgres.open(notify()).await);
    let idle = Duration::from_millis(400);
    report(
        "PostgreSQL, another, idle, notified",
        &mut latencies(&store, &other, idle).await,
    );
    tell(&format!(
        "PostgreSQL, 20 idle subscriptions: {} statements a second",
        idle_cost(&cluster).await
    ));
}

async fn latencies(store: &Store, writer: &Store, pause: Duration) -> Vec<Duration> {
    let after = store.frontier().await.expect("known");
    let mut subscription = store.feed().after(after).follow();
    let writer = writer.clone();
    let writing = tokio::spawn(async move {
        let mut written = Vec::new();
        for n in 0..EVENTS {
            // Never in step with the one who looks.
            tokio::time::sleep(pause + pause * (n * 37 % 100) / 100).await;
            let append = Append::to(&account("1"), Expected::Any, [deposited(1)]);
            writer.append(append).await.expect("stored");
            written.push(Instant::now());
        }
        written
    });
    let mut seen = Vec::new();
    while seen.len() < EVENTS as usize {
        let page = subscription.next_page().await.expect("readable");
        seen.extend(page.events().iter().map(|_| Instant::now()));
    }
    let written = writing.await.expect("no panic");
    let pairs = seen.iter().zip(written);
    pairs
        .map(|(seen, written)| seen.saturating_duration_since(written))
        .collect()
}

async fn idle_cost(cluster: &Cluster) -> u32 {
    let proxy = Proxy::to(cluster.port()).await;
    let wire = format!(
        "postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable",
        proxy.port()
    );
    let store = Store::connect(&wire).await.expect("the store opens");
    let after = store.frontier().await.expect("known");
    for _ in 0..20 {
        let mut subscription = store.feed().after(after).follow();
        tokio::spawn(async move { subscription.next_page().await });
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let _ = proxy.take();
    tokio::time::sleep(Duration::from_secs(5)).await;
    proxy.take().statements / 5
}

fn report(name: &str, latencies: &mut [Duration]) {
    latencies.sort_unstable();
    let at = |percent: usize| latencies[(latencies.len() - 1) * percent / 100];
    tell(&format!(
        "{name}: median {:?}, 95 of 100 within {:?}, slowest {:?}",
        at(50),
        at(95),
        at(100)
    ));
}

fn tell(line: &str) {
    writeln!(std::io::stdout(), "{line}").expect("somebody listens");
}
