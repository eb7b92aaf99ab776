//! A view shows one version of a read model or the other, and each of them whole.

use std::collections::HashMap;

use super::{Evidence, Guarantee, Violation};
use crate::domain::State;
use crate::history::{Answer, Op};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "the view of a read model shows folds of the events while versions are built and switched, and never goes back",
    check,
};

/// What an error says that comes of a verification.
const DIFFERENCE: &str = "is not what its events say";

/// Up to where a view was seen to have come with a stream, and by which call.
#[derive(Debug, Clone, Copy)]
struct Seen {
    since: i64,
    version: i64,
    by: usize,
}

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = false_alarms(evidence);
    let seen = seen(evidence);
    for (place, call) in evidence.history.calls.iter().enumerate() {
        let Some((stream, version, state)) = row(&call.op, &call.answer) else {
            continue;
        };
        evidence.count(1);
        if evidence.found.state(stream, version) != Some(state) {
            violations.push(Violation {
                what: format!("{stream}: the view showed version {version} as {state:?}"),
                calls: vec![place],
                events: evidence.places(stream, version, version),
            });
            continue;
        }
        let seen = seen.get(stream).map_or(&[][..], Vec::as_slice);
        let before = seen.partition_point(|seen| seen.since < call.began);
        let Some(before) = before.checked_sub(1).map(|at| seen[at]) else {
            continue;
        };
        if before.version > version {
            violations.push(Violation {
                what: format!(
                    "{stream}: the view showed version {version}, and had shown version {} before",
                    before.version
                ),
                calls: vec![before.by, place],
                events: evidence.places(stream, version, before.version),
            });
        }
    }
    violations
}

/// What is built of stored events is what a second fold of them makes: whoever verifies it and finds a difference is wrong.
fn false_alarms(evidence: &Evidence<'_>) -> Vec<Violation> {
    let calls = evidence.history.calls.iter().enumerate();
    calls
        .filter_map(|(place, call)| match (&call.op, &call.answer) {
            (Op::Operate(_), Answer::Refused { why }) if why.contains(DIFFERENCE) => {
                Some(Violation {
                    what: format!("an operator was told: {why}"),
                    calls: vec![place],
                    events: Vec::new(),
                })
            }
            _ => None,
        })
        .collect()
}

/// In the order in which readers were told; the versions never go down.
fn seen<'e>(evidence: &Evidence<'e>) -> HashMap<&'e str, Vec<Seen>> {
    let mut seen: HashMap<&str, Vec<Seen>> = HashMap::new();
    for (by, call) in evidence.history.calls.iter().enumerate() {
        if let Some((stream, version, _)) = row(&call.op, &call.answer)
            && let Some(since) = call.acknowledged()
        {
            let new = Seen { since, version, by };
            seen.entry(stream).or_default().push(new);
        }
    }
    for seen in seen.values_mut() {
        seen.sort_by_key(|seen| seen.since);
        for at in 1..seen.len() {
            if seen[at].version < seen[at - 1].version {
                (seen[at].version, seen[at].by) = (seen[at - 1].version, seen[at - 1].by);
            }
        }
    }
    seen
}

/// What a view showed of a stream.
fn row<'c>(op: &'c Op, answer: &Answer) -> Option<(&'c str, i64, State)> {
    let Op::View { stream } = op else { return None };
    match answer {
        Answer::Row { version, state } => Some((stream, *version, *state)),
        Answer::NoRow => Some((stream, 0, State::default())),
        _ => None,
    }
}
