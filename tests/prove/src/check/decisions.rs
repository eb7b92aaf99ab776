//! Each decision was made on the state that its events follow.

use super::{Evidence, Guarantee, Violation};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "a command was decided on the state of all events before its own: no two on the same version",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (place, event) in evidence.found.events.iter().enumerate() {
        let Some(seen) = event.payload.seen else {
            continue;
        };
        evidence.count(1);
        let before = event.version - 1;
        if evidence.found.state(&event.stream, before) != Some(seen) {
            let mut events = evidence.places(&event.stream, seen.events, event.version);
            events.truncate(8);
            events.push(place);
            events.dedup();
            violations.push(Violation {
                what: format!(
                    "{}: {} lies at version {} and was decided on another state than that of version {before}: {seen:?}",
                    event.stream, event.payload.mark, event.version
                ),
                calls: evidence.sender(&event.payload.mark).into_iter().collect(),
                events,
            });
        }
    }
    violations
}
