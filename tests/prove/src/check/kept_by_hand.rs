//! A read model that a user keeps by hand, with its checkpoint in the same transaction, is the fold of its events.

use super::{Evidence, Guarantee, Violation};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "rows that a user writes with a checkpoint of the feed, in one transaction, are the fold of the events",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let found = evidence.found;
    let mut violations = Vec::new();
    for (stream, states) in &found.states {
        evidence.count(1);
        let expected = states.last().copied();
        let row = found.counts.get(stream).copied();
        if row != expected {
            let at = row.map_or(0, |state| state.events);
            violations.push(Violation {
                what: format!("{stream}: {row:?}, and its events are {expected:?}"),
                calls: Vec::new(),
                events: evidence.places(stream, at, at + 1),
            });
        }
    }
    violations
}
