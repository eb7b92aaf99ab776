//! Nothing that was refused is stored.

use super::{Evidence, Guarantee, Violation, events_of};
use crate::history::Answer;

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "what was refused is not stored",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (place, call) in evidence.history.calls.iter().enumerate() {
        if !matches!(
            call.answer,
            Answer::Refused { .. } | Answer::Rejected { .. }
        ) {
            continue;
        }
        evidence.count(1);
        for (stream, mark, _) in events_of(call) {
            if let Some(places) = evidence.found.marks.get(&mark) {
                violations.push(Violation {
                    what: format!("{stream}: {mark} was refused, and is stored"),
                    calls: vec![place],
                    events: places.clone(),
                });
            }
        }
    }
    violations
}
