//! How fast a read model is built from 1,000,000 events in 10,000 streams, beside a loop written by hand that reads and decodes
//! the same events in the same order, and writes nothing.
//!
//! `cargo run --release -p rebuild-bench` runs both in turn, five times, on a PostgreSQL of its own with default durability,
//! and prints medians and the ratio. `-- 200000` takes another number of events.

mod by_hand;
mod migration;
mod model;
mod seed;

use std::error::Error;
use std::time::Duration;

use annals::Store;
use annals_tests::Cluster;

const EVENTS: i64 = 1_000_000;
const STREAMS: i64 = 10_000;
const ROUNDS: usize = 5;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let events = match std::env::args().nth(1) {
        Some(events) => events.parse()?,
        None => EVENTS,
    };
    let cluster = Cluster::start_new();
    let url = cluster.url("postgres");
    Store::migrate(&url).await?;
    let total = seed::seed(&url, events, STREAMS).await?;
    let (mut by_hand, mut balances, mut timeline) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        by_hand.push(by_hand::read(&url, events, total).await?);
        balances.push(migration::balances(&url, STREAMS, total).await?);
        timeline.push(migration::timeline(&url, events).await?);
    }
    let hand = median(by_hand);
    report(
        "read and decoded by hand, nothing written",
        events,
        hand,
        hand,
    );
    report(
        "built: a row for each stream",
        events,
        median(balances),
        hand,
    );
    report(
        "built: a row for each event",
        events,
        median(timeline),
        hand,
    );
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[allow(clippy::print_stdout, reason = "it is what the program is for")]
fn report(what: &str, events: i64, took: Duration, by_hand: Duration) {
    let rate = events as f64 / took.as_secs_f64();
    let ratio = by_hand.as_secs_f64() / took.as_secs_f64();
    println!("{what}: {rate:.0} events/s, {ratio:.2} of the loop by hand");
}
