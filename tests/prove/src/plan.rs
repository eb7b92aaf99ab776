//! What a client does next. It follows from the seed, the client and the number of the call alone; only what the client knows
//! of versions and times comes in, which others have a say in.

use std::collections::HashMap;

use crate::history::{Expects, Op, Wanted};
use crate::random::Random;

/// After so many calls of a client others streams are used, so that streams stay short enough to be read often.
const EPOCH: u64 = 250;

/// What a client knows of the streams.
#[derive(Debug, Default)]
pub(crate) struct Known(HashMap<String, Stream>);

#[derive(Debug, Default, Clone, Copy)]
struct Stream {
    version: i64,
    /// When some event was recorded.
    recorded_at: i64,
}

impl Known {
    pub(crate) fn saw(&mut self, stream: &str, version: i64, recorded_at: Option<i64>) {
        if self.0.len() > 500 {
            self.0.clear();
        }
        let known = self.0.entry(stream.to_owned()).or_default();
        known.version = known.version.max(version);
        if let Some(at) = recorded_at {
            known.recorded_at = at;
        }
    }

    fn version(&self, stream: &str) -> i64 {
        self.0.get(stream).map_or(0, |known| known.version)
    }

    fn recorded_at(&self, stream: &str) -> i64 {
        self.0.get(stream).map_or(0, |known| known.recorded_at)
    }
}

/// The call of a client with a number, from 1.
pub(crate) fn plan(seed: u64, client: &str, number: u64, known: &Known) -> Op {
    let mut random = Random::of(seed, &format!("{client}.{number}"));
    let stream = stream(&mut random, client, number);
    match random.below(100) {
        0..21 => append(&mut random, stream, client, number, known),
        21..38 => Op::Command {
            stream,
            amounts: amounts(&mut random),
            key: None,
        },
        38..49 => {
            let key = if random.percent(50) {
                format!("{client}.{number}")
            } else {
                // Several clients send the same one, each its own command.
                format!("shared{}", number / 7)
            };
            Op::Command {
                stream,
                amounts: amounts(&mut random),
                key: Some(key),
            }
        }
        49..69 => Op::Load { stream },
        69..76 => Op::Past {
            version: random
                .between(0, known.version(&stream).unsigned_abs() + 1)
                .cast_signed(),
            stream,
        },
        76..82 => Op::At {
            time: known.recorded_at(&stream) + random.between(0, 2_000_000).cast_signed()
                - 1_000_000,
            stream,
        },
        82..87 => Op::Read {
            from: (known.version(&stream) - 10).max(1),
            stream,
        },
        87..91 => Op::History { stream },
        91..94 => Op::View { stream },
        94..96 => Op::Inline {
            stream: of("purse", &mut random, client, number),
        },
        96..98 => Op::Moment {
            stream: of("purse", &mut random, client, number),
        },
        // Few: each waits until the projection has come so far.
        _ => Op::Row {
            version: known.version(&stream),
            stream,
        },
    }
}

/// Some streams are of great demand, some of little, and some are the client's own.
fn stream(random: &mut Random, client: &str, number: u64) -> String {
    let category = random.one_of(&["till", "till", "ledger", "ledger", "purse"]);
    of(category, random, client, number)
}

fn of(category: &str, random: &mut Random, client: &str, number: u64) -> String {
    let mut epoch = number / EPOCH;
    if epoch > 0 && random.percent(5) {
        epoch -= 1;
    }
    match random.below(10) {
        0..4 => format!("{category}-{epoch}h{}", random.below(3)),
        4..7 => format!("{category}-{epoch}w{}", random.below(20)),
        _ => format!("{category}-{epoch}{client}"),
    }
}

fn amounts(random: &mut Random) -> Vec<i64> {
    let count = if random.percent(80) {
        1
    } else {
        random.between(2, 4)
    };
    (0..count)
        .map(|_| random.between(0, 200).cast_signed() - 80)
        .collect()
}

fn append(random: &mut Random, first: String, client: &str, number: u64, known: &Known) -> Op {
    let mut streams = vec![first];
    if random.percent(35) {
        for _ in 0..random.between(1, 3) {
            let other = stream(random, client, number);
            if !streams.contains(&other) {
                streams.push(other);
            }
        }
    }
    let to = streams
        .into_iter()
        .map(|stream| {
            let version = known.version(&stream);
            let expects = match random.below(10) {
                0..3 => Expects::Any,
                3 if version > 0 => Expects::Exists,
                _ => Expects::Exact(version),
            };
            Wanted {
                expects,
                amounts: amounts(random),
                stream,
            }
        })
        .collect();
    let in_tx = random.percent(25).then(|| random.percent(80));
    Op::Append {
        to,
        in_tx,
        again: random.percent(10),
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, plan};

    #[test]
    fn the_same_seed_makes_the_same_calls() {
        let calls = |seed, client| -> Vec<_> {
            (1..200)
                .map(|number| plan(seed, client, number, &Known::default()))
                .collect()
        };
        assert_eq!(calls(1, "w0c0"), calls(1, "w0c0"));
        assert_ne!(calls(1, "w0c0"), calls(2, "w0c0"));
        assert_ne!(calls(1, "w0c0"), calls(1, "w0c1"));
    }
}
