//! Decoding a stored event into its current version, and what upcasts add. No database takes part.

use std::hint::black_box;

use alone::accounts::account;
use alone::domain::{Deposited, DepositedV1, DepositedV2};
use annals::{Append, Expected, NewEvent, RecordedEvent, Store};

use crate::bench::Bench;

pub(crate) fn measure(bench: &mut Bench) {
    let events = bench.runtime.block_on(recorded());
    let mut group = bench.criterion.benchmark_group("decode");
    let [current, ..] = &events;
    group.bench_function("serde_json alone", |b| {
        let payload = current.payload();
        b.iter(|| serde_json::from_slice::<Deposited>(black_box(payload)).expect("it is one"));
    });
    let names = ["current version", "1 upcast", "2 upcasts"];
    for ((name, version), event) in names.into_iter().zip([3, 2, 1]).zip(&events) {
        assert_eq!(event.recorded().schema_version(), version);
        assert_deposit(event);
        group.bench_function(name, |b| {
            b.iter(|| black_box(event).decode::<Deposited>().expect("it decodes"));
        });
    }
    group.finish();
}

/// The same deposit as each release stored it, the newest first.
async fn recorded() -> [RecordedEvent; 3] {
    let store = Store::connect("sqlite::memory:")
        .await
        .expect("memory is to be had");
    let note = || "entry number 7".to_owned();
    let events = [
        NewEvent::of(&Deposited {
            cents: 500,
            note: note(),
        }),
        NewEvent::of(&DepositedV2 {
            cents: 500,
            reference: note(),
        }),
        NewEvent::of(&DepositedV1 {
            hundredths: 50_000,
            reference: note(),
        }),
    ];
    let stream = account("decoded");
    let append = Append::to(&stream, Expected::NoStream, events);
    store.append(append).await.expect("the events are stored");
    let events = store.stream(&stream).all().await;
    let events = events.expect("the events are read");
    events.try_into().expect("there are three")
}

fn assert_deposit(event: &RecordedEvent) {
    let deposited = event.decode::<Deposited>().expect("it decodes");
    let deposited = deposited.expect("it is a deposit");
    assert_eq!((deposited.cents, &*deposited.note), (500, "entry number 7"));
}
