//! A read tells what is stored, and nothing older than what somebody had been told before.

use super::{Evidence, Guarantee, Violation};
use crate::history::{Answer, Op};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "a load is the fold of the first events of its stream, of all that were acknowledged before it began",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (place, call) in evidence.history.calls.iter().enumerate() {
        match (&call.op, &call.answer) {
            (
                Op::Load { stream },
                Answer::State {
                    version: Some(version),
                    state,
                },
            ) => {
                evidence.count(1);
                violations.extend(load(evidence, place, stream, *version, *state));
            }
            (Op::Read { stream, from }, Answer::Events { events }) => {
                evidence.count(1);
                violations.extend(page(evidence, place, stream, *from, events));
            }
            _ => {}
        }
    }
    violations
}

fn load(
    evidence: &Evidence<'_>,
    place: usize,
    stream: &str,
    version: i64,
    state: crate::domain::State,
) -> Option<Violation> {
    if evidence.found.state(stream, version) != Some(state) {
        return Some(Violation {
            what: format!(
                "{stream}: loaded at version {version} was {state:?}, which is not the fold of its events"
            ),
            calls: vec![place],
            events: evidence.places(stream, version, version),
        });
    }
    stale(evidence, place, stream, version)
}

/// Whether somebody had been told of a higher version before the call began.
pub(super) fn stale(
    evidence: &Evidence<'_>,
    place: usize,
    stream: &str,
    version: i64,
) -> Option<Violation> {
    let began = evidence.history.calls[place].began;
    let known = evidence.known_before(stream, began)?;
    (known.version > version).then(|| Violation {
        what: format!(
            "{stream}: a read was answered with version {version}, and began after version {} was known",
            known.version
        ),
        calls: vec![known.by, place],
        events: evidence.places(stream, known.version, known.version),
    })
}

fn page(
    evidence: &Evidence<'_>,
    place: usize,
    stream: &str,
    from: i64,
    events: &[(i64, String, i64)],
) -> Option<Violation> {
    for ((version, mark, amount), expected) in events.iter().zip(from..) {
        let stored = evidence.found.event(stream, expected);
        let is_same = *version == expected
            && stored.is_some_and(|stored| {
                stored.payload.mark == *mark && stored.payload.amount == *amount
            });
        if !is_same {
            return Some(Violation {
                what: format!(
                    "{stream}: read version {version} as {mark} with the amount {amount}, which is not stored so"
                ),
                calls: vec![place],
                events: evidence.places(stream, expected, expected),
            });
        }
    }
    // A full page may end before the end of the stream.
    if events.len() == 20 {
        return None;
    }
    stale(evidence, place, stream, from - 1 + events.len() as i64)
}
