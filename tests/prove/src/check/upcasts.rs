//! What two releases wrote, each in its own version, is one history for both.

use super::{Evidence, Guarantee, Violation};
use crate::history::{Answer, Op};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "events of an old schema version and of the new one are stored as they were written, and read as one history",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (place, event) in evidence.found.events.iter().enumerate() {
        evidence.count(1);
        let expected = if event.payload.is_in_hundredths { 2 } else { 1 };
        if event.schema_version != expected {
            violations.push(Violation {
                what: format!(
                    "{}: version {} is of the shape of {} version {expected}, and says that it is of version {}",
                    event.stream, event.version, event.event_type, event.schema_version
                ),
                calls: evidence.sender(&event.payload.mark).into_iter().collect(),
                events: vec![place],
            });
        }
    }
    for (place, call) in evidence.history.calls.iter().enumerate() {
        let (
            Op::History { stream },
            Answer::State {
                version: Some(version),
                state,
            },
        ) = (&call.op, &call.answer)
        else {
            continue;
        };
        evidence.count(1);
        let expected = evidence.found.state(stream, *version);
        if expected == Some(*state) {
            violations.extend(super::reads::stale(evidence, place, stream, *version));
            continue;
        }
        violations.push(Violation {
            what: format!(
                "{stream}: read up to version {version}, its events make {state:?}, and what is stored makes {expected:?}"
            ),
            calls: vec![place],
            events: evidence.places(stream, 1, *version),
        });
    }
    violations
}
