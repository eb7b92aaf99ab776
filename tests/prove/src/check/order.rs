//! The order of all events goes with that of each stream.

use super::{Evidence, Guarantee, Violation};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "positions are given out once, and rise with the versions of a stream, as times of recording do",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    evidence.count(evidence.found.events.len());
    for (place, pair) in evidence.found.events.windows(2).enumerate() {
        if pair[0].position >= pair[1].position {
            violations.push(Violation {
                what: format!("position {} was given out twice", pair[0].position),
                calls: Vec::new(),
                events: vec![place, place + 1],
            });
        }
    }
    for (stream, places) in &evidence.found.streams {
        for pair in places.windows(2) {
            let [one, next] = [pair[0], pair[1]].map(|place| &evidence.found.events[place]);
            let what = if one.position >= next.position {
                "lies before it in the order of all events"
            } else if one.recorded_at > next.recorded_at {
                "was recorded before it"
            } else {
                continue;
            };
            violations.push(Violation {
                what: format!(
                    "{stream}: version {} {what}, after version {}",
                    next.version, one.version
                ),
                calls: Vec::new(),
                events: pair.to_vec(),
            });
        }
    }
    violations
}
