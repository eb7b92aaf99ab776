//! A page of a projection: up to 1,000 events read from the feed, folded into rows, and written with the checkpoint.

use std::time::{Duration, Instant};

use alone::domain::Account;
use alone::filling::new_accounts;
use alone::read_models::{Balance, Entry};
use annals::{App, Position, Projection, Store};
use criterion::{BenchmarkId, SamplingMode, Throughput};

use crate::bench::Bench;

/// As many events as a worker takes at once.
const PAGE: u64 = 1000;

/// Of how many accounts the events of a page are.
const ACCOUNTS: u64 = 100;

pub(crate) fn measure(bench: &mut Bench) {
    one::<Balance>(bench, "a row for each account", ACCOUNTS);
    one::<Entry>(bench, "a row for each event", PAGE);
}

fn one<P: Projection>(bench: &mut Bench, name: &str, rows: u64) {
    for place in bench.places() {
        let store = bench.runtime.block_on(place.store());
        bench.runtime.block_on(async {
            page(&store).await;
            place.settle().await;
        });
        let mut group = bench.criterion.benchmark_group("projection page");
        group.sampling_mode(SamplingMode::Flat);
        group.throughput(Throughput::Elements(PAGE));
        group.bench_function(BenchmarkId::new(name, place.name()), |b| {
            b.to_async(&bench.runtime)
                .iter_custom(async |pages| -> Duration {
                    let took = follow::<P>(&store, pages).await;
                    let pages = place.database().events().await.unsigned_abs() / PAGE;
                    let stored = store.read_model::<P>().count().await;
                    assert_eq!(stored.expect("counted"), rows * pages, "{pages} pages");
                    took
                });
        });
        group.finish();
        bench.runtime.block_on(store.close());
    }
}

/// From when a worker that has begun has done its first page, until it has done so many more.
async fn follow<P: Projection>(store: &Store, pages: u64) -> Duration {
    let first = page(store).await;
    let mut last = first;
    for _ in 0..pages {
        last = page(store).await;
    }
    let app = App::new(store.clone())
        .aggregate::<Account>()
        .projection::<P>();
    let running = app.start().await.expect("the app starts");
    followed::<P>(store, first).await;
    let begun = Instant::now();
    followed::<P>(store, last).await;
    let took = begun.elapsed();
    running.stop().await;
    took
}

/// A page of new events; answers the position of the last.
async fn page(store: &Store) -> Position {
    new_accounts(store, ACCOUNTS, PAGE / ACCOUNTS).await;
    store.frontier().await.expect("the end is known")
}

async fn followed<P: Projection>(store: &Store, position: Position) {
    let rows = store.read_model::<P>().after_position(position);
    let rows = rows.timeout(Duration::from_secs(600));
    rows.wait().await.expect("the projection follows");
}
