//! A refusal of an aggregate was justified, by a state that there was.

use super::{Evidence, Guarantee, Violation};
use crate::history::{Answer, Call, Op};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "a command was refused on a state of its stream that was current, and that justifies it",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (place, call) in evidence.history.calls.iter().enumerate() {
        let (Op::Command { stream, .. }, Answer::Rejected { mark, seen }) =
            (&call.op, &call.answer)
        else {
            continue;
        };
        // With a key, it is the first that was decided on.
        let Some(&decided) = evidence.by_mark.get(mark) else {
            continue;
        };
        evidence.count(1);
        let first = &evidence.history.calls[decided];
        let what = if evidence.found.state(stream, seen.events) != Some(*seen) {
            format!("{stream}: {mark} was refused on a state that never was: {seen:?}")
        } else if !is_too_much(first, seen.balance) {
            format!("{stream}: {mark} was refused, and there was enough: {seen:?}")
        } else if let Some(known) = evidence.known_before(stream, first.began)
            && known.version > seen.events
        {
            violations.push(Violation {
                what: format!(
                    "{stream}: {mark} was refused at version {}, when version {} was known",
                    seen.events, known.version
                ),
                calls: vec![known.by, decided, place],
                events: evidence.places(stream, seen.events, known.version),
            });
            continue;
        } else {
            continue;
        };
        violations.push(Violation {
            what,
            calls: vec![decided, place],
            events: evidence.places(stream, seen.events, seen.events),
        });
    }
    violations
}

/// Whether a command takes more than there is.
fn is_too_much(call: &Call, balance: i64) -> bool {
    let Op::Command { amounts, .. } = &call.op else {
        return false;
    };
    let mut balance = balance;
    amounts.iter().any(|amount| {
        balance += amount;
        balance < 0 && *amount < 0
    })
}
