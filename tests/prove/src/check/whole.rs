//! All of an append is stored or nothing, also where nobody knows which; and with it the rows of the caller's own table.

use super::{Evidence, Guarantee, Violation, events_of};
use crate::history::Op;

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "an append is stored whole or not at all, over all its streams and with the caller's own rows",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (place, call) in evidence.history.calls.iter().enumerate() {
        let events = events_of(call);
        evidence.count(usize::from(!events.is_empty()));
        let stored: Vec<usize> = events
            .iter()
            .filter_map(|(_, mark, _)| evidence.found.marks.get(mark))
            .flatten()
            .copied()
            .collect();
        let there = events
            .iter()
            .filter(|(_, mark, _)| evidence.found.marks.contains_key(mark))
            .count();
        if there != 0 && there != events.len() {
            violations.push(Violation {
                what: format!(
                    "{}: {there} of {} events are stored",
                    call.mark(),
                    events.len()
                ),
                calls: vec![place],
                events: stored.clone(),
            });
        }
        let rows = evidence.found.rows.get(&call.mark()).copied().unwrap_or(0);
        let expected = match call.op {
            Op::Append { in_tx: Some(_), .. } => usize::from(there > 0),
            _ => 0,
        };
        if rows != expected {
            violations.push(Violation {
                what: format!(
                    "{}: {there} events are stored, and {rows} rows of its transaction's own table",
                    call.mark()
                ),
                calls: vec![place],
                events: stored,
            });
        }
    }
    violations
}
