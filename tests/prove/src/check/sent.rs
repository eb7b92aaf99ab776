//! Nothing is stored that nobody sent.

use super::{Evidence, Guarantee, Violation, events_of};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "a stored event is one that a client sent, to that stream, and can be read",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let unreadable = evidence.found.unreadable.iter();
    let mut violations: Vec<Violation> = unreadable
        .map(|what| Violation {
            what: what.clone(),
            ..Violation::default()
        })
        .collect();
    evidence.count(evidence.found.events.len());
    for (place, event) in evidence.found.events.iter().enumerate() {
        let sender = evidence.sender(&event.payload.mark);
        let is_sent = sender.is_some_and(|sender| {
            events_of(&evidence.history.calls[sender])
                .iter()
                .any(|(stream, mark, amount)| {
                    *stream == event.stream
                        && *mark == event.payload.mark
                        && *amount == event.payload.amount
                })
        });
        if !is_sent {
            violations.push(Violation {
                what: format!(
                    "{}: nobody sent {} with the amount {}, which lies at version {}",
                    event.stream, event.payload.mark, event.payload.amount, event.version
                ),
                calls: sender.into_iter().collect(),
                events: vec![place],
            });
        }
    }
    violations
}
