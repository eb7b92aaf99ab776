//! Appends to streams of which nobody asks anything.

use std::time::{Duration, Instant};

use alone::accounts::{account, check, events};
use alone::filling::in_use;
use annals::{Append, Expected, Store, Version};
use annals_tests::databases::unique;
use criterion::{BenchmarkId, Throughput};

use crate::bench::Bench;

const CALLERS: u64 = 16;

pub(crate) fn measure(bench: &mut Bench) {
    for place in bench.places() {
        let store = bench.runtime.block_on(in_use(&place));
        let mut group = bench.criterion.benchmark_group("append");
        for (name, callers, events) in [
            ("1 event", 1, 1),
            ("100 events", 1, 100),
            ("1 event by each of 16 callers", CALLERS, 1),
        ] {
            group.throughput(Throughput::Elements(callers * events));
            group.bench_function(BenchmarkId::new(name, place.name()), |b| {
                b.to_async(&bench.runtime)
                    .iter_custom(|times| append(store.clone(), times, callers, events));
            });
        }
        group.finish();
        bench.runtime.block_on(store.close());
    }
}

/// So many appends one after another, by each caller to a stream of its own.
async fn append(store: Store, times: u64, callers: u64, events: u64) -> Duration {
    let ids: Vec<String> = (0..callers).map(|_| unique()).collect();
    let begun = Instant::now();
    let writing: Vec<_> = ids
        .iter()
        .map(|id| tokio::spawn(append_to(store.clone(), id.clone(), times, events)))
        .collect();
    for caller in writing {
        caller.await.expect("no append fails");
    }
    let took = begun.elapsed();
    for id in ids {
        check(&store, &id, times * events).await;
    }
    took
}

async fn append_to(store: Store, id: String, times: u64, length: u64) {
    let stream = account(&id);
    for n in 0..times {
        let at = n * length;
        let expected = Expected::Exact(Version::new(at));
        let append = Append::to(&stream, expected, events(at + 1..=at + length));
        store.append(append).await.expect("the stream is so long");
    }
}
