//! No version twice, no hole.

use super::{Evidence, Guarantee, Violation};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "a stream has each version once, from 1, without a hole",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for stream in evidence.found.streams.keys() {
        evidence.count(1);
        for (expected, event) in (1..).zip(evidence.found.stream(stream)) {
            if event.version != expected {
                violations.push(Violation {
                    what: format!(
                        "{stream}: where version {expected} is expected, {} lies",
                        event.version
                    ),
                    calls: evidence.sender(&event.payload.mark).into_iter().collect(),
                    events: evidence.places(stream, expected - 1, event.version),
                });
                break;
            }
        }
    }
    violations
}
