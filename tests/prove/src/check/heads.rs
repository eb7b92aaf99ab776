//! The row of a stream says what is in it.

use super::{Evidence, Guarantee, Violation};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "the row of a stream says the version of its last event",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let found = evidence.found;
    let mut violations = Vec::new();
    for (stream, &head) in &found.heads {
        evidence.count(1);
        let last = found.stream(stream).last().map_or(0, |event| event.version);
        if last != head {
            violations.push(Violation {
                what: format!("{stream}: its row says {head}, and its last event is {last}"),
                calls: Vec::new(),
                events: evidence.places(stream, last, last),
            });
        }
    }
    for stream in found
        .streams
        .keys()
        .filter(|stream| !found.heads.contains_key(*stream))
    {
        violations.push(Violation {
            what: format!("{stream}: it has events, and no row"),
            calls: Vec::new(),
            events: evidence.places(stream, 1, 1),
        });
    }
    violations
}
