//! Rows that change with each append are there with it, at every moment.

use super::{Evidence, Guarantee, Violation};
use crate::history::{Answer, Op};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "a row of an inline read model is, at every moment, the fold of all that is stored in its stream",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (place, call) in evidence.history.calls.iter().enumerate() {
        let (stream, what) = match (&call.op, &call.answer) {
            (Op::Moment { stream }, Answer::Moment { version, row }) => {
                evidence.count(1);
                let expected = evidence.found.state(stream, *version);
                if *version == 0 && row.is_none() || *version > 0 && *row == expected {
                    continue;
                }
                let what = format!(
                    "{stream}: beside version {version}, which is {expected:?}, its row is {row:?}"
                );
                (stream, what)
            }
            (Op::Inline { stream }, Answer::Row { version, state }) => {
                evidence.count(1);
                if evidence.found.state(stream, *version) != Some(*state) {
                    (stream, format!("{stream}: its row never was: {state:?}"))
                } else if let Some(stale) = super::reads::stale(evidence, place, stream, *version) {
                    violations.push(stale);
                    continue;
                } else {
                    continue;
                }
            }
            (Op::Inline { stream }, Answer::NoRow) => {
                evidence.count(1);
                violations.extend(super::reads::stale(evidence, place, stream, 0));
                continue;
            }
            _ => continue,
        };
        let at = match &call.answer {
            Answer::Moment { row, .. } => row.map_or(0, |row| row.events),
            _ => 0,
        };
        violations.push(Violation {
            what,
            calls: vec![place],
            events: evidence.places(stream, at, at + 1),
        });
    }
    violations
}
