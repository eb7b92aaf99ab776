//! What an append, a command and a load of an account of 20 events cost in stores of 10⁴, 10⁵, 10⁶ and 10⁷ events.
//!
//! `cargo run --release -p alone-bench --bin growth` takes some minutes, and 4 GB of disk for each store (`TMPDIR` chooses
//! where). `-- 10000 100000` takes other sizes, `--store sqlite` one of the stores, `--calls 2000` more calls.

mod calls;
mod samples;
mod sizes;
mod table;

use alone::places::Server;
use clap::{Parser, ValueEnum};

/// What an append, a command and a load of an account of 20 events cost as a store grows.
#[derive(Parser)]
struct Arguments {
    /// How many events the stores hold; multiples of 20.
    #[arg(default_values_t = [10_000, 100_000, 1_000_000, 10_000_000], value_parser = sizes::size)]
    sizes: Vec<u64>,
    /// How many calls of each kind are timed in each store: at most one for each account of the smallest.
    #[arg(long, default_value_t = 500)]
    calls: u64,
    /// The store; both where none is named.
    #[arg(long)]
    store: Option<Kind>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Kind {
    Postgres,
    Sqlite,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let Arguments {
        mut sizes,
        calls,
        store,
    } = Arguments::parse();
    sizes.sort_unstable();
    sizes.dedup();
    if store != Some(Kind::Sqlite) {
        let server = Server::start();
        let mut places = Vec::new();
        for _ in &sizes {
            places.push(server.postgres().await);
        }
        table::print(&sizes::measure(places, &sizes, calls).await);
    }
    if store != Some(Kind::Postgres) {
        let mut places = Vec::new();
        for _ in &sizes {
            places.push(alone::places::sqlite().await);
        }
        table::print(&sizes::measure(places, &sizes, calls).await);
    }
}
