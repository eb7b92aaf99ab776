//! A snapshot is the state that it says to be.

use serde::Deserialize;

use super::{Evidence, Guarantee, Violation};
use crate::domain::State;

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "a snapshot is the fold of the events up to its version, and names the last of them",
    check,
};

#[derive(Deserialize)]
struct Snapshot {
    state: State,
}

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let found = evidence.found;
    let mut violations = Vec::new();
    for (stream, version, event_id, json) in &found.snapshots {
        evidence.count(1);
        let state = serde_json::from_str::<Snapshot>(json).map(|snapshot| snapshot.state);
        let stored = found.event(stream, *version);
        let is_so = stored.is_some_and(|event| event.event_id == *event_id)
            && state.is_ok_and(|state| found.state(stream, *version) == Some(state));
        if !is_so {
            violations.push(Violation {
                what: format!("{stream}: the snapshot of version {version} is {json}, which is not the fold of its events"),
                calls: Vec::new(),
                events: evidence.places(stream, *version, *version),
            });
        }
    }
    violations
}
