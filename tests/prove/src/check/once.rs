//! What is repeated is stored once.

use super::{Evidence, Guarantee, Violation};
use crate::history::Answer;

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "an event is stored once, however often it was sent, and a repetition gets the first receipt",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    evidence.count(evidence.found.marks.len());
    for (mark, places) in &evidence.found.marks {
        if places.len() > 1 {
            violations.push(Violation {
                what: format!("{mark} is stored {} times", places.len()),
                calls: evidence.sender(mark).into_iter().collect(),
                events: places.clone(),
            });
        }
    }
    for (place, call) in evidence.history.calls.iter().enumerate() {
        let Answer::Stored {
            streams,
            again: Some(again),
            ..
        } = &call.answer
        else {
            continue;
        };
        evidence.count(1);
        let is_same = match &**again {
            Answer::Stored {
                streams: second,
                repeated,
                ..
            } => *repeated && second == streams,
            // Nobody was told anything.
            Answer::Unknown { .. } => true,
            Answer::Refused { why } => is_out_of_order(why),
            _ => false,
        };
        if !is_same {
            violations.push(Violation {
                what: format!("{} was repeated, and answered otherwise", call.mark()),
                calls: vec![place],
                events: Vec::new(),
            });
        }
    }
    violations
}

/// Whether the store did not come to look at what stands.
fn is_out_of_order(why: &str) -> bool {
    ["Busy", "Full", "ReadOnly", "Closed", "Denied"]
        .iter()
        .any(|kind| why.starts_with(kind))
}
