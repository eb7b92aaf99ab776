//! How fast a read model is built from 1,000,000 events in 10,000 streams, beside a loop written by hand that reads and decodes
//! the same events in the same order, and writes nothing.
//!
//! `cargo run --release -p alone-bench --bin rebuild` runs both in turn, five times, on PostgreSQL, and prints medians and the
//! ratio. `-- 200000` takes another number of events.

mod by_hand;

use std::error::Error;
use std::time::Duration;

use alone::migration;
use alone::places::Server;
use alone::seed::Seed;

const EVENTS: u64 = 1_000_000;
const ACCOUNTS: u64 = 10_000;
const ROUNDS: usize = 5;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let events: u64 = match std::env::args().nth(1) {
        Some(events) => events.parse()?,
        None => EVENTS,
    };
    let seed = Seed {
        accounts: ACCOUNTS,
        length: events.div_ceil(ACCOUNTS).max(1),
    };
    let place = Server::start().postgres().await;
    seed.sow(place.database()).await;
    let (mut by_hand, mut balances, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        by_hand.push(by_hand::read(place.database().url(), seed).await?);
        balances.push(migration::balances(&place, seed).await);
        entries.push(migration::entries(&place, seed).await);
    }
    let hand = median(by_hand);
    report(
        "read and decoded by hand, nothing written",
        seed,
        hand,
        hand,
    );
    report("built: a row for each stream", seed, median(balances), hand);
    report("built: a row for each event", seed, median(entries), hand);
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[allow(clippy::print_stdout, reason = "it is what the program is for")]
fn report(what: &str, seed: Seed, took: Duration, by_hand: Duration) {
    let rate = seed.events() as f64 / took.as_secs_f64();
    let ratio = by_hand.as_secs_f64() / took.as_secs_f64();
    println!("{what}: {rate:.0} events/s, {ratio:.2} of the loop by hand");
}
