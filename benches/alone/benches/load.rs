//! Loads: of short accounts, of a long one, and of a long one with a snapshot near its end.

use alone::accounts::{SHORT, account, balance, check};
use alone::domain::{Kept, SNAPSHOT_AT, Withdraw};
use alone::filling::{extend, new_accounts};
use alone::places::Place;
use annals::{Store, StreamId};
use criterion::{BenchmarkId, Throughput};

use crate::bench::Bench;

const ACCOUNTS: u64 = 500;
const LONG: u64 = 10_000;

pub(crate) fn measure(bench: &mut Bench) {
    for place in bench.places() {
        let store = bench.runtime.block_on(place.store());
        let ids = bench.runtime.block_on(fill(&place, &store));
        let mut group = bench.criterion.benchmark_group("load");
        group.throughput(Throughput::Elements(SHORT));
        group.bench_function(BenchmarkId::new("20 events", place.name()), |b| {
            let mut ids = ids.iter().cycle();
            b.to_async(&bench.runtime).iter(|| {
                let id = ids.next().expect("there are accounts");
                check(&store, id, SHORT)
            });
        });
        group.throughput(Throughput::Elements(LONG));
        group.bench_function(BenchmarkId::new("10000 events", place.name()), |b| {
            b.to_async(&bench.runtime)
                .iter(|| check(&store, "long", LONG));
        });
        group.bench_function(
            BenchmarkId::new("10000 events, snapshot", place.name()),
            |b| {
                b.to_async(&bench.runtime).iter(|| check_kept(&store));
            },
        );
        group.finish();
        bench.runtime.block_on(store.close());
    }
}

async fn fill(place: &Place, store: &Store) -> Vec<String> {
    let ids = new_accounts(store, ACCOUNTS, SHORT).await;
    extend(store, &account("long"), 0, LONG).await;
    let kept = StreamId::new("kept", "long");
    extend(store, &kept, 0, SNAPSHOT_AT - 1).await;
    // The command that brings the stream to the version of the snapshot has it taken, behind the answer: closing waits for that.
    let other = place.store().await;
    let root = other.aggregate::<Kept>("long");
    let answer = root.execute(Withdraw { cents: 1 }).await;
    answer.expect("there is enough in the account");
    other.close().await;
    let snapshots = "select count(*) from {snapshots}";
    assert_eq!(place.database().number(snapshots).await, 1, "snapshots");
    extend(store, &kept, SNAPSHOT_AT, LONG).await;
    place.settle().await;
    ids
}

async fn check_kept(store: &Store) {
    let loaded = store.aggregate::<Kept>("long").load().await;
    let loaded = loaded.expect("the account is read");
    // At the version of the snapshot a cent was taken out, and nothing else.
    let due = balance(LONG) - alone::accounts::change(SNAPSHOT_AT) - 1;
    assert_eq!((loaded.version().get(), loaded.balance), (LONG, due));
}
