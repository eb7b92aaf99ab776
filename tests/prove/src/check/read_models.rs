//! Every read model is the fold of its events.

use std::collections::HashMap;

use super::{Evidence, Guarantee, Violation};
use crate::domain::State;
use crate::models::bucket;

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "each row of a read model is the fold of its events, and each event was handled once",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = standings(evidence);
    violations.extend(accounts(evidence));
    violations.extend(contents(evidence));
    violations.extend(tallies(evidence));
    violations.extend(lines(evidence));
    if evidence.found.parked > 0 {
        violations.push(Violation {
            what: format!(
                "{} events are parked, and each can be handled",
                evidence.found.parked
            ),
            ..Violation::default()
        });
    }
    violations
}

fn standings(evidence: &Evidence<'_>) -> Vec<Violation> {
    let found = evidence.found;
    let mut violations = Vec::new();
    for stream in found.states.keys().chain(
        found
            .standings
            .keys()
            .filter(|s| !found.states.contains_key(*s)),
    ) {
        evidence.count(1);
        let last = found.stream(stream).last().map_or(0, |event| event.version);
        let state = found.states.get(stream).and_then(|states| states.last());
        let expected = state.map(|state| (last, *state));
        let row = found.standings.get(stream).copied();
        if row != expected {
            violations.push(Violation {
                what: format!("standings, {stream}: {row:?}, and its events are {expected:?}"),
                calls: Vec::new(),
                events: about(evidence, stream, row.map(|(_, state)| state)),
            });
        }
    }
    violations
}

/// The last event that is in a row, and the next one.
fn about(evidence: &Evidence<'_>, stream: &str, row: Option<State>) -> Vec<usize> {
    let at = row.map_or(0, |state| state.events);
    evidence.places(stream, at, at + 1)
}

/// Each version of the read model of which there are two, and what the view shows.
fn accounts(evidence: &Evidence<'_>) -> Vec<Violation> {
    let found = evidence.found;
    let twice = found.twice.iter().map(|what| Violation {
        what: what.clone(),
        ..Violation::default()
    });
    let mut violations: Vec<Violation> = twice.collect();
    for (table, rows) in &found.accounts {
        let strange = rows
            .keys()
            .filter(|stream| !found.states.contains_key(*stream));
        for stream in found.states.keys().chain(strange) {
            evidence.count(1);
            let events: Vec<_> = found.stream(stream).collect();
            let state = found.states.get(stream).and_then(|states| states.last());
            let largest = events.iter().map(|event| event.payload.amount).max();
            let expected = state.map(|state| (events.len() as i64, *state, largest));
            let row = rows.get(stream).copied();
            let is_so = row.is_some_and(|(version, state, most)| {
                expected.is_some_and(|(last, expected, largest)| {
                    (version, state) == (last, expected) && (most.is_none() || most == largest)
                })
            });
            if !is_so {
                violations.push(Violation {
                    what: format!("{table}, {stream}: {row:?}, and its events are {expected:?}"),
                    calls: Vec::new(),
                    events: about(evidence, stream, row.map(|(_, state, _)| state)),
                });
            }
        }
    }
    violations
}

/// The rows of the inline read model, at the end.
fn contents(evidence: &Evidence<'_>) -> Vec<Violation> {
    let found = evidence.found;
    let purses = found
        .states
        .keys()
        .filter(|stream| stream.starts_with("purse-"));
    let strange = found
        .contents
        .keys()
        .filter(|stream| !found.states.contains_key(*stream));
    let mut violations = Vec::new();
    for stream in purses.chain(strange) {
        evidence.count(1);
        let expected = found
            .states
            .get(stream)
            .and_then(|states| states.last())
            .copied();
        let row = found.contents.get(stream).copied();
        if row != expected {
            violations.push(Violation {
                what: format!("contents, {stream}: {row:?}, and its events are {expected:?}"),
                calls: Vec::new(),
                events: about(evidence, stream, row),
            });
        }
    }
    violations
}

fn tallies(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut expected: HashMap<i64, (i64, i64)> = HashMap::new();
    for event in &evidence.found.events {
        let tally = expected.entry(bucket(event.payload.amount)).or_default();
        tally.0 += 1;
        tally.1 += event.payload.amount;
    }
    let rows = &evidence.found.tallies;
    let mut buckets: Vec<&i64> = expected.keys().chain(rows.keys()).collect();
    buckets.sort();
    buckets.dedup();
    evidence.count(buckets.len());
    let differ = buckets
        .into_iter()
        .filter(|bucket| expected.get(bucket) != rows.get(bucket));
    differ
        .map(|bucket| Violation {
            what: format!(
                "tallies, {bucket}: (events, balance) are {:?}, and its events are {:?}",
                rows.get(bucket),
                expected.get(bucket)
            ),
            ..Violation::default()
        })
        .collect()
}

fn lines(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut lines = evidence.found.lines.iter().peekable();
    for (place, event) in evidence.found.events.iter().enumerate() {
        evidence.count(1);
        let mut count = 0;
        while lines
            .next_if(|(position, _)| *position == event.position)
            .is_some()
        {
            count += 1;
        }
        if count != 1 {
            violations.push(Violation {
                what: format!(
                    "lines: position {} was handled {count} times",
                    event.position
                ),
                calls: evidence.sender(&event.payload.mark).into_iter().collect(),
                events: vec![place],
            });
            while lines
                .next_if(|(position, _)| *position < event.position)
                .is_some()
            {}
        }
    }
    violations
}
