//! Stores of several sizes, which are measured by turns: what the machine does meanwhile meets all of them.

use std::time::Instant;

use alone::accounts::SHORT;
use alone::places::Place;
use alone::seed::Seed;

use crate::calls::{Call, Sized};
use crate::samples::Samples;

/// How many calls a store gets before it is the next one's turn.
const IN_TURN: u64 = 25;

/// What was measured in stores of one kind.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) calls: u64,
    /// By size.
    pub(crate) rows: Vec<(u64, [Samples; Call::ALL.len()])>,
}

/// A size as an argument.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let size: u64 = text.parse().map_err(|error| format!("{error}"))?;
    if size == 0 || !size.is_multiple_of(SHORT) {
        return Err(format!(
            "a store holds accounts of {SHORT} events each: name a multiple of {SHORT}"
        ));
    }
    Ok(size)
}

pub(crate) async fn measure(places: Vec<Place>, sizes: &[u64], calls: u64) -> Measured {
    let name = places.first().map_or("", Place::name);
    let mut stores = Vec::new();
    for (place, size) in places.into_iter().zip(sizes) {
        let seed = Seed {
            accounts: size / SHORT,
            length: SHORT,
        };
        let begun = Instant::now();
        seed.sow(place.database()).await;
        tell(&format!(
            "{name}: {size} events seeded in {:.1} s",
            begun.elapsed().as_secs_f64()
        ));
        stores.push(Sized::open(place, seed).await);
    }
    let fewest = sizes.iter().min().map_or(0, |size| size / SHORT);
    let calls = calls.min(fewest);
    let mut rows: Vec<(u64, [Samples; Call::ALL.len()])> = sizes
        .iter()
        .map(|size| (*size, Default::default()))
        .collect();
    for call in Call::ALL {
        for from in (0..calls).step_by(IN_TURN as usize) {
            for (store, (_, samples)) in stores.iter().zip(&mut rows) {
                for n in from..calls.min(from + IN_TURN) {
                    let took = store.time(call, n, calls).await;
                    samples[call as usize].add(took);
                }
            }
        }
    }
    for store in stores {
        store.check(calls).await;
    }
    Measured { name, calls, rows }
}

#[allow(clippy::print_stderr, reason = "it takes long")]
fn tell(what: &str) {
    eprintln!("{what}");
}
