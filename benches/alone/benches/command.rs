//! Commands on accounts of 20 events.

use std::time::{Duration, Instant};

use alone::accounts::{SHORT, check_after};
use alone::domain::{Account, Withdraw};
use alone::filling::{in_use, new_accounts};
use annals::Store;
use criterion::{BenchmarkId, SamplingMode};

use crate::bench::Bench;

/// Of how many accounts a warm command has one.
const WARM: u64 = 16;

pub(crate) fn measure(bench: &mut Bench) {
    for place in bench.places() {
        // Accounts are made by a store of its own: large appends leave nothing behind on the connections that are measured.
        let maker = bench.runtime.block_on(in_use(&place));
        let store = bench.runtime.block_on(place.store());
        let mut group = bench.criterion.benchmark_group("command");
        // Each cold command takes an account that is made for it.
        group.sampling_mode(SamplingMode::Flat);
        group.bench_function(BenchmarkId::new("cold", place.name()), |b| {
            b.to_async(&bench.runtime)
                .iter_custom(|times| cold(maker.clone(), store.clone(), times));
        });
        group.bench_function(BenchmarkId::new("warm", place.name()), |b| {
            b.to_async(&bench.runtime)
                .iter_custom(|times| warm(maker.clone(), store.clone(), times));
        });
        group.finish();
        bench.runtime.block_on(store.close());
        bench.runtime.block_on(maker.close());
    }
}

/// Each on another account, of which this process knows nothing yet.
async fn cold(maker: Store, store: Store, times: u64) -> Duration {
    let ids = new_accounts(&maker, times, SHORT).await;
    let begun = Instant::now();
    for id in &ids {
        withdraw(&store, id).await;
    }
    let took = begun.elapsed();
    for id in ids {
        check_after(&store, &id, SHORT, 1).await;
    }
    took
}

/// On accounts that had a command before.
async fn warm(maker: Store, store: Store, times: u64) -> Duration {
    let ids = new_accounts(&maker, WARM, SHORT).await;
    for id in &ids {
        withdraw(&store, id).await;
    }
    let begun = Instant::now();
    for id in ids.iter().cycle().take(times as usize) {
        withdraw(&store, id).await;
    }
    let took = begun.elapsed();
    for (n, id) in (0..).zip(ids) {
        let own = times / WARM + u64::from(n < times % WARM);
        check_after(&store, &id, SHORT, 1 + own).await;
    }
    took
}

async fn withdraw(store: &Store, id: &str) {
    let root = store.aggregate::<Account>(id);
    let answer = root.execute(Withdraw { cents: 1 }).await;
    answer.expect("there is enough in the account");
}
