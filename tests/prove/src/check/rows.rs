//! A read of a row that waits for a receipt finds what the receipt stands for.

use super::{Evidence, Guarantee, Violation};
use crate::history::{Answer, Op};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "a row that was asked for after a receipt has the events of the receipt, and is a fold of its stream",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (place, call) in evidence.history.calls.iter().enumerate() {
        let Op::Row { stream, version } = &call.op else {
            continue;
        };
        let (at, is_so) = match &call.answer {
            Answer::Row { version: at, state } => {
                let is_fold = evidence.found.state(stream, *at) == Some(*state);
                (*at, is_fold && at >= version)
            }
            Answer::NoRow => (0, *version == 0),
            _ => continue,
        };
        evidence.count(1);
        if !is_so {
            violations.push(Violation {
                what: format!(
                    "{stream}: a row of version {at} after a receipt of version {version}: {:?}",
                    call.answer
                ),
                calls: vec![place],
                events: evidence
                    .places(stream, at.min(*version), at.max(*version))
                    .into_iter()
                    .take(5)
                    .collect(),
            });
        }
    }
    violations
}
