//! A read model built from all events, as a migration does it.

use std::time::Duration;

use alone::migration;
use alone::seed::Seed;
use criterion::{BenchmarkId, SamplingMode, Throughput};

use crate::bench::Bench;

const SEED: Seed = Seed {
    accounts: 1000,
    length: 20,
};

pub(crate) fn measure(bench: &mut Bench) {
    for place in bench.places() {
        bench.runtime.block_on(SEED.sow(place.database()));
        let mut group = bench.criterion.benchmark_group("rebuild");
        group.sampling_mode(SamplingMode::Flat);
        group.sample_size(10);
        group.throughput(Throughput::Elements(SEED.events()));
        group.bench_function(
            BenchmarkId::new("a row for each account", place.name()),
            |b| {
                b.to_async(&bench.runtime)
                    .iter_custom(async |times| -> Duration {
                        let mut took = Duration::ZERO;
                        for _ in 0..times {
                            took += migration::balances(&place, SEED).await;
                        }
                        took
                    });
            },
        );
        group.bench_function(
            BenchmarkId::new("a row for each event", place.name()),
            |b| {
                b.to_async(&bench.runtime)
                    .iter_custom(async |times| -> Duration {
                        let mut took = Duration::ZERO;
                        for _ in 0..times {
                            took += migration::entries(&place, SEED).await;
                        }
                        took
                    });
            },
        );
        group.finish();
    }
}
